// Asserts on quickjs: the tests in one instance, the program in another, and what crosses between them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LIMITS, openQuickjs, SHORT } from './asked.test.ts';

const { backend, observe } = await openQuickjs();

describe('asserts', () => {
  const asserted = async (program: string, asserts: readonly string[], more: object = {}) =>
    (await observe({ mode: 'assert', program, setup: '', asserts, ...more })).map(({ end }) => end);

  test('results, errors and arguments changed in place cross between the two sides', async () => {
    const program =
      'const add = (a, b) => a + b; const bad = () => { throw new RangeError("no") }; const sortIt = a => { a.sort((x, y) => x - y) }; const slow = async x => x';
    const asserts = [
      'assert.strictEqual(add(1, 2), 3)',
      'assert.throws(() => bad(), RangeError); assert.throws(() => bad(), /no/)',
      'const xs = [3, 1, 2]; assert.strictEqual(sortIt(xs), undefined); assert.deepStrictEqual(xs, [1, 2, 3])',
      'assert.strictEqual(await slow(4), 4)',
      'assert.strictEqual(add(5n, 1n), 6n)',
      'assert.strictEqual(add(1, 1), 3)',
      'throw new Error("of the tests")',
    ];
    assert.deepEqual(await asserted(program, asserts), ['exit', 'exit', 'exit', 'exit', 'exit', 'assertion_failed', 'runtime_error']);
  });

  const cheats: Readonly<Record<string, string>> = {
    'an object equal to everything':
      'const add = () => ({ valueOf: () => 3, toString: () => "3", [Symbol.toPrimitive]: () => 3, equals: () => true })',
    'an assert of its own': 'globalThis.assert = () => {}; assert.strictEqual = () => {}; const add = () => 0',
    'a patched Object.is': 'Object.is = () => true; const add = () => 0',
    'an end while it is called': 'const add = () => { throw { name: "exit" } }',
    'a function by the name of the tests tools':
      'function require() { return { strictEqual() {} } }; function assert() {}; const add = () => 0',
    'its own AssertionError': 'const add = () => { throw new Proxy({}, { get: () => true }) }',
  };
  for (const [what, program] of Object.entries(cheats)) {
    test(`${what} passes no assert`, async () => {
      const ends = await asserted(program, [
        'assert.strictEqual(add(1, 2), 3)',
        'assert(add(1, 2) == 3)',
        'assert.deepEqual(add(1, 2), 3)',
      ]);
      assert.ok(ends.length > 0 && ends.every(end => end !== 'exit'), ends.join());
    });
  }

  test('a program that runs out of time has failed, whatever the test catches', async () => {
    const ends = await asserted('const add = () => { for (;;); }', ['try { add() } catch {}', 'assert.throws(() => add())'], {
      limits: SHORT,
    });
    assert.deepEqual(ends, ['timeout_cpu']);
  });

  test('so has one that runs out of memory, and it is not asked again', async () => {
    const program = 'const add = () => { const a = []; for (;;) a.push(new Uint8Array(1 << 20)) }';
    assert.deepEqual(await asserted(program, ['try { add() } catch {}', 'assert(true)']), ['memory']);
  });

  test('a missing function is a load error', async () => {
    assert.deepEqual(await asserted('const sub = 1', ['assert.strictEqual(add(1, 2), 3)']), ['load_error']);
  });

  test('the setup runs on the side of the tests, and the program cannot see it', async () => {
    const program = 'const add = () => (typeof secret === "undefined" ? 3 : 0)';
    assert.deepEqual(await asserted(program, ['assert.strictEqual(add(1, 2), secret)'], { setup: 'const secret = 3' }), ['exit']);
  });

  test('tests that pass functions or objects of their own are unsupported', async () => {
    for (const unit of ['assert(map([1], x => x))', 'assert(map(new Date()))', 'new map()']) {
      const unjudged = await backend.run(
        {
          language: 'javascript',
          limits: LIMITS,
          mode: 'assert',
          program: 'function map(a, f) { return a }',
          setup: '',
          asserts: [unit],
          names: ['map'],
        },
        () => true,
      );
      assert.equal(unjudged?.kind, 'unsupported', unit);
    }
  });

  test('an object of the program can be handed back to it', async () => {
    const program = 'class P { constructor(x) { this.x = x } }; const make = x => new P(x); const read = p => p.x';
    assert.deepEqual(await asserted(program, ['assert.strictEqual(read(make(5)), 5)']), ['exit']);
  });
});
