// Attacks on limits: time, memory, output, files. Bounded above what any limit allows; reaching the bound is the escape.
import { ANSWER, type Hostile, python, TIMEOUT } from './hostile.ts';

const MIB = 2 ** 20;

export const LIMITS: readonly Hostile[] = [
  python('a loop', 'stdio', TIMEOUT, 'while True:\n    pass'),
  python('sleep', 'stdio', ['timeout_wall'], 'import time\ntime.sleep(60)\nprint("ESCAPE")'),
  python('the answer, then a loop', 'stdio', TIMEOUT, `${ANSWER}while True:\n    pass`),
  python(
    'a loop with a stopped clock',
    'stdio',
    TIMEOUT,
    'import time\ntime.time = time.monotonic = time.process_time = lambda: 0\nwhile True:\n    pass',
  ),
  python('one endless operation in C', 'stdio', [...TIMEOUT, 'memory'], 'print(len(str(3 ** 10 ** 8)))'),
  python(
    'constants to fold',
    'stdio',
    [...TIMEOUT, 'memory', 'load_error', 'runtime_error'],
    'x = (((((2 ** 100) ** 100) ** 50) ** 20) ** 20) ** 10\nprint(x)',
  ),
  python('a regular expression that backtracks', 'stdio', TIMEOUT, 'import re\nre.match("(x+x+)+y", "x" * 60)'),
  python(
    'a loop in a destructor at the end',
    'stdio',
    [...TIMEOUT, 'right'],
    `class Last:\n    def __del__(self):\n        while True:\n            pass\nx = Last()\nimport atexit\natexit.register(globals().clear)\n${ANSWER}`,
  ),
  python(
    'a loop in an exit handler',
    'stdio',
    TIMEOUT,
    `import atexit\ndef spin():\n    while True:\n        pass\natexit.register(spin)\n${ANSWER}`,
  ),
  python('memory in one piece', 'stdio', ['memory'], 'x = bytearray(1 << 36)\nprint("ESCAPE")'),
  python(
    'memory in small pieces',
    'stdio',
    ['memory'],
    'x = []\nwhile len(x) < 3000:\n    x.append(bytearray(b"x") * (1 << 20))\nprint("ESCAPE")',
    { memoryBytes: 128 * MIB },
  ),
  python(
    'memory that is asked for again and again',
    'stdio',
    ['memory', 'timeout_cpu', 'timeout_wall'],
    'x = []\nwhile len(x) < 3000:\n    try:\n        x.append(bytearray(b"x") * (1 << 20))\n    except MemoryError:\n        pass\nprint("ESCAPE")',
    { memoryBytes: 128 * MIB },
  ),
  python(
    'memory spread over processes',
    'stdio',
    ['memory'],
    `
import os, time
for _ in range(16):
    if os.fork() == 0:
        x = bytearray(b'x') * (48 << 20)
        time.sleep(4)
        os._exit(0)
time.sleep(1)
if os.waitpid(-1, os.WNOHANG)[0] == 0:
    print('ESCAPE')`,
    { memoryBytes: 192 * MIB },
  ),
  python(
    'memory that processes share',
    'stdio',
    ['memory', 'runtime_error'],
    `
import mmap
x = []
for _ in range(64):
    x.append(mmap.mmap(-1, 32 << 20))
    x[-1].write(b'x' * (32 << 20))
print('ESCAPE')`,
    { memoryBytes: 192 * MIB },
  ),
  python(
    'recursion without end',
    'stdio',
    [...TIMEOUT, 'memory', 'runtime_error'],
    'import sys\nsys.setrecursionlimit(1 << 30)\ndef f():\n    return f() + 1\nf()\nprint("ESCAPE")',
  ),
  python(
    'recursion in C',
    'stdio',
    [...TIMEOUT, 'memory', 'runtime_error'],
    'import sys\nsys.setrecursionlimit(1 << 30)\nx = []\nfor _ in range(10 ** 7):\n    x = [x]\nrepr(x)\nprint("ESCAPE")',
  ),
  python('output without end', 'stdio', ['output_limit'], 'for _ in range(1 << 22):\n    print("x" * 80)\nprint("ESCAPE")'),
  python(
    'errors without end',
    'stdio',
    ['output_limit'],
    'import os\nfor _ in range(1 << 14):\n    os.write(2, b"x" * 65536)\nprint("ESCAPE")',
  ),
  python(
    'output from a child that goes on',
    'stdio',
    // how much it wrote before it was killed with its parent is a matter of luck
    ['output_limit', 'right', 'exit'],
    `${ANSWER}import os\nif os.fork() == 0:\n    while True:\n        os.write(1, b"x" * 65536)`,
  ),
  python(
    'one large file',
    'stdio',
    ['output_limit', 'runtime_error'],
    'with open("x", "wb") as f:\n    for _ in range(64):\n        f.write(bytes(1 << 20))\nprint("ESCAPE")',
  ),
  python(
    'one large sparse file',
    'stdio',
    ['output_limit', 'runtime_error'],
    'import os\nos.truncate(os.open("x", os.O_CREAT | os.O_RDWR), 1 << 40)\nprint("ESCAPE")',
  ),
  python('many files', 'stdio', ['runtime_error'], 'for i in range(100000):\n    open(f"/tmp/{i}", "w").close()\nprint("ESCAPE")'),
  python(
    'many middling files',
    'stdio',
    ['runtime_error'],
    'for i in range(64):\n    with open(f"/tmp/{i}", "wb") as f:\n        f.write(bytes(4 << 20))\nprint("ESCAPE")',
  ),
  python('descriptors without end', 'stdio', ['runtime_error'], 'import os\nfor _ in range(5000):\n    os.dup(0)\nprint("ESCAPE")'),
  python(
    'pipes made large',
    'stdio',
    ['exit', 'runtime_error'],
    'import fcntl, os\nfor _ in range(28):\n    r, w = os.pipe()\n    fcntl.fcntl(w, 1031, 64 << 20)\nprint("ESCAPE")',
  ),
  python('a source with a million brackets', 'stdio', ['load_error', 'memory'], '('.repeat(60_000)),
];
