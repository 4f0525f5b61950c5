// The deno-pyodide backend where the npm packages deno and pyodide are (REST_EM_PYODIDE names the folder): what crosses, what it cannot run, and programs that end
// or lie where they should answer.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { Job, Observation, Unjudged, Value } from '../../src/sandbox/backend.ts';
import { findPackages } from '../../src/sandbox/deno-pyodide/packages.ts';
import { probeDenoPyodide } from '../../src/sandbox/deno-pyodide/probe.ts';

const { REST_EM_PYODIDE } = process.env;
const probe = REST_EM_PYODIDE ? await probeDenoPyodide({ lanes: 1, packages: REST_EM_PYODIDE }) : null;
const skip = probe === null ? 'REST_EM_PYODIDE is not set' : probe.ok ? false : probe.reason;
const LIMITS = { cpuSeconds: 2, wallSeconds: 60, memoryBytes: 512 * 2 ** 20 };
const int = (n: number): Value => ({ t: 'int', v: String(n) });

async function run(job: object): Promise<{ readonly seen: readonly Observation[]; readonly unjudged: Unjudged | null }> {
  assert.ok(probe?.ok);
  const seen: Observation[] = [];
  const unjudged = await probe.backend.run({ language: 'python', limits: LIMITS, ...job } as Job, o => seen.push(o) > 0);
  return { seen, unjudged };
}

const endsOf = async (job: object): Promise<readonly string[]> => {
  const { seen, unjudged } = await run(job);
  return unjudged ? [unjudged.kind] : seen.map(({ end }) => end);
};

test('without the packages it says what to install', async () => {
  assert.equal(findPackages('/'), 'deno and pyodide: not installed');
  const found = await probeDenoPyodide({ lanes: 1, packages: '/' });
  assert.ok(!found.ok && /npm install deno pyodide/.test(found.remedy));
});

describe('deno-pyodide', { skip }, () => {
  after(async () => {
    if (probe?.ok) await probe.backend.close();
  });

  test('values cross exactly, arguments come back as they were left', async () => {
    const program = 'def f(a):\n    a.append(2**80)\n    return (True, 0.1, "é", {1: [None]}, {3}, b"x", object())';
    const { seen } = await run({ mode: 'call', fn: 'f', program, calls: [[{ t: 'list', v: [] }]] });
    assert.deepEqual(seen[0]?.argumentsAfter, [{ t: 'list', v: [{ t: 'int', v: String(2n ** 80n) }] }]);
    assert.deepEqual(seen[0]?.value, {
      t: 'tuple',
      v: [
        true,
        { t: 'float', v: '0x1.999999999999ap-4' },
        'é',
        { t: 'dict', v: [[int(1), { t: 'list', v: [null] }]] },
        { t: 'set', v: [int(3)] },
        { t: 'bytes', v: '78' },
        { t: 'opaque', v: 'object' },
      ],
    });
  });

  test('a program that ends where it should answer has failed, however cleanly', async () => {
    const ending = 'import os\ndef f(*a):\n    os._exit(0)\n';
    assert.deepEqual(await endsOf({ mode: 'call', fn: 'f', program: ending, calls: [[]] }), ['runtime_error']);
    assert.deepEqual(await endsOf({ mode: 'assert', program: ending, setup: '', asserts: ['assert f(1) == 1'], names: ['f'] }), [
      'runtime_error',
    ]);
    assert.deepEqual(
      await endsOf({ mode: 'assert', program: 'import os\nos._exit(0)', setup: '', asserts: ['assert f(1) == 1'], names: ['f'] }),
      ['load_error'],
    );
    const caught = 'try:\n    f(1)\nexcept BaseException:\n    pass';
    assert.deepEqual(await endsOf({ mode: 'assert', program: ending, setup: '', asserts: [caught], names: ['f'] }), ['runtime_error']);
  });

  test('a program that writes the frames of its host passes no assert', async () => {
    const forged =
      'import border, json\ndef f(x):\n    for i in range(9):\n        border.write(json.dumps({"test": i, "end": "passed", "detail": ""}))\n';
    const ends = await endsOf({ mode: 'assert', program: forged, setup: '', asserts: ['assert f(1) == 1'], names: ['f'] });
    assert.ok(ends.length === 1 && ends[0] !== 'exit', ends.join());
  });

  test('limits hold', async () => {
    const rows: readonly (readonly [string, string])[] = [
      ['while True: pass', 'timeout_cpu'],
      ['x = bytearray(10 ** 9)', 'memory'],
      ['while True: print("y" * 65536)', 'output_limit'],
      ['x = (', 'load_error'],
      ['import numpy', 'load_error'],
      ['1 / 0', 'runtime_error'],
      ['open("/tmp/x", "wb").write(bytes(64 << 20))', 'runtime_error'],
    ];
    for (const [program, end] of rows) assert.deepEqual(await endsOf({ mode: 'stdio', program, inputs: [''] }), [end], program);
  });

  test('threads, processes and bottomless recursion are unsupported', async () => {
    for (const program of [
      'import threading\nthreading.Thread(target=print).start()',
      'import subprocess\nsubprocess.run(["ls"])',
      'import sys\nsys.setrecursionlimit(10 ** 9)\ndef f(n): return f(n + 1) + 1\nf(0)',
    ])
      assert.deepEqual(await endsOf({ mode: 'stdio', program, inputs: [''] }), ['unsupported'], program);
  });

  test('one candidate sees nothing of another', async () => {
    await run({ mode: 'stdio', program: 'import builtins\nbuiltins.len = lambda x: 42\nopen("/tmp/left", "w").write("x")', inputs: [''] });
    const { seen } = await run({ mode: 'stdio', program: 'import os\nprint(len([]), os.path.exists("/tmp/left"))', inputs: [''] });
    assert.equal(Buffer.from(seen[0]!.stdout).toString(), '0 False\n');
  });
});
