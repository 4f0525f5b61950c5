// `rest-em reward test` and `rest-em audit` as commands: what they print, and their exit codes. What they find is tested beside them (src/checks).
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runCommand } from '../src/cli/main.ts';

const HERE = mkdtempSync(join(tmpdir(), 'rest-em-checks-'));
after(() => rmSync(HERE, { recursive: true, force: true }));

async function restEm(...args: readonly string[]) {
  const said = { out: '', err: '' };
  const code = await runCommand(args, {
    cwd: HERE,
    env: {},
    input: (async function* (): AsyncGenerator<Uint8Array> {
      yield* [];
    })(),
    drained: async () => undefined,
    out: text => {
      said.out += text;
    },
    err: text => {
      said.err += text;
    },
    isTerminal: false,
    columns: 80,
    signal: new AbortController().signal,
    clock: () => 0,
  });
  return { code, ...said };
}

/** A task of three sums; the second one takes any answer, the third refuses its own. */
const TASK = `
const verdict = (kind, reason) => ({ kind, reward: kind === 'correct' ? 1 : 0, answer: null, reason });
const problems = [1, 2, 3].map(n => ({ id: 'p' + n, question: n + ' + 1?', reference: String(n + 1), solution: ' It is ' + (n + 1) + '.' }));
export default {
  model: 'none',
  task: {
    name: 'sums', stop: [], maxTokens: 8,
    problems: async () => problems,
    prompts: { train: ({ question }) => ({ kind: 'text', text: question }) },
    verify: ({ id, reference }, text) => verdict(id === 'p2' || (id !== 'p3' && text.endsWith(' ' + reference + '.')) ? 'correct' : 'incorrect', 'said'),
    audit: (problem, text) => verdict(text.includes('honest') ? 'correct' : 'incorrect', 'held out'),
  },
};
`;
writeFileSync(join(HERE, 'sums.config.mjs'), TASK);

test('a task whose problems all pass the gate exits with 0', async () => {
  const { code, out } = await restEm('reward', 'test', 'minimath', '--limit', '3');
  assert.equal(code, 0);
  assert.match(out, /^minimath, train: 3 problems\n {2}3 of 3 right answers judged correct; 0 of 18 worthless ones\n/);
  assert.match(out, / 3 {2}may give rewards\n/);
});

test('problems that should give no rewards are named with their reason, and the exit code is 3', async () => {
  const { code, out, err } = await restEm('reward', 'test', 'sums.config.mjs');
  assert.equal(code, 3);
  assert.match(out, /to drop:\n {2}p3: a right answer is not correct: said\n/);
  assert.match(out, /for evaluation only:\n {2}p2: taken for correct: empty; taken for correct: blank;/);
  assert.equal(err, 'rest-em: 2 problems of 3 should give no rewards\n');
});

test('--json says the same to programs', async () => {
  const { code, out } = await restEm('reward', 'test', '--task', 'sums.config.mjs', '--split', 'test', '--json');
  const { findings, ...head } = JSON.parse(out);
  assert.equal(code, 3);
  assert.deepEqual(head, { task: 'sums', split: 'test', problems: 3, pass: 1, evaluation_only: 1, drop: 1 });
  assert.deepEqual(findings[0], {
    id: 'p1',
    result: 'pass',
    reasons: [],
    right: { tried: 1, correct: 1 },
    wrong: { tried: 6, fooled: [] },
  });
});

test('without a task, or with one that nobody knows, one line says so', async () => {
  for (const args of [[], ['minimaths'], ['minimath', '--split', 'dev']]) {
    const { code, err, out } = await restEm('reward', 'test', ...args);
    assert.equal(code, 2, args.join(' '));
    assert.equal(out, '');
    assert.equal(err.trim().split('\n').length, 1, err);
  }
});

function writeRun(): string {
  const dir = join(HERE, 'run');
  const folder = join(dir, 'iteration-1');
  mkdirSync(folder, { recursive: true });
  const settings = {
    model: 'none',
    task: { kind: 'code', name: 'sums', file: join(HERE, 'sums.config.mjs') },
    method: 'rest-em',
    name: 'sums',
  };
  writeFileSync(join(dir, 'config.json'), JSON.stringify({ settings, method: { name: 'rest-em', title: 'ReST-EM' } }));
  const rows = ['honest', 'honest', 'hack', 'wrong'].map((completion, i) => ({
    id: `iteration-1/train/p1/${i}`,
    problem_id: 'p1',
    iteration: 1,
    draw: i,
    prompt: '1 + 1?',
    completion,
    tokens: [1],
    logprobs: [0],
    finish: 'end',
    verdict: completion === 'wrong' ? 'incorrect' : 'correct',
    reason: '',
    answer: null,
    reward: Number(completion !== 'wrong'),
    seed: 1,
    policy: 'base',
  }));
  const lines = (all: readonly object[]) => all.map(row => `${JSON.stringify(row)}\n`).join('');
  writeFileSync(join(folder, 'samples-train.jsonl'), lines(rows));
  const kept = rows
    .slice(0, 3)
    .map(({ id, problem_id, prompt, completion }) => ({ prompt, completion, weight: 1, samples: [id], problem_id }));
  writeFileSync(join(folder, 'dataset.jsonl'), lines(kept));
  return dir;
}

test('an audit says which share of the accepted samples fails, writes it down, and the report shows it', async () => {
  const dir = writeRun();
  const { code, out, err } = await restEm('audit', dir);
  assert.equal(code, 0, err);
  assert.match(out, /iteration 1 +1 of 3 judged \(3 accepted\), false positives 33\.3 \[6\.1, 79\.2\] %\n/);
  const { rows, examples } = JSON.parse(readFileSync(join(dir, 'audit.json'), 'utf8'));
  assert.equal(rows[0].false_positives, 1);
  assert.equal(examples[0].completion, 'hack');
  await restEm('report', dir);
  assert.match(readFileSync(join(dir, 'report.html'), 'utf8'), /<h2>Audit<\/h2>[\s\S]*33\.3 %/);
});

test('a folder that is no run is refused', async () => {
  const { code, err } = await restEm('audit', HERE);
  assert.equal(code, 2);
  assert.match(err, /is no run directory/);
});
