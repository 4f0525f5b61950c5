// The quickjs backend, attacked: programs that lie about their results, tear down their realm, or take more than they may, and honest ones that must not
// suffer from any of it. A program can only ever harm itself; what it returns is what is seen, and no test sees another.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, describe, test } from 'node:test';
import type { Backend, Job, Limits, Observation, Value } from '../backend.ts';
import { probeQuickjs } from './probe.ts';

const probe = await probeQuickjs({ lanes: 2 });
assert.ok(probe.ok, 'quickjs must work wherever Node does');
const backend: Backend = probe.backend;
after(() => backend.close());

const LIMITS = { cpuSeconds: 2, wallSeconds: 30, memoryBytes: 128 * 2 ** 20 };
/** For what never ends. */
const SHORT = { ...LIMITS, cpuSeconds: 0.2 };

async function observe(job: object): Promise<Observation[]> {
  const seen: Observation[] = [];
  const unjudged = await backend.run({ language: 'javascript', limits: LIMITS, ...job } as Job, o => seen.push(o) > 0);
  assert.equal(unjudged, null, unjudged?.reason);
  return seen;
}

const int = (n: number): Value => ({ t: 'int', v: String(n) });
const list = (...v: Value[]): Value => ({ t: 'list', v });

const called = (program: string, ...args: Value[]): Promise<Observation> => calledWithin(LIMITS, program, ...args);

async function calledWithin(limits: Limits, program: string, ...args: Value[]): Promise<Observation> {
  return (await observe({ mode: 'call', program, fn: 'f', calls: [args], limits }))[0]!;
}

async function printed(program: string, input = ''): Promise<Observation & { readonly text: string }> {
  const seen = (await observe({ mode: 'stdio', program, inputs: [input] }))[0]!;
  return { ...seen, text: Buffer.from(seen.stdout).toString() };
}

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

describe('standard input and output', () => {
  const adds: Readonly<Record<string, string>> = {
    'readline()': "const [a, b] = readline().split(' ').map(Number); print(a + b)",
    "readFileSync(0, 'utf8')":
      "const t = require('fs').readFileSync(0, 'utf8').trim().split(' '); console.log(Number(t[0]) + Number(t[1]))",
    "readFileSync('/dev/stdin').toString()":
      "console.log(require('node:fs').readFileSync('/dev/stdin').toString().split(' ').map(Number).reduce((a, b) => a + b))",
    'events of process.stdin':
      "let s = ''; process.stdin.setEncoding('utf8'); process.stdin.on('data', c => { s += c }); process.stdin.on('end', () => console.log(eval(s.trim().replace(' ', '+'))))",
    'readable events':
      "let s = ''; process.stdin.on('readable', () => { let c; while ((c = process.stdin.read()) !== null) s += c }); process.stdin.on('end', () => process.stdout.write(String(eval(s.trim().replace(' ', '+'))) + '\\n'))",
    'lines of readline':
      "require('readline').createInterface({ input: process.stdin }).on('line', l => console.log(l.split(' ').map(Number).reduce((a, b) => a + b)))",
    'for await of lines':
      "import { createInterface } from 'readline';\nfor await (const l of createInterface({ input: process.stdin })) console.log(eval(l.replace(' ', '+')))",
    'for await of process.stdin':
      "(async () => { let s = ''; for await (const c of process.stdin) s += c; console.log(eval(s.trim().replace(' ', '+'))) })()",
    'import of fs': "import fs from 'node:fs';\nconst s = fs.readFileSync(0, 'utf-8');\nconsole.log(eval(s.trim().replace(' ', '+')))",
    'a question':
      "const rl = require('readline').createInterface({ input: process.stdin, output: process.stdout }); rl.question('', l => { console.log(eval(l.replace(' ', '+'))); rl.close() })",
  };
  for (const [how, program] of Object.entries(adds)) {
    test(`a program may read by ${how}`, async () => {
      const seen = await printed(program, '3 4\n');
      assert.equal(seen.end, 'exit', `${seen.detail} ${seen.stderr}`);
      assert.equal(seen.text, '7\n');
    });
  }

  test('exit ends at once, with its status; output before it stays', async () => {
    assert.deepEqual(pick(await printed('console.log(1); process.exit(0); console.log(2)')), ['exit', '1\n']);
    assert.deepEqual(pick(await printed('try { process.exit(3) } catch {} console.log(2)')), ['runtime_error', '']);
    assert.deepEqual(pick(await printed('process.exitCode = 2; console.log(1)')), ['runtime_error', '1\n']);
  });

  test('an error is a runtime error, unless the text is no JavaScript or a module is missing', async () => {
    assert.equal((await printed('JSON.parse("{")')).end, 'runtime_error');
    assert.equal((await printed('Promise.reject(new Error("x")).then(() => 1); throw 1')).end, 'runtime_error');
    assert.equal((await printed('let x = ;')).end, 'load_error');
    assert.equal((await printed("require('child_process').execSync('ls')")).end, 'load_error');
    assert.match((await printed('undefined.x')).stderr, /TypeError/);
  });

  test('console.log writes as Node does', async () => {
    const program =
      "console.log([1, 'a', [2]], { a: 1, 'b c': [undefined] }, 'x', -0, 5n, null, new Set([1]), '%d', 3); console.log('%s=%d', 'n', 4); console.log()";
    assert.equal((await printed(program)).text, "[ 1, 'a', [ 2 ] ] { a: 1, 'b c': [ undefined ] } x -0 5n null Set(1) { 1 } %d 3\nn=4\n\n");
  });

  test('timers run in the order of their times, without waiting', async () => {
    const seen = await printed(
      'setTimeout(() => console.log(2), 100000); setTimeout(() => console.log(1), 5); Promise.resolve().then(() => console.log(0))',
    );
    assert.equal(seen.text, '0\n1\n2\n');
    assert.ok(seen.wallMs < 10_000);
  });

  test('no file but standard input is there', async () => {
    const seen = await printed("try { console.log(require('fs').readFileSync('/etc/passwd', 'utf8')) } catch (e) { console.log(e.code) }");
    assert.equal(seen.text, 'ENOENT\n');
  });
});

const pick = ({ end, text }: Observation & { readonly text: string }) => [end, text];

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
