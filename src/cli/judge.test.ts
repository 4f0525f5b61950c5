// The filters: line in, line out, in order, while the input is still open; what becomes of bad lines; what is refused before any work.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCommand } from './main.ts';

const HERE = mkdtempSync(join(tmpdir(), 'rest-em-judge-'));
after(() => rmSync(HERE, { recursive: true, force: true }));

type Line = Readonly<Record<string, unknown>>;

async function judge(args: readonly string[], input: string | readonly Uint8Array[] = '') {
  let out = '';
  let err = '';
  let mostHeld = 0;
  let held = 0;
  const code = await runCommand(['judge', ...args], {
    cwd: HERE,
    env: {},
    input: Readable.from(typeof input === 'string' ? [Buffer.from(input)] : input),
    out: text => {
      out += text;
      held += text.length;
      mostHeld = Math.max(mostHeld, held);
    },
    drained: () => {
      held = 0;
      return Promise.resolve();
    },
    err: text => {
      err += text;
    },
    isTerminal: false,
    columns: 80,
    signal: new AbortController().signal,
    clock: () => 0,
  });
  return {
    code,
    lines: out
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as Line),
    err,
    mostHeld,
  };
}

const jsonl = (...rows: readonly unknown[]) => rows.map(row => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join('');
const verdicts = (lines: readonly Line[]) => lines.map(({ id, verdict, reward }) => [id, verdict, reward]);

test('answers and completions are judged in order, each with its reward and reason', async () => {
  const { code, lines } = await judge(
    ['answers'],
    jsonl(
      { id: 'a', reference: '4', answer: '4' },
      { id: 2, reference: '4', answer: '5' },
      { reference: '4', completion: 'So it is \\boxed{4}.' },
      { id: 'd', reference: '4', completion: 'So it is four or so' },
      { id: 'e', reference: '2 + 2 makes it.\n#### 4', completion: 'The answer is 4.' },
      { id: 'f', reference: '4', answer: '$\\boxed{4}$' },
    ),
  );
  assert.equal(code, 0);
  assert.deepEqual(verdicts(lines), [
    ['a', 'correct', 1],
    [2, 'incorrect', 0],
    [null, 'correct', 1],
    ['d', 'unparsable', 0],
    ['e', 'correct', 1],
    ['f', 'correct', 1],
  ]);
  assert.deepEqual(
    lines.map(line => line.extracted),
    [undefined, undefined, '4', null, '4', undefined],
  );
  for (const { reason } of lines) assert.match(String(reason), /\w/);
});

test('a bad line is answered as failed, with its reason and no reward, and the rest goes on', async () => {
  const { code, lines } = await judge(
    ['answers'],
    jsonl(
      '{"id": 1,',
      '',
      '[]',
      { id: 3, answer: '4' },
      { id: 4, reference: '4' },
      { id: 5, reference: 4, answer: '4' },
      { id: 6, reference: '4', answer: '4', completion: '4' },
      { id: 7, reference: ' ', answer: '4' },
      { id: 8, reference: '4', answer: null },
      { id: 9, reference: '4', answer: '4' },
    ),
  );
  assert.equal(code, 0);
  assert.deepEqual(verdicts(lines), [
    ...Array(3).fill([null, 'failed', null]),
    ...[3, 4, 5, 6, 7, 8].map(id => [id, 'failed', null]),
    [9, 'correct', 1],
  ]);
  assert.deepEqual(
    lines.slice(1, 7).map(line => line.reason),
    [
      'the line is empty',
      'the line is no JSON object',
      'has no "reference"',
      'has neither "answer" nor "completion"',
      '"reference" is not a text',
      'has both "answer" and "completion"; give one',
    ],
  );
});

test('extract gives the text and the marker of each answer', async () => {
  const { code, lines } = await judge(['extract'], jsonl({ id: 'a', completion: '#### 1,234' }, { completion: 'no' }, { id: 'c' }, 'x'));
  assert.equal(code, 0);
  assert.deepEqual(lines.slice(0, 2), [
    { id: 'a', extracted: '1234', marker: 'hash' },
    { id: null, extracted: null, marker: 'none' },
  ]);
  assert.deepEqual(
    lines.slice(2).map(({ id, verdict }) => [id, verdict]),
    [
      ['c', 'failed'],
      [null, 'failed'],
    ],
  );
  const guess = await judge(['extract', '--fallback', 'last-number'], jsonl({ completion: 'I get 3' }));
  assert.deepEqual(guess.lines, [{ id: null, extracted: '3', marker: 'last-number' }]);
});

test('unknown rules, conventions, values, fallbacks and files are refused before any line is read', async () => {
  const unread = (async function* (): AsyncGenerator<Uint8Array> {
    yield assert.fail('a line was read');
  })();
  const refused = async (...args: string[]) => {
    const { code, err, lines } = await judge(args, unread as unknown as Uint8Array[]);
    assert.deepEqual([code, lines], [2, []]);
    return err;
  };
  const both = await refused('answers', '--rules', 'defualt', '--set', 'nothing=1', '--set', 'lists=backwards', '--set', 'lists');
  assert.match(both, /--rules: got "defualt"; accepted: default, .*did you mean default\?/);
  assert.match(both, /--set: got "nothing"; accepted: /);
  assert.match(both, /--set lists: got "backwards"; accepted: /);
  assert.match(both, /--set: got "lists"; accepted: convention=value/);
  assert.match(await refused('extract', '--fallback', 'guess'), /--fallback: got "guess"; accepted: none, last-number, last-math/);
  assert.match(await refused('answers', '--in', 'none.jsonl'), /none\.jsonl: there is no such file/);
  assert.match(await refused('answers', '--in', '.'), /\.: is a folder/);
});

test('a file is read as standard input is, and so is a byte order mark', async () => {
  writeFileSync(join(HERE, 'rows.jsonl'), `\uFEFF${jsonl({ id: 1, completion: '\\boxed{é}' })}`.trimEnd());
  assert.deepEqual((await judge(['extract', '--in', 'rows.jsonl'])).lines, [{ id: 1, extracted: 'é', marker: 'boxed' }]);
});

test('a line may come in pieces that cut a letter in two, and many lines in one piece', async () => {
  const bytes = Buffer.from(jsonl({ id: 'ü', completion: '\\boxed{é😀}' }, { completion: '#### 2' }));
  for (let at = 1; at < bytes.length; at++) {
    const { lines } = await judge(['extract'], [bytes.subarray(0, at), bytes.subarray(at)]);
    assert.deepEqual(
      lines.map(line => line.extracted),
      ['é😀', '2'],
    );
  }
});

test('however much comes in, no more than about a piece of it waits to go out', async () => {
  const rows = Array.from({ length: 64 }, () =>
    Buffer.from(jsonl(...Array.from({ length: 500 }, (_, id) => ({ id, completion: `\\boxed{${id}}` })))),
  );
  const { lines, mostHeld } = await judge(['extract'], rows);
  assert.equal(lines.length, 32_000);
  assert.ok(mostHeld < 200_000, `${mostHeld} characters were held`);
});

test('a line is answered while the input is still open', async () => {
  const bin = fileURLToPath(new URL('../../bin/rest-em.js', import.meta.url));
  const child = spawn(process.execPath, [bin, 'judge', 'extract'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  for (const id of [1, 2]) {
    child.stdin.write(jsonl({ id, completion: '#### 7' }));
    assert.deepEqual(JSON.parse(String((await answers.next()).value)), { id, extracted: '7', marker: 'hash' });
  }
  child.stdin.end();
  assert.deepEqual(await once(child, 'close'), [0, null]);
});

test('Ctrl-C ends a filter whose input is silent, with 130', async () => {
  const bin = fileURLToPath(new URL('../../bin/rest-em.js', import.meta.url));
  const child = spawn(process.execPath, [bin, 'judge', 'extract'], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdout.once('data', () => child.kill('SIGINT'));
  child.stdin.write(jsonl({ completion: '#### 7' }));
  assert.deepEqual(await once(child, 'close'), [130, null]);
});

test('a reason is short, however long the answer it speaks of', async () => {
  const { lines } = await judge(
    ['answers'],
    jsonl({ reference: '1', answer: 'x'.repeat(100_000) }, { reference: '\\boxed{'.repeat(20_000), answer: '1' }),
  );
  for (const { reason } of lines) assert.ok(String(reason).length <= 501);
});
