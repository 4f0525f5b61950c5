# The kernel's limits on one test child, from the numbers the host sends (limits.ts). Set inside the user namespace: the number of processes is
# counted there, and not enforced for kernel uid 0.
import math
import resource as r
import signal


def set_limits(limits):
    cpu = max(1, math.ceil(limits['cpu']))
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
    # Kills by default, to the millisecond; RLIMIT_CPU, whole seconds, is for those who disarm it.
    signal.setitimer(signal.ITIMER_PROF, limits['cpu'])


def own_signals():
    """What a fresh interpreter would have. SIGXFSZ kills here (Python ignores it), so that a flood of a file ends as one."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
