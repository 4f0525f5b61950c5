// The system calls that a candidate is refused, with their numbers. A deny list: Python and what it starts use some two hundred others. Numbers from the
// kernel's tables (arch/x86/entry/syscalls/syscall_64.tbl; include/uapi/asm-generic/unistd.h for arm64); null where an architecture has no such call.
// Measured without it: candidates opened vsock and netlink sockets, kept keyrings between sandboxes, and took 4 GB of System V segments.

/** [x86-64, arm64] */
type Numbers = readonly [number | null, number | null];

/** Refused whatever the arguments, with EPERM. */
export const DENIED: Readonly<Record<string, Numbers>> = {
  // Other processes' memory and descriptors.
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  kcmp: [312, 272],
  pidfd_getfd: [438, 438],
  process_madvise: [440, 440],
  process_mrelease: [448, 448],
  // Mounts and roots.
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  move_mount: [429, 429],
  open_tree: [428, 428],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  statmount: [457, 457],
  listmount: [458, 458],
  open_tree_attr: [467, 467],
  // Namespaces.
  unshare: [272, 97],
  setns: [308, 268],
  // Keyrings: one for each user, so a channel between candidates.
  keyctl: [250, 219],
  add_key: [248, 217],
  request_key: [249, 218],
  // Large surfaces of the kernel that no program of ours needs.
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  vmsplice: [278, 75],
  // The machine.
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  reboot: [169, 142],
  swapon: [167, 224],
  swapoff: [168, 225],
  syslog: [103, 116],
  acct: [163, 89],
  vhangup: [153, 58],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  settimeofday: [164, 170],
  adjtimex: [159, 171],
  clock_settime: [227, 112],
  clock_adjtime: [305, 266],
  iopl: [172, null],
  ioperm: [173, null],
  ioprio_set: [251, 30],
  modify_ldt: [154, null],
  uselib: [134, null],
  ustat: [136, null],
  sysfs: [139, null],
  sysctl: [156, null],
  create_module: [174, null],
  get_kernel_syms: [177, null],
  query_module: [178, null],
  nfsservctl: [180, 42],
  lookup_dcookie: [212, 18],
  personality: [135, 92],
  // Files by handle, quotas, file events.
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  fanotify_init: [300, 262],
  fanotify_mark: [301, 263],
  // Memory policy, and memory that the limits do not see.
  mbind: [237, 235],
  set_mempolicy: [238, 237],
  get_mempolicy: [239, 236],
  migrate_pages: [256, 238],
  move_pages: [279, 239],
  set_mempolicy_home_node: [450, 450],
  memfd_create: [319, 279],
  memfd_secret: [447, 447],
  // System V IPC: segments, semaphores, queues; they outlive their process.
  shmget: [29, 194],
  shmat: [30, 196],
  shmctl: [31, 195],
  shmdt: [67, 197],
  semget: [64, 190],
  semop: [65, 193],
  semctl: [66, 191],
  semtimedop: [220, 192],
  msgget: [68, 186],
  msgsnd: [69, 189],
  msgrcv: [70, 188],
  msgctl: [71, 187],
  // Security modules' settings.
  lsm_get_self_attr: [459, 459],
  lsm_set_self_attr: [460, 460],
  lsm_list_modules: [461, 461],
};

/** Refused for any process but the caller's own (argument 0 not 0): the session has the candidate's user, so the kernel alone would allow them. */
export const SELF_ONLY: Readonly<Record<string, Numbers>> = {
  prlimit64: [302, 261],
  sched_setaffinity: [203, 122],
  sched_setparam: [142, 118],
  sched_setscheduler: [144, 119],
  sched_setattr: [314, 274],
};

/** As SELF_ONLY, by argument 1; argument 0 must be 0, a process: groups and users reach further. */
export const PRIORITY: Readonly<Record<string, Numbers>> = { setpriority: [141, 140] };

/** Refused for every family but AF_UNIX, with EAFNOSUPPORT. */
export const SOCKETS: Readonly<Record<string, Numbers>> = { socket: [41, 198], socketpair: [53, 199] };

/** As if the kernel had none, so that a C library falls back to what can be filtered: clone3's flags lie in memory. */
export const ABSENT: Readonly<Record<string, Numbers>> = { clone3: [435, 435] };

export const CLONE: Numbers = [56, 220];
export const IOCTL: Numbers = [16, 29];
