// Attacks on what lies outside: files, other processes, the network, the kernel. Each prints ESCAPE with what it got.
import { DENIED } from '../bwrap/seccomp/syscalls.ts';
import { ANSWER, type Hostile, python } from './hostile.ts';

/** A list of (name, act) pairs, each of which must raise. */
const attempts = (body: string): string => `
import ctypes, os, platform, socket, struct
libc = ctypes.CDLL(None, use_errno=True)
def attack(name, act):
    try:
        got = act()
    except (OSError, ValueError, AttributeError, OverflowError):
        return
    if not isinstance(got, int) or got >= 0:
        print('ESCAPE', name, got, flush=True)
${body}
${ANSWER}`;

const numbers = (column: 0 | 1) =>
  JSON.stringify(Object.fromEntries(Object.entries(DENIED).flatMap(([name, row]) => (row[column] === null ? [] : [[name, row[column]]]))));

export const REACH: readonly Hostile[] = [
  python(
    'files of the system and of process 1',
    'stdio',
    ['right'],
    attempts(`
for path in ('/etc/passwd', '/etc/shadow', '/etc/hostname', '/root/.ssh', '/home', '/var', '/sys', '/proc/kcore', '/proc/1/mem', '/proc/1/environ', '/proc/1/maps', '/proc/1/root/etc', '/proc/1/cwd/x', '/dev/mem', '/dev/kmsg', '/dev/sda', '/dev/vda', '/dev/fuse', '/dev/net/tun', '/dev/kvm'):
    attack(path, lambda: os.open(path, os.O_RDONLY))
attack('fds of 1', lambda: os.listdir('/proc/1/fd'))
if len([p for p in os.listdir('/proc') if p.isdigit()]) > 2:
    print('ESCAPE sees other processes')`),
  ),
  python(
    'writes, links and devices outside its folders',
    'stdio',
    ['right'],
    attempts(`
for path in ('/x', '/etc/x', '/usr/x', '/usr/bin/python3', '/bin/sh', '/sb/boot.py', '/sb/inside/child.py', '/dev/x', '/proc/1/oom_score_adj', '/proc/1/comm', '/proc/sysrq-trigger', '/proc/sys/kernel/core_pattern', '/proc/sys/kernel/hostname', '/proc/sys/user/max_user_namespaces', '/proc/sys/net/ipv4/ip_forward', '/proc/1/uid_map'):
    attack(path, lambda: os.open(path, os.O_WRONLY if os.path.exists(path) else os.O_WRONLY | os.O_CREAT))
attack('uid_map', lambda: os.write(os.open('/proc/self/uid_map', os.O_WRONLY), b'0 0 1'))
attack('time', lambda: os.write(os.open('/proc/self/timens_offsets', os.O_WRONLY), b'monotonic 1000 0'))
attack('oom', lambda: os.write(os.open('/proc/self/oom_score_adj', os.O_WRONLY), b'-900'))
attack('hard link', lambda: os.link('/sb/boot.py', 'hard') or 0)
attack('device', lambda: os.mknod('device', 0o60666, os.makedev(8, 0)) or 0)
attack('chown', lambda: os.chown('.', 0, 0) or 0)
attack('remount', lambda: libc.mount(b'none', b'/', None, 32, None))`),
  ),
  python(
    'sockets of every family but the local one',
    'stdio',
    ['right'],
    attempts(`
for family in [f for f in range(48) if f != socket.AF_UNIX]:
    for kind in (1, 2, 3, 5):
        attack((family, kind), lambda: socket.socket(family, kind).fileno())
attack('pair', lambda: socket.socketpair(socket.AF_INET)[0].fileno())
attack('name', lambda: socket.getaddrinfo('localhost', 80))`),
  ),
  python(
    'namespaces, roots and mounts',
    'stdio',
    ['right'],
    attempts(`
for flag in (0x10000000, 0x20000, 0x20000000, 0x40000000, 0x8000000, 0x4000000, 0x2000000, 0x80):
    attack(('unshare', hex(flag)), lambda: libc.unshare(flag))
    attack(('clone', hex(flag)), lambda: libc.syscall({'x86_64': 56, 'aarch64': 220}[platform.machine()], flag | 17, 0, 0, 0, 0) if flag != 0x80 else -1)
for name in ('user', 'mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup'):
    attack(('setns', name), lambda: libc.setns(os.open(f'/proc/self/ns/{name}', os.O_RDONLY), 0))
attack('clone3', lambda: libc.syscall(435, ctypes.create_string_buffer(struct.pack('Q', 0x10000000) + bytes(80)), 88))
attack('chroot', lambda: os.chroot('/tmp') or 0)
attack('mount', lambda: libc.mount(b'none', b'/tmp', b'tmpfs', 0, None))
attack('umount', lambda: libc.umount2(b'/proc', 2))
attack('setuid', lambda: os.setuid(0) or 0)
attack('setgroups', lambda: os.setgroups([0]) or 0)`),
  ),
  python(
    'every system call of the list',
    'stdio',
    ['right'],
    attempts(`
import json
table = json.loads('${numbers(0)}' if platform.machine() == 'x86_64' else '${numbers(1)}')
for name, number in table.items():
    got = libc.syscall(number, 0, 0, 0, 0, 0, 0)
    if got != -1 or ctypes.get_errno() != 1:
        print('ESCAPE', name, got, ctypes.get_errno(), flush=True)`),
  ),
  python(
    'system calls of 32 bits, and of the x32 kind',
    'stdio',
    ['right', 'runtime_error'],
    attempts(`
import mmap
if platform.machine() == 'x86_64':
    got = libc.syscall(0x40000000 | 39)
    if got > 0:
        print('ESCAPE x32', got, flush=True)
    code = mmap.mmap(-1, 4096, prot=7)
    code.write(bytes.fromhex('b814000000cd80c3'))
    got = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
    if got > 0:
        print('ESCAPE int 0x80', got, flush=True)`),
  ),
  python(
    'memory and descriptors of the parent',
    'stdio',
    ['right'],
    attempts(`
parent = os.getppid()
for fd in range(3, 300):
    attack(('inherited', fd), lambda: os.fstat(fd).st_ino)
attack('ptrace', lambda: libc.ptrace(16, parent, 0, 0))
attack('seize', lambda: libc.ptrace(0x4206, parent, 0, 0))
buffer = ctypes.create_string_buffer(16)
vector = ctypes.create_string_buffer(struct.pack('QQ', ctypes.addressof(buffer), 16))
attack('vm_readv', lambda: libc.process_vm_readv(parent, vector, 1, vector, 1, 0))
attack('pidfd_getfd', lambda: libc.syscall(438, os.pidfd_open(parent), 0, 0))`),
  ),
  python(
    'shared memory, queues and keys that outlive it',
    'stdio',
    ['right'],
    attempts(`
attack('shmget', lambda: libc.shmget(77, ctypes.c_size_t(4096), 0o1666))
attack('msgget', lambda: libc.msgget(77, 0o1666))
attack('semget', lambda: libc.semget(77, 1, 0o1666))
attack('mq_open', lambda: libc.syscall({'x86_64': 240, 'aarch64': 180}[platform.machine()], b'queue', 0o102, 0o666, 0))
attack('memfd', lambda: os.memfd_create('x'))
held = 0
try:
    for i in range(64):
        with open(f'/dev/shm/{i}', 'wb') as file:
            held += file.write(bytes(1 << 20))
except OSError:
    pass
if held > 8 << 20:
    print('ESCAPE /dev/shm', held)`),
  ),
  python(
    'characters into a terminal',
    'stdio',
    ['right'],
    attempts(`
import fcntl, pty
master, slave = os.openpty()
for fd in (0, 1, 2, slave):
    attack(('TIOCSTI', fd), lambda: libc.ioctl(fd, 0x5412, b'x'))
    attack(('TIOCLINUX', fd), lambda: libc.ioctl(fd, 0x541c, b'\\x02'))
    attack(('high half', fd), lambda: libc.ioctl(fd, ctypes.c_ulong(0x5412 | 1 << 32), b'x'))`),
  ),
  python(
    'a set-user-id file and a file capability of its own',
    'stdio',
    ['right'],
    attempts(`
import shutil, subprocess
shutil.copy('/usr/bin/id', 'id')
os.chmod('id', 0o4755)
if subprocess.run(['./id', '-u'], capture_output=True, text=True).stdout.strip() == '0':
    print('ESCAPE set-user-id')
attack('capability', lambda: os.setxattr('id', 'security.capability', struct.pack('<IIIII', 0x02000001, 1 << 21, 0, 0, 0)) or 0)`),
  ),
];
