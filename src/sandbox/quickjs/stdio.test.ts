// Standard input and output on quickjs: each way in which programs read and write.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Observation } from '../backend.ts';
import { openQuickjs } from './asked.test.ts';

const { printed } = await openQuickjs();

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
