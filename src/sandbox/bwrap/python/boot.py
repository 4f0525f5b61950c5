# The fork server: the first of our code inside the sandbox. It imports what programs usually import, so that a candidate need not wait for it, then
# forks one session per candidate (inside/session.py). It holds no expected output and decides nothing; what it sees it tells the host, in frames.
import sys

from inside import seccomp, warm, wire
from inside.namespaces import clone_session, hide
from inside.session import serve_candidate

import base64
import gc
import os
import signal


def take_streams():
    """The host's pipes move away from 0 and 1, where a candidate's own streams will be. Returns (requests, replies)."""
    requests, replies = os.dup(0), os.dup(1)
    nowhere = os.open('/dev/null', os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return requests, replies


def greet(requests, replies):
    hello = wire.read_frame(requests)
    seccomp.keep(base64.b64decode(hello['seccomp']))
    wire.write_frame(replies, {'op': 'ready', 'python': sys.version.split()[0]})


def serve(requests, replies):
    while True:
        wire.read_frame(requests)
        pid = clone_session()
        if pid == 0:
            serve_candidate(requests, replies)
        _, status = os.waitpid(pid, 0)
        wire.write_frame(replies, {'op': 'closed', 'status': os.waitstatus_to_exitcode(status)})


def main():
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with open('/proc/self/oom_score_adj', 'w') as adjust:
        adjust.write('500')
    hide()
    requests, replies = take_streams()
    greet(requests, replies)
    # Its own folder: a program's `import inside` is the program's affair.
    sys.path.remove('/sb')
    for name in [n for n in sys.modules if n.split('.')[0] == 'inside']:
        del sys.modules[name]
    warm.settle()
    gc.collect()
    gc.freeze()
    serve(requests, replies)


main()
