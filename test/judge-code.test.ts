// rest-em judge code, as a filter: answers in the order of the lines while several are judged, every line answered, options refused before any work,
// and Ctrl-C. JavaScript alone, so it runs wherever Node does.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { inOrder } from '../src/cli/in-order.ts';

const BIN = join(fileURLToPath(new URL('..', import.meta.url)), 'bin/rest-em.js');

interface Ended {
  readonly code: number | null;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  readonly err: string;
}

function judgeCode(args: readonly string[], input: string, onLine?: (kill: (signal: NodeJS.Signals) => void) => void): Promise<Ended> {
  const child = spawn(process.execPath, [BIN, 'judge', 'code', ...args], { env: { ...process.env, CI: '1' } });
  let out = '';
  let err = '';
  child.stdout.on('data', (piece: Buffer) => {
    out += piece.toString();
    onLine?.(signal => child.kill(signal));
  });
  child.stderr.on('data', (piece: Buffer) => {
    err += piece.toString();
  });
  child.stdin.on('error', error => {
    err += error.message;
  });
  child.stdin.write(input);
  // Where the answers so far are waited for, the input stays open.
  if (!onLine) child.stdin.end();
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => {
      const lines = out.split('\n').filter(line => line !== '');
      resolve({ code, err, lines: lines.map((line): Record<string, unknown> => JSON.parse(line)) });
    });
  });
}

const call = (id: number, program: string, more: object = {}) =>
  `${JSON.stringify({
    id,
    language: 'javascript',
    mode: 'call',
    program,
    fn: 'f',
    tests: {
      call: [
        [[1], 2],
        [[5], 6],
      ],
    },
    ...more,
  })}\n`;

test('every line is answered, in order, good or bad, and the exit code is 0', async () => {
  const input = [
    call(1, 'const f = x => { let n = 0; for (let i = 0; i < 3e5; i++) n++; return x + 1 }'),
    call(2, 'const f = x => x + 1'),
    call(3, 'const f = x => 2'),
    'no JSON\n',
    '\n',
    call(6, 'const f = ('),
    call(7, 'const f = x => x', { tests: { call: [] } }),
    call(8, '  '),
    call(9, 'x', { language: 'python' }),
    '{"id":10}',
  ];
  const { code, lines, err } = await judgeCode(['--backend', 'quickjs', '--jobs', '2'], input.join(''));
  assert.equal(code, 0, err);
  assert.deepEqual(
    lines.map(l => [l.id, l.verdict, l.kind, l.tests_run, l.tests_total]),
    [
      [1, 'correct', 'pass', 2, 2],
      [2, 'correct', 'pass', 2, 2],
      [3, 'incorrect', 'wrong_answer', 2, 2],
      [null, 'failed', null, 0, 0],
      [null, 'failed', null, 0, 0],
      [6, 'incorrect', 'load_error', 1, 2],
      [7, 'failed', 'no_tests', 0, 0],
      [8, 'unparsable', null, 0, 2],
      [9, 'failed', 'unsupported', 0, 2],
      [10, 'failed', null, 0, 0],
    ],
  );
  assert.ok(lines.every(l => typeof l.reason === 'string' && l.reason !== '' && typeof l.wall_ms === 'number' && 'backend' in l));
});

test('--partial runs every test and gives the share', async () => {
  const { lines } = await judgeCode(['--backend', 'quickjs', '--partial'], call(1, 'const f = x => (x === 1 ? 0 : x + 1)'));
  assert.deepEqual([lines[0]?.verdict, lines[0]?.reward, lines[0]?.tests_run], ['incorrect', 0.5, 2]);
});

test('wrong options and files are refused before any work', async () => {
  for (const args of [['--backend', 'docker'], ['--jobs', '0'], ['--in', 'there-is-none.jsonl'], ['--nonsense']]) {
    const { code, lines, err } = await judgeCode(args, '');
    assert.deepEqual([code, lines.length], [2, 0], err);
    assert.match(err, /^rest-em: .+\n$/);
  }
});

test('an answer comes while the input is still open; Ctrl-C then ends it with 130', async () => {
  const { code, lines } = await judgeCode(['--backend', 'quickjs'], call(1, 'const f = x => x + 1'), kill => kill('SIGINT'));
  assert.deepEqual([code, lines.length, lines[0]?.verdict], [130, 1, 'correct']);
});

test('Ctrl-C does not wait for a program that is running', async () => {
  const endless = call(2, 'const f = () => { for (;;); }', { limits: { cpu_seconds: 300, wall_seconds: 300 } });
  const { code } = await judgeCode(['--backend', 'quickjs'], call(1, 'const f = x => x + 1') + endless, kill => kill('SIGINT'));
  assert.equal(code, 130);
});

test('a window slides over the work: results in order, never more than its width under way, a failure ends it', async () => {
  async function* numbers() {
    for (let n = 0; n < 20; n++) yield n;
  }
  let underWay = 0;
  let most = 0;
  const work = async (n: number): Promise<number> => {
    most = Math.max(most, ++underWay);
    for (let i = 0; i < 2 + ((n * 7) % 5); i++) await setImmediate();
    underWay--;
    return n;
  };
  const seen: number[] = [];
  for await (const n of inOrder(numbers(), 3, work)) seen.push(n);
  assert.deepEqual(
    seen,
    Array.from({ length: 20 }, (_, i) => i),
  );
  assert.ok(most <= 3 && most > 1, `${most} under way`);
  const failing = inOrder(numbers(), 3, async n => (n === 4 ? Promise.reject(new Error('four')) : n));
  await assert.rejects(async () => {
    for await (const n of failing) assert.ok(n < 4);
  }, /four/);
});
