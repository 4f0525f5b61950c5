// Results of calls on quickjs: plain data crosses as it is, and a program that lies about its result, or looks for its host, gets nowhere. What it returns is
// what is seen, and no test sees another.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import type { Value } from '../backend.ts';
import { int, list, openQuickjs } from './asked.test.ts';

const { called, observe } = await openQuickjs();

describe('values', () => {
  const rows: readonly (readonly [string, Value])[] = [
    ['3', int(3)],
    ['2 ** 53', { t: 'float', v: '0x1.0000000000000p+53' }],
    ['2n ** 70n', { t: 'int', v: String(2n ** 70n) }],
    ['0.1', { t: 'float', v: '0x1.999999999999ap-4' }],
    ['[1, [true, null, undefined]]', list(int(1), list(true, null, null))],
    [
      '({ b: 1, a: "x" })',
      {
        t: 'dict',
        v: [
          ['b', int(1)],
          ['a', 'x'],
        ],
      },
    ],
    ['new Map([[1, 2]])', { t: 'dict', v: [[int(1), int(2)]] }],
    ['new Set([1])', { t: 'set', v: [int(1)] }],
    ['new Uint8Array([7])', list(int(7))],
    ['Promise.resolve(4)', int(4)],
    ['"a\\0b\\ud83d\\ude00\\ud800"', 'a\0b😀\ud800'],
    ['new (class A {})()', { t: 'opaque', v: 'object' }],
    ['new Number(3)', { t: 'opaque', v: 'object' }],
    ['() => 1', { t: 'opaque', v: 'function' }],
    ['Symbol()', { t: 'opaque', v: 'symbol' }],
    ['(() => { const a = []; a.push(a); return a })()', { t: 'opaque', v: 'too deep' }],
    ['new Array(1e9)', { t: 'opaque', v: 'too large' }],
  ];
  for (const [code, value] of rows) {
    test(`${code} comes out as ${JSON.stringify(value).slice(0, 60)}`, async () => {
      const seen = await called(`const f = () => (${code})`);
      assert.equal(seen.end, 'exit', seen.detail);
      assert.deepEqual(seen.value, value);
    });
  }

  test('arguments go in as they are, long integers as BigInt, and come back as the program left them', async () => {
    const long: Value = { t: 'int', v: '123456789012345678901234567890' };
    const seen = await called('const f = (n, a, d) => { a.push(typeof n); a[0] = n + 1n; return d }', long, list(int(1)), {
      t: 'dict',
      v: [['__proto__', 'k']],
    });
    assert.deepEqual(seen.argumentsAfter?.[1], list({ t: 'int', v: '123456789012345678901234567891' }, 'bigint'));
    assert.deepEqual(seen.value, { t: 'dict', v: [['__proto__', 'k']] });
  });
});

describe('programs that lie about their results', () => {
  const rows: readonly (readonly [string, string, Value])[] = [
    [
      'toJSON',
      'const f = () => ({ toJSON: () => 42, x: 1 })',
      {
        t: 'dict',
        v: [
          ['toJSON', { t: 'opaque', v: 'function' }],
          ['x', int(1)],
        ],
      },
    ],
    ['a patched JSON', 'JSON.stringify = () => "42"; const f = () => 1', int(1)],
    [
      'valueOf and Symbol.toPrimitive',
      'const f = () => ({ valueOf: () => 42, [Symbol.toPrimitive]: () => 42 })',
      { t: 'dict', v: [['valueOf', { t: 'opaque', v: 'function' }]] },
    ],
    [
      'a patched Array.isArray and Object.keys',
      'Array.isArray = () => true; Object.keys = () => ["x"]; Reflect.apply = () => 42; const f = () => ({ a: 1 })',
      { t: 'dict', v: [['a', int(1)]] },
    ],
    [
      'setters on Array.prototype',
      'Object.defineProperty(Array.prototype, 0, { set() {}, get: () => 42 }); const f = () => ({ a: 1 })',
      { t: 'dict', v: [['a', int(1)]] },
    ],
    ['a proxy that throws', 'const f = () => new Proxy([], { get() { throw 1 } })', { t: 'opaque', v: 'threw while it was read' }],
    [
      'a revoked proxy',
      'const f = () => { const p = Proxy.revocable([], {}); p.revoke(); return p.proxy }',
      { t: 'opaque', v: 'threw while it was read' },
    ],
    ['a getter that throws', 'const f = () => ({ get x() { throw 1 } })', { t: 'opaque', v: 'threw while it was read' }],
    [
      'a patched String and Map',
      'String.prototype.charCodeAt = () => 52; Map.prototype.forEach = () => {}; const f = () => new Map([["\\0", 1]])',
      { t: 'dict', v: [['\0', int(1)]] },
    ],
    [
      'a prototype with answers',
      'Object.prototype.value = 42; Object.prototype.toJSON = () => 42; const f = () => ({})',
      { t: 'dict', v: [] },
    ],
  ];
  for (const [what, program, value] of rows) {
    test(`${what}: what is there is seen`, async () => assert.deepEqual((await called(program)).value, value));
  }
});

describe('separation', () => {
  test('every test has a realm of its own', async () => {
    const program =
      'globalThis.n = (globalThis.n ?? 0) + 1; Array.prototype.n = (Array.prototype.n ?? 0) + 1; const f = () => [n, Array.prototype.n]';
    for (const { value } of await observe({ mode: 'call', program, fn: 'f', calls: [[], [], []] }))
      assert.deepEqual(value, list(int(1), int(1)));
  });

  test('nothing of the host is within reach', async () => {
    const words = ['process', 'require', 'Deno', 'fetch', 'WebAssembly', 'navigator', 'std', 'os', 'Worker', 'readline'];
    const program = `const f = () => { const g = f.constructor('return globalThis')(); return ${JSON.stringify(words)}.filter(w => w in g) }`;
    assert.deepEqual((await called(program)).value, list());
  });

  test('import finds nothing', async () => {
    const seen = await called(
      "let got = 'none'; const f = async () => { try { await import('fs'); got = 'ESCAPE' } catch (e) { got = 'refused' } return got }",
    );
    assert.equal(seen.value, 'refused');
  });

  test('the child has an empty environment', { skip: process.platform === 'linux' ? false : 'reads /proc' }, async () => {
    await called('const f = () => 1');
    const pids = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
      .split('\n')
      .filter(line => line.includes('quickjs/child'))
      .map(line => line.trim().split(' ')[0]!);
    assert.ok(pids.length > 0);
    for (const pid of pids) {
      const { readFileSync } = await import('node:fs');
      assert.doesNotMatch(readFileSync(`/proc/${pid}/environ`, 'latin1'), /HOME=|PATH=\/(?!usr\/bin)|TOKEN/);
    }
  });
});
