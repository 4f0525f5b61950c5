// Attacks by processes and signals: too many, too long, out of reach, or aimed at those that watch.
import { ANSWER, type Hostile, python, TIMEOUT } from './hostile.ts';

export const PROCESSES: readonly Hostile[] = [
  python(
    'forks until it cannot',
    'stdio',
    ['exit'],
    `
import os, time
n = 0
try:
    while n < 300:
        if os.fork() == 0:
            time.sleep(9)
            os._exit(0)
        n += 1
    print('ESCAPE', n)
except OSError:
    pass`,
  ),
  python(
    'every fork forks again',
    'stdio',
    [...TIMEOUT, 'exit', 'runtime_error'],
    `
import os
for _ in range(12):
    try:
        os.fork()
    except OSError:
        pass
if sum(p.isdigit() for p in os.listdir('/proc')) > 100:
    print('ESCAPE')`,
  ),
  python(
    'starts threads until it cannot',
    'stdio',
    ['exit', 'memory', 'runtime_error'],
    `
import threading, time
n = 0
try:
    while n < 500:
        threading.Thread(target=time.sleep, args=(9,), daemon=True).start()
        n += 1
    print('ESCAPE', n)
except RuntimeError:
    pass`,
  ),
  python(
    'a daemon of a new session keeps the output open',
    'stdio',
    ['right'],
    `${ANSWER}
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(2)
        print('ESCAPE late', flush=True)
    os._exit(0)`,
  ),
  python(
    'a chain of processes, each born when the last dies',
    'stdio',
    ['right'],
    `${ANSWER}
import os
if os.fork() == 0:
    for _ in range(2000):
        try:
            if os.fork():
                os._exit(0)
        except OSError:
            pass
    os._exit(0)`,
  ),
  python(
    'every signal to process 1, to its group, to all',
    'stdio',
    ['right'],
    `
import os
for target in (1, os.getppid(), -1):
    for number in range(1, 65):
        if target != -1 or number not in (19, 20, 21, 22):
            try:
                os.kill(target, number)
            except OSError:
                pass
${ANSWER}`,
  ),
  python(
    'limits, priority and cores of process 1',
    'stdio',
    ['right'],
    `
import os, resource
def attack(name, act):
    try:
        act()
        print('ESCAPE', name, flush=True)
    except OSError:
        pass
attack('prlimit', lambda: resource.prlimit(1, resource.RLIMIT_CPU, (1, 1)))
attack('nofile', lambda: resource.prlimit(1, resource.RLIMIT_NOFILE, (3, 3)))
attack('affinity', lambda: os.sched_setaffinity(1, {0}))
attack('priority', lambda: os.setpriority(os.PRIO_PROCESS, 1, 19))
attack('user', lambda: os.setpriority(os.PRIO_USER, os.getuid(), 19))
attack('scheduler', lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0)))
${ANSWER}`,
  ),
  python(
    'blocks all signals and loops',
    'stdio',
    TIMEOUT,
    `
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
for number in (signal.SIGXCPU, signal.SIGPROF, signal.SIGALRM, signal.SIGTERM):
    signal.signal(number, signal.SIG_IGN)
signal.setitimer(signal.ITIMER_PROF, 0)
while True:
    pass`,
  ),
  python('stops itself', 'stdio', ['timeout_wall'], 'import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)'),
  python('kills itself', 'stdio', ['runtime_error'], 'import os, signal\nos.kill(os.getpid(), signal.SIGKILL)'),
  python('aborts', 'stdio', ['runtime_error'], 'import os\nos.abort()'),
  python(
    'children use the CPU, the parent waits',
    'stdio',
    TIMEOUT,
    `
import os
for _ in range(4):
    if os.fork() == 0:
        while True:
            pass
os.wait()`,
  ),
  python(
    'a daemon thread spins on after the answer',
    'stdio',
    ['right'],
    `
import threading
def spin():
    while True:
        pass
threading.Thread(target=spin, daemon=True).start()
${ANSWER}`,
  ),
  python(
    'a thread that is no daemon never ends',
    'stdio',
    TIMEOUT,
    `import threading\ndef spin():\n    while True:\n        pass\nthreading.Thread(target=spin).start()\n${ANSWER}`,
  ),
];
