# One candidate. Process 1 of its pid namespace: runs the tests the host asks for, one after the other, each in a forked child; after each nothing is
# left alive, and when this process ends the kernel ends the namespace. Not for the candidate's hands: not dumpable, default signals.
import fcntl
import os
import signal
import socket
import time

from . import child, wire
from .limits import own_signals, set_limits
from .namespaces import bound_capabilities, drop_capabilities, fork_bare, private_files, show
from .seccomp import put_on
from .watch import Watch

SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
WORKPLACE = '/tmp/w'
CHANNEL = 3


def serve_candidate(requests, replies):
    """Answers the host until it closes the candidate. Does not return."""
    try:
        bound_capabilities()
        wire.write_frame(replies, {'op': 'opened'})
        while True:
            job = wire.read_frame(requests)
            if job['op'] == 'close':
                os._exit(0)
            # A frame for a test that has ended meanwhile says nothing to anybody.
            if job['op'] == 'run':
                wire.write_frame(replies, run_test(job, requests, replies))
    except BaseException as error:
        wire.write_frame(replies, {'op': 'broken', 'detail': f'{type(error).__name__}: {error}'[:500]})
    os._exit(1)


def run_test(job, requests, replies):
    """Runs one test to its end and returns what was seen of it."""
    started = time.monotonic()
    mine, its = pipes_of(job)
    pid = fork_bare()
    if pid == 0:
        become_test(job, mine, its)
    for fd in its.values():
        os.close(fd)
    watch = Watch(pid, job, mine, requests, replies, started)
    return watch.report(watch.until_end())


def pipes_of(job):
    """(ours, the child's): descriptors by name."""
    stdin = os.memfd_create('stdin', os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    wire.write_all(stdin, job.get('input', '').encode('utf-8', 'surrogatepass'))
    os.lseek(stdin, 0, os.SEEK_SET)
    fcntl.fcntl(stdin, fcntl.F_ADD_SEALS, SEALS)
    out, err, ready = os.pipe(), os.pipe(), os.pipe()
    mine = {'out': out[0], 'err': err[0], 'ready': ready[0]}
    its = {'in': stdin, 'out': out[1], 'err': err[1], 'ready': ready[1]}
    if job['mode'] != 'stdio':
        ours, theirs = socket.socketpair()
        mine['channel'], its['channel'] = ours.detach(), theirs.detach()
    return mine, its


def become_test(job, mine, its):
    """From a copy of the session to the candidate's process: nothing of ours stays within its reach. Does not return."""
    try:
        ready = arrange_descriptors(its)
        os.setsid()
        own_signals()
        private_files()
        drop_capabilities()
        show()
        os.mkdir(WORKPLACE, 0o755)
        os.chdir(WORKPLACE)
        with open('/proc/self/oom_score_adj', 'w') as adjust:
            adjust.write('1000')
        set_limits(job['limits'])
        put_on()
        os.write(ready, b'1')
        os.close(ready)
    except BaseException as error:
        os.write(2, f'{type(error).__name__}: {error}'.encode())
        os._exit(1)
    child.run(job, CHANNEL)


def arrange_descriptors(its):
    """0, 1, 2, the channel at 3 where there is one, and last the pipe that says all is set; every other one is closed. Returns that pipe."""
    moved = {name: fcntl.fcntl(fd, fcntl.F_DUPFD, 100) for name, fd in its.items()}
    wanted = [moved['in'], moved['out'], moved['err']] + ([moved['channel']] if 'channel' in moved else [])
    for target, fd in enumerate(wanted):
        os.dup2(fd, target, inheritable=target < CHANNEL)
    ready = len(wanted)
    os.dup2(moved['ready'], ready, inheritable=False)
    os.closerange(ready + 1, 256)
    return ready
