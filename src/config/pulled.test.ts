// Tasks named by their data set: files from the Hub's cache, files of the user's before them, and what is said when neither is there.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { refPath, snapshotPath } from '../data/cache.ts';
import { ConfigError } from '../errors.ts';
import { laidOver } from './load.ts';
import { parseSettings } from './parse.ts';
import { withPulled } from './pulled.ts';
import { openTask } from './task.ts';

const CACHE = mkdtempSync(join(tmpdir(), 'rest-em-pulled-'));
after(() => rmSync(CACHE, { recursive: true, force: true }));
const COMMIT = 'a'.repeat(40);

function put(repo: string, file: string, content = ''): string {
  const path = join(snapshotPath(CACHE, `datasets/${repo}`, COMMIT), file);
  for (const [name, text] of [
    [path, content],
    [refPath(CACHE, `datasets/${repo}`, 'main'), COMMIT],
  ] as const) {
    mkdirSync(dirname(name), { recursive: true });
    writeFileSync(name, text);
  }
  return path;
}

const gsmTrain = put('openai/gsm8k', 'main/train-00000-of-00001.parquet');
const gsmTest = put('openai/gsm8k', 'main/test-00000-of-00001.parquet');
const mathTrain = ['algebra', 'geometry'].map(subject => put('EleutherAI/hendrycks_math', `${subject}/train-00000-of-00001.parquet`));
const math500 = put(
  'HuggingFaceH4/MATH-500',
  'test.jsonl',
  '{"problem": "1+1?", "solution": "$\\\\boxed{2}$", "answer": "2", "subject": "Algebra", "level": 1}\n',
);

function complaints(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error.complaints.map(c => `${c.field}: ${c.message}`);
    throw error;
  }
  return [];
}

test('a set that was pulled is a task by its name, one file or several a split', () => {
  assert.deepEqual(withPulled('gsm8k', CACHE), { kind: 'word-problems', set: 'gsm8k', train: gsmTrain, test: gsmTest });
  assert.deepEqual(withPulled('math-500', CACHE), { kind: 'math', name: 'math-500', unjudgeable: 'skip', train: mathTrain, test: math500 });
});

test('a set that only measures, and one with worked examples of its own, are tasks as well', () => {
  const humaneval = put('openai/openai_humaneval', 'openai_humaneval/test-00000-of-00001.parquet');
  assert.deepEqual(withPulled('humaneval', CACHE), { kind: 'humaneval', test: humaneval });
  const [train, held, shots] = ['train', 'test', 'prompt'].map(split =>
    put('google-research-datasets/mbpp', `full/${split}-00000-of-00001.parquet`),
  );
  assert.deepEqual(withPulled({ set: 'mbpp', chat: true }, CACHE), { kind: 'mbpp', chat: true, train, test: held, shotsFile: shots });
});

test('settings are laid over the set, files of the user before those of the cache', () => {
  const task = withPulled({ set: 'math-500', rules: 'strict-math', train: 'mine.jsonl' }, CACHE);
  assert.deepEqual(task, { kind: 'math', name: 'math-500', unjudgeable: 'skip', rules: 'strict-math', train: 'mine.jsonl', test: math500 });
  assert.deepEqual(withPulled({ set: 'mawps', train: 'a', test: 'b' }, undefined), {
    kind: 'word-problems',
    set: 'mawps',
    train: 'a',
    test: 'b',
  });
});

test('what is no set stands as it is: a built-in task, code, settings of one file', () => {
  for (const task of ['minimath', 'nothing', { kind: 'word-problems', train: 'a', test: 'b' }, { set: 'none' }, 5, undefined])
    assert.equal(withPulled(task, CACHE), task);
});

test('what is not here is asked for, with the command that brings it; nothing else is kept back', () => {
  const parse = (task: unknown) => complaints(() => parseSettings(laidOver({ task }, { cwd: CACHE, hubCache: CACHE })));
  const files = (split: string, what: string) =>
    `task.${split}: is required, in the configuration or by --set task.${split}=…: ${what}; \`rest-em data pull SET\` brings those of a set of the Hub`;
  const model = 'model: is required, in the configuration or by --set model=…: the path of a Hugging Face folder or a GGUF file';
  assert.deepEqual(parse('math').sort(), [model, files('test', 'a file of rows (.jsonl, .parquet or .csv), or several')]);
  assert.deepEqual(parse({ set: 'svamp', test: 'b' }).sort(), [model, files('train', 'a file of rows (.jsonl, .parquet or .csv)')]);
  assert.match(
    complaints(() => withPulled({ kind: 'word-problems', set: 'math' }, CACHE)).join(),
    /task\.kind: got "word-problems"; math is read by math/,
  );
  assert.match(complaints(() => withPulled('hungarian', CACHE)).join(), /hungarian is no task by itself: /);
});

test('a configuration that names a set becomes a task with problems', async () => {
  const settings = parseSettings(laidOver({ model: 'm', task: 'math-500' }, { cwd: CACHE, hubCache: CACHE }));
  const { task } = await openTask(settings.task);
  const problems = await task.problems('test');
  assert.deepEqual(
    problems.map(({ solution, ...rest }) => rest),
    [{ id: 'math-500-test-00001', question: '1+1?', reference: '2', level: '1', subject: 'Algebra' }],
  );
});

test('relative files of a list count from where they are named', () => {
  const settings = laidOver(
    { model: 'm' },
    { cwd: '/data', set: ['task={"kind": "math"}', 'task.train=[a.jsonl, b.jsonl]', 'task.test=c.jsonl'] },
  );
  assert.deepEqual(settings, { model: 'm', task: { kind: 'math', train: ['/data/a.jsonl', '/data/b.jsonl'], test: '/data/c.jsonl' } });
});
