// Attacks on the answer: values that are equal to everything, frames that nobody asked for, exits that look like success, patches of whatever a judge
// might use. None of them adds.
import { ANSWER, type Hostile, python } from './hostile.ts';

/** Everything but the right answer. */
const NOT_RIGHT: Hostile['ends'] = [
  'exit',
  'assertion_failed',
  'runtime_error',
  'load_error',
  'protocol_error',
  'timeout_wall',
  'timeout_cpu',
  'memory',
  'output_limit',
];

const EQUAL = `
class Equal(int):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __lt__ = __le__ = __gt__ = __ge__ = __eq__
    def __hash__(self): return 7
    def __sub__(self, other): return 0
    __rsub__ = __sub__
    @property
    def __class__(self): return int
`;

/** Something sent to the channel by hand. */
const sent = (what: string, body: string): Hostile[] =>
  (['call', 'assert'] as const).map(mode =>
    python(
      `${what} (${mode})`,
      mode,
      NOT_RIGHT,
      `
import json, os, struct
def send(message):
    text = message if isinstance(message, bytes) else json.dumps(message).encode()
    os.write(3, struct.pack('>I', len(text)) + text)
SEVEN = {'t': 'int', 'v': '7'}
def add(a, b):
    return -1
${body}`,
    ),
  );

const bothWays = (what: string, program: string): Hostile[] =>
  (['call', 'assert'] as const).map(mode => python(`${what} (${mode})`, mode, NOT_RIGHT, program));

export const ANSWERS: readonly Hostile[] = [
  ...bothWays('an int that equals everything', `${EQUAL}\ndef add(a, b):\n    return Equal(0)`),
  ...bothWays(
    'equal inside a list, a dict, a tuple',
    `${EQUAL}\nimport collections\nclass T(tuple):\n    def __eq__(self, other): return True\n    def __iter__(self): return iter([7])\ndef add(a, b):\n    return T((Equal(0),))`,
  ),
  ...bothWays('a list that holds itself', 'def add(a, b):\n    x = []\n    x.append(x)\n    return x'),
  ...bothWays(
    'a list nested a hundred thousand deep',
    'def add(a, b):\n    x = []\n    for _ in range(100000):\n        x = [x]\n    return x',
  ),
  ...bothWays('an endless generator', 'def add(a, b):\n    while True:\n        yield 7'),
  ...bothWays('a result of many megabytes', 'def add(a, b):\n    return ["x" * 1000] * 100000'),
  ...bothWays('an integer of a million digits', 'def add(a, b):\n    return 10 ** 1000000'),
  ...bothWays(
    'odd values',
    'def add(a, b):\n    return [float("nan"), float("-inf"), "\\ud800", b"\\xff", {(1, 2): {3}}, {None: 1j}, range(3), ...]',
  ),
  ...bothWays('exit at import', 'import sys\nsys.exit(0)'),
  ...bothWays('a hard exit at import', 'import os\nos._exit(0)'),
  ...bothWays('exit in the function', 'import sys\ndef add(a, b):\n    sys.exit(0)'),
  ...bothWays('a hard exit in the function', 'import os\ndef add(a, b):\n    os._exit(0)'),
  ...bothWays(
    'an exit hook that ends well',
    'import os, sys\nsys.excepthook = lambda *a: os._exit(0)\ndef add(a, b):\n    raise SystemExit(0)',
  ),
  ...bothWays(
    'exceptions that break whoever prints them',
    'class E(Exception):\n    def __str__(self): raise self\n    __repr__ = __str__\nE.__name__ = "x" * 100000\ndef add(a, b):\n    raise E',
  ),
  ...bothWays(
    'an assertion error of its own',
    'import builtins\nbuiltins.AssertionError = type("AssertionError", (Exception,), {})\ndef add(a, b):\n    raise builtins.AssertionError',
  ),
  ...bothWays(
    'builtins replaced',
    'import builtins\nfor name in ("abs", "all", "any", "len", "isinstance", "type", "sorted", "round"):\n    setattr(builtins, name, lambda *a, **k: True)\ndef abs(x):\n    return 0\ndef add(a, b):\n    return None',
  ),
  ...bothWays(
    'the serialiser replaced',
    'import json, struct, os\njson.dumps = lambda *a, **k: \'{"id": 0, "value": true, "done": true, "test": 0, "end": "passed", "args": [], "kw": {}}\'\njson.JSONEncoder.encode = lambda *a: json.dumps(0)\ndef add(a, b):\n    return None',
  ),
  ...bothWays(
    'frames and collector searched for results',
    'import gc, sys\ndef add(a, b):\n    for o in gc.get_objects():\n        if type(o) is dict and ("id" in o or "end" in o or "asserts" in o):\n            o.update(end="passed", passed=True)\n        elif type(o) is list and len(o) < 9:\n            o.append("passed")\n    return None',
  ),
  ...bothWays(
    'an interned seven made zero',
    'import ctypes\ndef add(a, b):\n    ctypes.cast(id(7) + 24, ctypes.POINTER(ctypes.c_int))[0] = 0\n    return 0',
  ),
  ...bothWays(
    'tracing everything',
    'import sys\ndef trace(frame, event, arg):\n    for name in frame.f_locals:\n        if name in ("answer", "end", "ok", "result"):\n            frame.f_locals[name] = True\n    return trace\nsys.settrace(trace)\nsys.setprofile(trace)\ndef add(a, b):\n    return None',
  ),
  ...bothWays(
    'assertions switched off by starting again',
    'import os, sys\nif not sys.flags.optimize:\n    os.execv(sys.executable, [sys.executable, "-O", sys.argv[0]])\ndef add(a, b):\n    return None',
  ),
  ...bothWays(
    'a file named json.py beside it',
    'open("json.py", "w").write("raise SystemExit(0)")\nimport sys\nsys.path.insert(0, ".")\nsys.modules.pop("json")\ndef add(a, b):\n    return None',
  ),
  ...bothWays('no function', 'x = 7'),
  ...bothWays('a function that is no function', 'add = 7'),
  ...bothWays('no Python', 'def add(a, b:\n'),
  ...bothWays('a null byte', 'def add(a, b):\n    return 7\n\0'),
  ...sent(
    'the tests said to have passed',
    "def add(a, b):\n    send({'test': 0, 'end': 'passed', 'detail': '', 'done': True})\n    os._exit(0)",
  ),
  ...sent('a frame of wrong types', "def add(a, b):\n    send({'id': 'x', 'value': [7], 'args': {}, 'kw': []})\n    os._exit(0)"),
  ...sent('a number that is no value', "def add(a, b):\n    send({'id': 0, 'value': 7, 'args': [], 'kw': {}})\n    os._exit(0)"),
  ...sent('a frame that is no JSON', 'def add(a, b):\n    send(b\'{"id": 0, \\xff\\xfe\')\n    os._exit(0)'),
  ...sent('a frame of a hundred thousand brackets', "def add(a, b):\n    send(b'[' * 100000)\n    os._exit(0)"),
  ...sent(
    'a value nested beyond any stack',
    'def add(a, b):\n    v = b\'{"t":"list","v":[\'\n    send(b\'{"id":0,"args":[],"kw":{},"value":\' + v * 50000 + b\']}\' * 50000 + b\'}\')\n    os._exit(0)',
  ),
  ...sent('a frame said to be four gigabytes', "def add(a, b):\n    os.write(3, b'\\xff\\xff\\xff\\xff' + b'x' * 1000)\n    os._exit(0)"),
  ...sent('half a frame, then silence', "import time\ndef add(a, b):\n    os.write(3, b'\\0\\0\\1\\0{')\n    time.sleep(60)"),
  ...sent(
    'two frames for one request',
    "def add(a, b):\n    send({'id': 0, 'value': None, 'args': [], 'kw': {}})\n    send({'id': 0, 'value': None, 'args': [], 'kw': {}})\n    return -1",
  ),
  ...sent('frames before any request', "for i in range(5):\n    send({'id': i, 'value': None, 'args': [], 'kw': {}})"),
  ...sent(
    'keys that belong to objects of the host',
    'def add(a, b):\n    send(b\'{"id":0,"__proto__":{"value":1},"constructor":1,"args":[],"kw":{"__proto__":{}},"value":{"t":"constructor","v":[]}}\')\n    os._exit(0)',
  ),
  ...sent('the channel closed', 'def add(a, b):\n    os.close(3)\n    return 7'),
  ...sent('the channel never read', 'import time\ntime.sleep(60)'),
  python(
    'markers of other judges',
    'stdio',
    ['exit'],
    'for s in ("PASS", "OK", "passed", \'{"passed": true}\', "7 7", "All tests passed"):\n    print(s)',
  ),
  python(
    'frames on standard output',
    'stdio',
    ['exit'],
    'import os, json, struct\nt = json.dumps({"op": "observed", "how": "exited", "code": 0, "stdout": "Nwo="}).encode()\nos.write(1, struct.pack(">I", len(t)) + t)',
  ),
  python(
    'the output closed',
    'stdio',
    ['exit', 'runtime_error'],
    'import os, sys\nsys.stdout.close()\nsys.stderr.close()\nfor fd in (0, 1, 2):\n    try:\n        os.close(fd)\n    except OSError:\n        pass',
  ),
  python(
    'a wrong answer and a good exit',
    'stdio',
    ['exit'],
    'import atexit, os\nprint(8, flush=True)\natexit.register(os._exit, 0)\nraise ValueError',
  ),
  python('the right answer and a bad exit', 'stdio', ['runtime_error'], `${ANSWER}raise SystemExit(3)`),
  python(
    'written into its own input',
    'stdio',
    ['exit', 'runtime_error'],
    'import os\nos.write(0, b"9 9")\nopen("/proc/self/fd/0", "r+b").write(b"x")',
  ),
];
