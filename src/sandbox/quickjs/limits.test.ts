// Programs that take more than they may or tear down their realm, and how the backend itself is stopped: a program can only ever harm itself.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { int, LIMITS, openQuickjs, SHORT } from './asked.test.ts';
import { probeQuickjs } from './probe.ts';

const { backend, called, calledWithin } = await openQuickjs();

describe('programs that take too much, or break', () => {
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    ['an endless loop', 'const f = () => { for (;;); }', ['timeout_cpu']],
    [
      'an endless loop that catches everything',
      'const f = () => { for (;;) try { for (;;); } catch {} finally { continue } }',
      ['timeout_cpu'],
    ],
    ['an endless loop while loading', 'for (;;); const f = 1', ['timeout_cpu']],
    ['an endless getter', 'const f = () => ({ get x() { for (;;); } })', ['timeout_cpu']],
    ['an endless generator', 'function* g() { for (;;) yield 1 }; const f = () => [...g()]', ['timeout_cpu', 'memory']],
    ['jobs without end', 'const f = () => { const g = () => Promise.resolve().then(g); return g() }', ['timeout_cpu']],
    [
      'jobs without end after the result',
      'const g = () => { Promise.resolve().then(g) }; const f = () => { g(); return 1 }',
      ['timeout_cpu'],
    ],
    ['a thenable that never calls', 'const f = async () => ({ then() {} })', ['runtime_error']],
    ['a promise that never settles', 'const f = () => new Promise(() => {})', ['runtime_error']],
    ['an interval never cleared', 'const f = () => new Promise(() => setInterval(() => {}, 1))', ['timeout_cpu']],
    ['a catastrophic expression', 'const f = () => /(a+)+$/.test("a".repeat(50) + "b")', ['timeout_cpu']],
    ['one long native operation', "const f = () => 'a'.repeat(2e6).lastIndexOf('a'.repeat(1e6) + 'b')", ['timeout_cpu']],
    ['memory in many pieces', 'const f = () => { const a = []; for (;;) a.push(new Uint8Array(1 << 20)) }', ['memory']],
    [
      'memory, caught',
      'const f = () => { const a = []; for (;;) try { a.push(new Uint8Array(1 << 20)) } catch {} }',
      ['timeout_cpu', 'memory'],
    ],
    ['one huge block', 'const f = () => new ArrayBuffer(2 ** 31)', ['memory', 'runtime_error']],
    ['a flood of output', 'const f = () => { for (;;) console.log("y".repeat(65536)) }', ['output_limit']],
    ['a flood of errors', 'const f = () => { for (;;) try { console.error("y".repeat(65536)) } catch {} }', ['output_limit']],
    ['recursion without end', 'const f = () => f()', ['runtime_error']],
    ['recursion through native code', 'const f = () => [1].map(f)', ['runtime_error']],
    ['recursion through toString', 'const o = { toString: () => String(o) }; const f = () => String(o)', ['runtime_error']],
    ['brackets without end', 'const f = () => eval("[".repeat(200000))', ['runtime_error', 'memory', 'timeout_cpu']],
    [
      'an error that loops when it is read',
      'const f = () => { throw { get message() { for (;;); }, get stack() { throw this }, toString() { throw null } } }',
      ['runtime_error'],
    ],
    ['a thrown null', 'const f = () => { throw null }', ['runtime_error', 'memory']],
    ['no such function', 'const g = 1', ['load_error']],
    ['no JavaScript', 'const f = ;', ['load_error']],
    ['an error while loading', 'null.x; const f = 1', ['load_error']],
    [
      'a result too large for a frame',
      'const f = () => Array.from({ length: 450000 }, (_, i) => [i + 0.1])',
      ['exit', 'protocol_error', 'timeout_cpu'],
    ],
  ];
  for (const [what, program, ends] of rows) {
    test(`${what} ends as ${ends.join(' or ')}`, async () => {
      const seen = await calledWithin(SHORT, program);
      assert.ok(ends.includes(seen.end), `${seen.end}: ${seen.detail}`);
      if (seen.end !== 'exit') assert.equal(seen.value, undefined);
    });
  }

  test('after all that the same backend judges an honest program, and its times are its own', async () => {
    const seen = await called('const f = n => n + 1', int(1));
    assert.deepEqual(seen.value, int(2));
    assert.ok(seen.cpuMs < 250, `${seen.cpuMs} ms`);
  });

  test('ten thousand calls deep is no depth, as in Node', async () => {
    const seen = await called('const f = n => (n === 0 ? 0 : 1 + f(n - 1))', int(10_000));
    assert.deepEqual(seen.value, int(10_000), seen.detail);
  });
});

describe('the backend', () => {
  test('stops when it is told to, and leaves no process', async () => {
    const found = await probeQuickjs({ lanes: 1 });
    assert.ok(found.ok);
    const stop = new AbortController();
    const job = {
      language: 'javascript',
      mode: 'call',
      program: 'const f = () => { for (;;); }',
      fn: 'f',
      calls: [[]],
      limits: { ...LIMITS, cpuSeconds: 60, wallSeconds: 60 },
    } as const;
    const running = found.backend.run(job, () => true, stop.signal);
    const waiting = found.backend.run(job, () => true, stop.signal);
    setTimeout(() => stop.abort(), 50);
    const ends = await Promise.allSettled([running, waiting]);
    assert.deepEqual(
      ends.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    await found.backend.close();
    await assert.rejects(found.backend.run(job, () => true));
  });

  test('refuses another language, and names that are no names', async () => {
    assert.equal(
      (await backend.run({ language: 'python', limits: LIMITS, mode: 'stdio', program: '', inputs: [''] }, () => true))?.kind,
      'unsupported',
    );
    const job = { language: 'javascript', limits: LIMITS, mode: 'call', program: '', fn: 'f; g()', calls: [[]] } as const;
    assert.equal((await backend.run(job, () => true))?.kind, 'unsupported');
  });
});
