// The examples, run as the README says: quick and the custom task to their end with the model we ship, the longer ones up to their plan.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

const root = join(import.meta.dirname, '../..');
const shared = process.env.REST_EM_SHARED;

function restEm(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'bin/rest-em.js'), ...args], { cwd: root, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

interface SummaryRow {
  readonly policy: string;
  readonly split: string;
  readonly problems: number;
  readonly greedy: { readonly value: number; readonly low: number; readonly high: number };
}

for (const [name, policies] of [
  ['quick.config.ts', ['base', 'iteration-1', 'iteration-2']],
  ['custom-task.ts', ['base', 'iteration-1']],
] as const)
  test(`examples/${name} runs to its end and leaves a summary and a page`, () => {
    const dir = join(mkdtempSync(join(tmpdir(), 'rest-em-example-')), 'run');
    const { code, out, err } = restEm('run', `examples/${name}`, '--dir', dir, '--json');
    assert.equal(code, 0, err);
    const { rows } = JSON.parse(out) as { rows: readonly SummaryRow[] };
    assert.deepEqual(
      rows.map(row => row.policy),
      policies,
    );
    for (const { greedy } of rows) assert.ok(greedy.low <= greedy.value && greedy.value <= greedy.high);
    assert.deepEqual(JSON.parse(readFileSync(join(dir, 'summary.json'), 'utf8')), JSON.parse(out));
    assert.match(readFileSync(join(dir, 'report.html'), 'utf8'), /<\/html>/);
    rmSync(dir, { recursive: true });
  });

test('examples/minimath.config.ts, what npm start runs, is a plan', () => {
  const { code, out, err } = restEm('run', 'examples/minimath.config.ts', '--dry-run');
  assert.equal(code, 0, err);
  assert.match(out, /rest-em, 3 iterations; beside it sft, random/);
});

test('examples/minicode.config.ts is a plan', () => {
  const { code, out, err } = restEm('run', 'examples/minicode.config.ts', '--dry-run');
  assert.equal(code, 0, err);
  assert.match(out, /task +minicode: 108 to train on, 12 to stop by, 200 to measure on\nmethod +rest-em, 2 iterations; beside it random/);
});

test('examples/word-problems.config.ts says in one line each what it needs', () => {
  const { code, err } = restEm('run', 'examples/word-problems.config.ts', '--dry-run');
  assert.equal(code, 2);
  assert.match(err, /model: is required/);
  assert.match(err, /task\.train/);
  assert.doesNotMatch(err, /\n {4}at /);
});

const model = join(shared ?? '', 'models/smollm2-135m-instruct-q4_1.gguf');
const skip = !shared ? 'REST_EM_SHARED is not set' : existsSync(model) ? false : 'the model file is not there';
for (const [set, sizes] of [
  ['asdiv', '600 to train on, 67 to stop by, 640 to measure on'],
  ['svamp', '600 to train on, 67 to stop by, 285 to measure on'],
  ['mawps', '600 to train on, 67 to stop by, 617 to measure on'],
  ['gsm8k', '600 to train on, 67 to stop by, 1,319 to measure on'],
] as const)
  test(`the word problems of ${set} make a plan with a real model by settings alone`, { skip }, () => {
    const file = (split: string) => join(shared!, 'data', set, `${split}.jsonl`);
    const settings = { model, 'task.set': set, 'task.train': file('train'), 'task.test': file('test') };
    const sets = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    const { code, out, err } = restEm('run', 'examples/word-problems.config.ts', '--dry-run', ...sets);
    assert.equal(code, 0, err);
    assert.ok(out.includes(sizes), out);
  });
