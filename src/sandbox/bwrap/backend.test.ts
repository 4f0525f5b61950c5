// The backend on this machine, where it works: the three modes, the ends of tests, and honest programs that each found a trap in some fork server.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Interrupted } from '../../errors.ts';
import { DEFAULT_LIMITS, type Job, type Limits, type Observation, type Unjudged } from '../backend.ts';
import type { BwrapBackend } from './backend.ts';
import { CANARIES } from './canaries.ts';
import { probeBwrap, tryCanaries } from './probe.ts';

const probe = await probeBwrap({ lanes: 2 });
const skip = probe.ok ? false : `${probe.reason} (${probe.remedy})`;
const backend = probe.ok ? (probe.backend as BwrapBackend) : null;
after(() => backend?.close());

type Seen = Omit<Observation, 'stdout'> & { readonly text: string };

const QUICK: Limits = { cpuSeconds: 1, wallSeconds: 8, memoryBytes: 2 ** 28 };

async function run(
  job: Job,
  go = (_: Seen): boolean => true,
): Promise<{ readonly seen: readonly Seen[]; readonly unjudged: Unjudged | null }> {
  const seen: Seen[] = [];
  const unjudged = await backend!.run(job, ({ stdout, ...rest }) => {
    seen.push({ ...rest, text: Buffer.from(stdout).toString() });
    return go(seen.at(-1)!);
  });
  return { seen, unjudged };
}

const int = (n: number) => ({ t: 'int', v: String(n) }) as const;
const stdio = (program: string, inputs = ['3 4\n'], limits = DEFAULT_LIMITS): Job => ({
  language: 'python',
  mode: 'stdio',
  program,
  inputs,
  limits,
});
const call = (program: string, ...calls: Extract<Job, { mode: 'call' }>['calls'][number][]): Job => ({
  language: 'python',
  mode: 'call',
  program,
  fn: 'f',
  calls,
  limits: QUICK,
});
const asserts = (
  program: string,
  units: readonly string[],
  rest: { readonly setup?: string; readonly names?: readonly string[] } = {},
): Job => ({
  language: 'python',
  mode: 'assert',
  program,
  setup: '',
  asserts: units,
  limits: QUICK,
  ...rest,
});
const ends = async (job: Job) => (await run(job)).seen.map(s => s.end);

describe('stdin and stdout', { skip }, () => {
  test('each input is a test of its own, in order, and the caller may stop', async () => {
    const program = 'print(sum(map(int, input().split())))';
    const { seen } = await run(stdio(program, ['1 2', '3 4', '5 6']), s => s.text !== '7\n');
    assert.deepEqual(
      seen.map(s => [s.index, s.end, s.text]),
      [
        [0, 'exit', '3\n'],
        [1, 'exit', '7\n'],
      ],
    );
  });

  test('an exception, an exit status and a syntax error are named', async () => {
    const of = async (program: string) => (await run(stdio(program))).seen.map(s => `${s.end}: ${s.detail}`)[0];
    assert.equal(await of('1 / 0'), 'runtime_error: ZeroDivisionError: division by zero');
    assert.equal(await of('raise SystemExit(3)'), 'runtime_error: exit status 3');
    assert.equal(await of('raise SystemExit("no")'), 'runtime_error: no');
    assert.equal(await of('def f(:'), 'load_error: SyntaxError: invalid syntax');
    assert.equal(await of('import numpy_that_is_not_there'), "load_error: ModuleNotFoundError: No module named 'numpy_that_is_not_there'");
    assert.equal(await of('import os; os.abort()'), 'runtime_error: killed by SIGABRT');
  });

  test('tracebacks show the program and nothing of ours', async () => {
    const { seen } = await run(stdio('def f():\n    raise ValueError("x")\nf()'));
    assert.match(seen[0]!.stderr, /File "solution.py", line 3, in <module>\n {4}f\(\)\n/);
    assert.doesNotMatch(seen[0]!.stderr, /inside/);
  });

  test('time, memory and output have limits', async () => {
    assert.deepEqual(await ends(stdio('while True: pass', [''], { ...QUICK, cpuSeconds: 0.3 })), ['timeout_cpu']);
    assert.deepEqual(await ends(stdio('import time; time.sleep(9)', [''], { ...QUICK, cpuSeconds: 0.1, wallSeconds: 0.3 })), [
      'timeout_wall',
    ]);
    assert.deepEqual(await ends(stdio('x = b"x" * (1 << 31)', [''], { ...QUICK, memoryBytes: 2 ** 26 })), ['memory']);
    assert.deepEqual(await ends(stdio('while True: print("x" * 1000)', [''], QUICK)), ['output_limit']);
  });

  test('work that is spread over processes counts together', async () => {
    const spread =
      'import os, time\nfor _ in range(12):\n    if os.fork() == 0:\n        os.setsid()\n        while True: pass\ntime.sleep(30)';
    const { seen } = await run(stdio(spread, ['x'], { cpuSeconds: 0.5, wallSeconds: 25, memoryBytes: 2 ** 28 }));
    assert.equal(seen[0]!.end, 'timeout_cpu');
    const ended =
      'import os\nfor _ in range(9):\n    if os.fork() == 0:\n        for i in range(10**7): pass\n        os._exit(0)\n    os.wait()';
    const { seen: one } = await run(stdio(ended, ['x'], { cpuSeconds: 0.5, wallSeconds: 25, memoryBytes: 2 ** 28 }));
    assert.equal(one[0]!.end, 'timeout_cpu', 'one after the other');
  });

  test('nothing of one test reaches the next, of one candidate or of another', async () => {
    const program =
      'import os\nprint(os.path.exists("/tmp/mark"), os.path.exists("/dev/shm/mark"), os.listdir("."))\nfor d in ("/tmp", "/dev/shm"): open(d + "/mark", "w").close()';
    const clean = "False False ['solution.py']\n";
    for (let i = 0; i < 2; i++)
      assert.deepEqual(
        (await run(stdio(program, ['', '']))).seen.map(s => s.text),
        [clean, clean],
      );
  });

  test('a program of more than 64 KiB is refused unread', async () => {
    assert.deepEqual(await ends(stdio(`#${'x'.repeat(65_536)}`)), ['load_error']);
  });
});

describe('calls', { skip }, () => {
  test('values go both ways as they are', async () => {
    const values = [
      null,
      true,
      'é\ud83d\ude00\u0000',
      int(7),
      { t: 'int', v: `1${'0'.repeat(5000)}` },
      { t: 'float', v: '0x1.8000000000000p+1' },
      { t: 'float', v: 'nan' },
      {
        t: 'list',
        v: [
          { t: 'tuple', v: [int(1)] },
          { t: 'dict', v: [[int(1), { t: 'set', v: ['a'] }]] },
        ],
      },
      { t: 'bytes', v: '00ff' },
      { t: 'complex', v: ['0x1.0000000000000p+0', '-inf'] },
    ] as const;
    const { seen } = await run(call('def f(x):\n    return x', ...values.map(v => [v])));
    assert.deepEqual(
      seen.map(s => s.value),
      values,
    );
  });

  test('what is not exactly a builtin is opaque', async () => {
    const program =
      'import collections\nclass I(int): pass\ndef f(k):\n    return [I(7), object(), collections.deque(), collections.Counter("a"), collections.namedtuple("P", "x")(1), iter([1]), True][k]';
    const { seen } = await run(call(program, ...[0, 1, 2, 3, 4, 5, 6].map(k => [int(k)])));
    assert.deepEqual(
      seen.map(s => s.value),
      [
        { t: 'opaque', v: 'I' },
        { t: 'opaque', v: 'object' },
        { t: 'opaque', v: 'deque' },
        { t: 'dict', v: [['a', int(1)]] },
        { t: 'tuple', v: [int(1)] },
        { t: 'iterator', v: [int(1)] },
        true,
      ],
    );
  });

  test('each call has a process of its own, arguments come back as they are afterwards, Solution will do, and so will names nobody imported', async () => {
    const { seen } = await run(
      call('n = 0\ndef f(x):\n    global n\n    n += 1\n    x.append(n)\n    return n', [{ t: 'list', v: [] }], [{ t: 'list', v: [] }]),
    );
    assert.deepEqual(
      seen.map(s => [s.value, s.argumentsAfter]),
      [
        [int(1), [{ t: 'list', v: [int(1)] }]],
        [int(1), [{ t: 'list', v: [int(1)] }]],
      ],
    );
    const method = 'class Solution:\n    def f(self, x: List[int]) -> int:\n        return Counter(x)[1] + gcd(2, 4)';
    assert.deepEqual((await run(call(method, [{ t: 'list', v: [int(1)] }]))).seen[0]!.value, int(3));
  });

  test('no function, an exception, an exit: each is named', async () => {
    const of = async (program: string) => (await run(call(program, [int(1)]))).seen.map(s => `${s.end}: ${s.detail}`)[0];
    assert.equal(await of('g = 1'), 'load_error: the program defines no function f');
    assert.equal(await of('def f(x): raise KeyError("k")'), "runtime_error: KeyError: 'k'");
    assert.equal(await of('def f(x): raise MemoryError'), 'memory: more than 256 MiB of memory');
    assert.equal(await of('import os\ndef f(x): os._exit(0)'), 'runtime_error: ended before it answered');
    assert.equal(await of('raise ValueError("at import")'), 'load_error: ValueError: at import');
  });
});

describe('asserts between two sandboxes', { skip }, () => {
  const add = 'def add(a, b):\n    return a + b\n';

  test('each unit is a test: passed, failed, raised; one that fails does not stop the rest', async () => {
    const { seen } = await run(
      asserts(add, ['assert add(1, 2) == 3', 'assert add(1, 2) == 4, "no"', 'add(1, None)', 'assert add(2, 2) == 4']),
    );
    assert.deepEqual(
      seen.map(s => s.end),
      ['exit', 'assertion_failed', 'runtime_error', 'exit'],
    );
    assert.equal(seen[1]!.detail, 'AssertionError: no at: assert add(1, 2) == 4, "no"');
    assert.match(seen[2]!.detail, /^TypeError: unsupported operand .* at: add\(1, None\)$/);
  });

  test('arguments changed in place, iterators, exceptions by name, keywords: as if there were no border', async () => {
    const program =
      'class Odd(ValueError): pass\ndef sort(x, *, reverse=False):\n    x.sort(reverse=reverse)\ndef evens(n):\n    i = 0\n    while True:\n        yield i\n        i += 2\ndef parse(s):\n    if s == "x": raise Odd(s)\n    return int(s)';
    const units = [
      'x = [3, 1, 2]\nassert sort(x) is None and x == [1, 2, 3]\nsort(x=x, reverse=True)\nassert x == [3, 2, 1]',
      'import itertools\nassert list(itertools.islice(evens(1), 3)) == [0, 2, 4]',
      'try:\n    parse("x")\nexcept ValueError as error:\n    assert str(error) == "x"\nelse:\n    assert False',
    ];
    assert.deepEqual(await ends(asserts(program, units)), ['exit', 'exit', 'exit']);
  });

  test('an exception that would end a loop of the tests without a word is another one there, unless the tests wait for it', async () => {
    const program = 'def f(x): raise StopIteration';
    const quiet = ['assert all(map(lambda x: f(x) == 1, [1, 2]))', 'for x in map(f, [1, 2]):\n    assert x == 1'];
    assert.deepEqual(await ends(asserts(program, quiet)), ['runtime_error', 'runtime_error']);
    const waiting = 'try:\n    f(1)\nexcept StopIteration:\n    pass\nelse:\n    assert False';
    assert.deepEqual(await ends(asserts(program, [waiting])), ['exit']);
  });

  test('a candidate that dies fails its unit though the tests catch everything, and is there again for the next', async () => {
    const program = 'import os\ndef f(x):\n    if x: os._exit(0)\n    return 1';
    const units = ['try:\n    f(1)\nexcept:\n    pass', 'assert f(0) == 1'];
    assert.deepEqual(await ends(asserts(program, units)), ['runtime_error', 'exit']);
  });

  test('a loop in one unit uses up its time, not ours', async () => {
    const program = 'def f(x):\n    while x: pass\n    return 1';
    assert.deepEqual(await ends({ ...asserts(program, ['f(1)', 'assert f(0) == 1']), limits: { ...QUICK, cpuSeconds: 0.3 } }), [
      'timeout_cpu',
      'exit',
    ]);
  });

  test('the program is asked only for what the tests need of it: helpers and builtins are the tests’ own', async () => {
    const cheat = 'def f(x): return 9\ndef abs(x): return 0\ndef helper(x): return 9\n';
    const setup = 'def helper(x):\n    return x + 1\ndef f(x):\n    """declared, not defined"""\n';
    assert.deepEqual(await ends(asserts(cheat, ['assert abs(f(1) - 2) < 1e-9', 'assert f(1) == helper(1)'], { setup })), [
      'assertion_failed',
      'assertion_failed',
    ]);
    assert.deepEqual(
      await ends(asserts('def sum(a, b): return a + b', ['assert sum(10, 15) == 25'])),
      ['exit'],
      'a function with the name of a builtin',
    );
  });

  test('tests that cannot be split are unsupported, tests that are broken are ours, neither is the candidate’s', async () => {
    const reason = async (job: Job) => (await run(job)).unjudged;
    assert.deepEqual(await reason(asserts('def f(g): return g(1)', ['assert f(lambda x: x) == 1'])), {
      kind: 'unsupported',
      reason: 'in the tests f() is given a value that is not plain data: function',
    });
    assert.equal((await reason(asserts('class P:\n    pass\ndef f(p): return 1', ['assert f(P()) == 1'])))?.kind, 'unsupported');
    assert.equal((await reason(asserts(add, ['assert 1 == 1'])))?.kind, 'unsupported');
    assert.equal((await reason(asserts(add, ['assert add(1, 2) =='])))?.kind, 'sandbox_error');
    assert.equal((await reason(asserts(add, ['add(1, 1)'], { setup: '1 / 0' })))?.kind, 'sandbox_error');
  });

  test('a result that is no plain data, given back to the program, is the program’s fault', async () => {
    const program = 'class C: pass\ndef encode(x): return C()\ndef decode(x): return 1';
    assert.deepEqual(await ends(asserts(program, ['assert decode(encode(1)) == 1'])), ['runtime_error']);
  });
});

describe('our side', { skip }, () => {
  test('all canaries hold', async () => {
    assert.deepEqual(
      await tryCanaries(
        backend!,
        CANARIES.filter(c => c.name !== 'limit of processes'),
      ),
      [],
    );
  });

  test('a canary that gets through is told', async () => {
    const open = {
      name: 'a hole',
      program: () => 'print("out")',
      input: '',
      wrong: (seen: Observation) => Buffer.from(seen.stdout).toString(),
    };
    assert.deepEqual(await tryCanaries(backend!, [open]), ['a hole: out\n']);
  });

  test('many jobs at a time each get their own answers', async () => {
    const sums = await Promise.all(Array.from({ length: 12 }, (_, i) => run(stdio('print(sum(map(int, input().split())))', [`${i} 1`]))));
    assert.deepEqual(
      sums.map(s => s.seen[0]!.text),
      Array.from({ length: 12 }, (_, i) => `${i + 1}\n`),
    );
  });

  test('an abort ends the job at once, and the next one runs', async () => {
    const stop = new AbortController();
    const job = backend!.run(stdio('import time; time.sleep(60)'), () => true, stop.signal);
    setTimeout(() => stop.abort(), 100);
    await assert.rejects(job, Interrupted);
    await assert.rejects(
      backend!.run(stdio('1'), () => true, stop.signal),
      Interrupted,
    );
    assert.deepEqual(await ends(stdio('print(7)')), ['exit']);
  });

  test('JavaScript is not for this one', async () => {
    assert.equal((await run({ ...stdio('1'), language: 'javascript' })).unjudged?.kind, 'unsupported');
  });
});
