# Walls. Each candidate's session is the first process of user, pid, mount and ipc namespaces of its own; each test has a /tmp and a /dev/shm of its
# own and no capability. The network namespace is the outer sandbox's, which is empty.
import ctypes
import os
import platform
import random
import signal
import struct
import threading

from .warm import MIB

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID = 0x00020000, 0x08000000, 0x10000000, 0x20000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 2, 4, 8, 1 << 14, 1 << 18
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP = 1, 4, 24
CAPABILITY_VERSION_3 = 0x20080522
SYS_CLONE = {'x86_64': 56, 'aarch64': 220}[platform.machine()]
NOBODY = 65534

_libc = ctypes.CDLL(None, use_errno=True)
# Calls through this one keep the interpreter's lock: a fork must not give it away.
_locked = ctypes.PyDLL(None, use_errno=True)
_python = ctypes.pythonapi


def _must(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), what)


def hide():
    """No other process of this user may read this one's memory, descriptors or environment."""
    _must(_libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), 'dumpable')


def show():
    """/proc/self belongs to this process again: /dev/stdin goes through it."""
    _must(_libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), 'dumpable')


def clone_session():
    """os.fork() into new namespaces: 0 in the session, which is process 1 there, its pid here."""
    show()
    _python.PyOS_BeforeFork()
    pid = _locked.syscall(SYS_CLONE, CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | signal.SIGCHLD, 0, 0, 0, 0)
    if pid != 0:
        _python.PyOS_AfterFork_Parent()
        hide()
        if pid < 0:
            raise OSError(ctypes.get_errno(), 'clone')
        return pid
    _python.PyOS_AfterFork_Child()
    _must(_libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), 'death signal')
    for name, text in (('setgroups', 'deny'), ('uid_map', f'{NOBODY} {NOBODY} 1'), ('gid_map', f'{NOBODY} {NOBODY} 1')):
        _write(f'/proc/self/{name}', text)
    _must(_libc.mount(b'none', b'/', None, MS_REC | MS_PRIVATE, None), 'private mounts')
    _must(_libc.mount(b'proc', b'/proc', b'proc', MS_NOSUID | MS_NODEV | MS_NOEXEC, None), '/proc')
    _write('/proc/sys/user/max_user_namespaces', '0')
    hide()
    return 0


def fork_bare():
    """os.fork() without what Python does after it. All of that is for threads and locks, of which this process has none, and it touches pages: a third of
    those that a small program ever touches. Chance starts afresh, as it would."""
    pid = _locked.fork()
    if pid < 0:
        raise OSError(ctypes.get_errno(), 'fork')
    if pid == 0:
        random.seed()
        threading.main_thread()._set_native_id()
    return pid


def _write(path, text):
    fd = os.open(path, os.O_WRONLY)
    os.write(fd, text.encode())
    os.close(fd)


def private_files():
    """This process, and what it forks, from now on has an empty /tmp and /dev/shm that nobody else sees and that end with it."""
    _must(_libc.unshare(CLONE_NEWNS), 'unshare')
    _must(_libc.mount(b'tmpfs', b'/tmp', b'tmpfs', MS_NOSUID | MS_NODEV, b'size=%d,nr_inodes=4096,mode=755' % (32 * MIB)), '/tmp')
    _must(_libc.mount(b'tmpfs', b'/dev/shm', b'tmpfs', MS_NOSUID | MS_NODEV | MS_NOEXEC, b'size=%d,nr_inodes=256,mode=755' % (4 * MIB)), '/dev/shm')


def bound_capabilities():
    """No program that is started from here can get one. What this process itself has it keeps."""
    capability = 0
    while _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0:
        capability += 1


def drop_capabilities():
    _must(_libc.capset(struct.pack('Ii', CAPABILITY_VERSION_3, 0), bytes(24)), 'capset')
