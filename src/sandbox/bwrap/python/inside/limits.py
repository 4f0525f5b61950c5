# The kernel's limits on one test child, from the numbers the host sends (limits.ts). Set inside the user namespace: the number of processes is
# counted there, and not enforced for kernel uid 0.
import math
import resource as r
import signal


# The session ends a test at its CPU limit by the exact clock (watch.py). The kernel's own limit counts in ticks, which on a busy virtual machine ran more
# than a tenth ahead and killed programs that had time; it stands behind, for a session that gets no CPU itself.
CPU_FACTOR, CPU_SLACK = 2, 1


def set_limits(limits):
    cpu = CPU_SLACK + math.ceil(limits['cpu'] * CPU_FACTOR)
    for what, soft, hard in (
        (r.RLIMIT_CORE, 0, 0),
        (r.RLIMIT_CPU, cpu, cpu + 1),
        (r.RLIMIT_AS, limits['address_space'], limits['address_space']),
        (r.RLIMIT_FSIZE, limits['file'], limits['file']),
        (r.RLIMIT_NOFILE, limits['files'], limits['files']),
        (r.RLIMIT_NPROC, limits['processes'], limits['processes']),
        (r.RLIMIT_MSGQUEUE, 0, 0),
        (r.RLIMIT_MEMLOCK, 0, 0),
    ):
        r.setrlimit(what, (soft, hard))


def own_signals():
    """What a fresh interpreter would have. SIGXFSZ kills here (Python ignores it), so that a flood of a file ends as one."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
