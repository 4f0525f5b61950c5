// The command line: exit codes, one line a mistake and no stack, standard output that holds results alone, Ctrl-C, and going on. The model is
// the micro one of the weights' fixtures (random numbers), the task is code in a throwaway folder: what is tested is the command, not learning. `restEm` spawns
// the real binary; `here` is the same command in this process, for what needs no process of its own.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../src/cli/main.ts';
import { loadConfig } from '../src/config/load.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BIN = join(ROOT, 'bin/rest-em.js');
const MICRO = join(ROOT, 'src/engine/weights/fixtures/micro');
const HERE = mkdtempSync(join(tmpdir(), 'rest-em-cli-'));
after(() => rmSync(HERE, { recursive: true, force: true }));

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command in the throwaway folder; `onErr` hears standard error as it grows and may send a signal. */
function restEm(args: readonly string[], onErr?: (err: string, kill: (signal: NodeJS.Signals) => void) => void): Promise<Outcome> {
  const child = spawn(process.execPath, [BIN, ...args], { cwd: HERE, env: { ...process.env, NO_COLOR: '1', CI: '1' } });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
    onErr?.(err, signal => child.kill(signal));
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => resolve({ code, out, err }));
  });
}

/** The same in this process. */
async function here(args: readonly string[]): Promise<Outcome> {
  let out = '';
  let err = '';
  const code = await runCommand(args, {
    cwd: HERE,
    env: {},
    input: Readable.from([]),
    drained: () => Promise.resolve(),
    out: text => {
      out += text;
    },
    err: text => {
      err += text;
    },
    isTerminal: false,
    columns: 80,
    signal: new AbortController().signal,
    clock: Date.now,
  });
  return { code, out, err };
}

const linesOf = (text: string) => text.split('\n').filter(line => line !== '');

const write = (name: string, text: string): string => {
  writeFileSync(join(HERE, name), text);
  return name;
};

// A task whose answer is right when a completion has an odd number of characters: random weights are right about half of the time.
const TOY = `
import { correct, defineConfig, defineTask, incorrect } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)};
const task = defineTask({
  name: 'toy',
  problems: async split => Array.from({ length: 20 }, (_, i) => ({ id: split + i, question: 'q', reference: 'odd', level: String(1 + (i % 2)) })),
  prompts: { train: problem => ({ kind: 'text', text: 'Q' + problem.id }) },
  stop: ['f', 'i', 'l', 'o', '6', '.'],
  maxTokens: 16,
  verify: (_, completion) => (completion.length % 2 === 1 ? correct('odd', 'odd') : incorrect('even', 'even')),
});
export default defineConfig({ model: ${JSON.stringify(MICRO)}, task, iterations: 1, samplesPerProblem: 4, fit: { epochs: 1 }, evaluate: { samples: 4 } });
`;
write('toy.config.ts', TOY);
write('minimath.yaml', `model: ${MICRO}\ntask: minimath\n`);
write('empty.yaml', '{}\n');
write('rows.jsonl', '{"id": "a", "prompt": "ab", "completion": "cd"}\n{"id": 2, "prompt_ids": [1, 2, 3], "completion_ids": [4, 5]}\n');
write('no-completion.jsonl', '{"id": "a", "prompt": "ab", "completion": "cd"}\n{"id": "b", "prompt": "ab"}\n');
write('no-id.jsonl', '{"prompt": "ab", "completion": "cd"}\n');
write('not.jsonl', 'hello\n');
write('half-an-id.jsonl', '{"id": 1, "prompt_ids": [1, 2.5], "completion": "cd"}\n');
write('no-role.jsonl', '{"messages": [{"role": "me", "content": "cd"}]}\n');
write('questions.jsonl', '{"text": "One and one?", "answer": "2"}\n');
write('unparsable.jsonl', '{"question": "One and one?", "answer": "two or so"}\n');
write('broken.config.ts', 'export default {;\n');
write('nothing.config.ts', 'export const x = 1;\n');
mkdirSync(join(HERE, 'empty-folder'));
mkdirSync(join(HERE, 'strange-run'));
write('strange-run/config.json', '{"hello": 1}');
cpSync(MICRO, join(HERE, 'truncated'), { recursive: true });
truncateSync(join(HERE, 'truncated/model.safetensors'), 9000);
cpSync(MICRO, join(HERE, 'unknown'), { recursive: true });
cpSync(MICRO, join(HERE, 'no-template'), { recursive: true });
const { chat_template: _, ...tokenizerConfig } = JSON.parse(readFileSync(join(MICRO, 'tokenizer_config.json'), 'utf8'));
write('no-template/tokenizer_config.json', JSON.stringify(tokenizerConfig));
const microConfig = JSON.parse(readFileSync(join(MICRO, 'config.json'), 'utf8'));
write('unknown/config.json', JSON.stringify({ ...microConfig, architectures: ['MambaForCausalLM'], model_type: 'mamba' }));

const wordProblems = (file: string, column: string) => [
  ...['run', 'words.yaml', '--set', `task.train=${file}`, '--set', `task.test=${file}`, '--set', `task.answer.column=${column}`],
];
write('words.yaml', `model: ${MICRO}\ntask: { kind: word-problems, question: '{question}', answer: { column: answer } }\n`);

type Mistakes = Readonly<Record<string, readonly [args: readonly string[], says: RegExp]>>;

/** Command line and what the one line must say; these by the real binary. */
const MISTAKES: Mistakes = {
  'an unknown command': [['bake'], /unknown command 'bake'/],
  'a missing model': [['sample', 'nowhere', '--prompt', 'a'], /nowhere: there is no such file or folder/],
  'a folder without config.json': [['sample', 'empty-folder', '--prompt', 'a'], /empty-folder.*config\.json/],
  'a truncated model file': [['sample', 'truncated', '--prompt', 'a'], /truncated.*safetensors/],
  'an unknown architecture': [['score', 'unknown', '--in', 'rows.jsonl'], /unknown.*[mM]amba/],
  'an unknown setting': [
    ['run', 'minimath.yaml', '--set', 'samplesPerProblm=3'],
    /samplesPerProblm: unknown setting; did you mean samplesPerProblem/,
  ],
  'a negative setting': [
    ['run', 'minimath.yaml', '--set', 'samples_per_problem=-3'],
    /samplesPerProblem: got -3; accepted: a whole number, 1 or more/,
  ],
  'a data row without the named column': [wordProblems('questions.jsonl', 'answer'), /questions\.jsonl:1.*'question'/],
  'a reference that cannot be parsed': [wordProblems('unparsable.jsonl', 'answer'), /unparsable\.jsonl:1.*two or so/],
  'a run directory that is none': [['verify', 'empty-folder'], /empty-folder: is no run directory/],
};

const MORE_MISTAKES: Mistakes = {
  'an unknown command that is nearly one': [['sampel'], /Did you mean sample/],
  'an unknown flag': [['run', 'toy.config.ts', '--dri-run'], /unknown option '--dri-run'.*--dry-run/],
  'a forgotten argument': [['run'], /missing required argument 'config'/],
  'too many arguments': [['resume', 'a', 'b'], /too many arguments/],
  'a negative number': [['sample', MICRO, '--prompt', 'a', '--n', '-3'], /'-3' is invalid.*1 or more/],
  'a number that is none': [['sample', MICRO, '--prompt', 'a', '--max_tokens', 'many'], /'many' is invalid/],
  'no prompt at all': [['sample', MICRO], /one of --prompt, --chat, --in/],
  'two prompts': [['sample', MICRO, '--prompt', 'a', '--chat', 'b'], /got --prompt and --chat/],
  'a chat with a model that has no template for it': [['sample', 'no-template', '--chat', 'hi'], /chat template/],
  'a missing data file': [['score', MICRO, '--in', 'nowhere.jsonl'], /nowhere\.jsonl: there is no such file/],
  'a row without a completion': [['score', MICRO, '--in', 'no-completion.jsonl'], /line 2: has neither "completion" nor "completion_ids"/],
  'a row without an id': [['score', MICRO, '--in', 'no-id.jsonl'], /line 1: has no column "id"/],
  'a token id that is none': [['score', MICRO, '--in', 'half-an-id.jsonl'], /line 1: "prompt_ids\.1" is not a token id$/],
  'a role that is none': [['sample', MICRO, '--in', 'no-role.jsonl'], /line 1: "messages\.0\.role" is not one of system, user, assistant$/],
  'a run directory that is a file': [['run', 'toy.config.ts', '--dir', 'rows.jsonl'], /rows\.jsonl: is a file/],
  'a line that is no JSON': [['score', MICRO, '--in', 'not.jsonl'], /line 1: is no JSON/],
  'a missing configuration': [['run', 'nowhere.config.ts'], /nowhere\.config\.ts: there is no such file/],
  'a configuration that does not parse': [['run', 'broken.config.ts'], /broken\.config\.ts: cannot be read/],
  'a configuration without default export': [['run', 'nothing.config.ts'], /no default export/],
  'a --set that sets nothing': [['run', 'minimath.yaml', '--set', 'seed'], /--set: got "seed"; accepted: NAME=VALUE/],
  'an unknown task': [['run', 'minimath.yaml', '--set', 'task=minimth'], /no task named "minimth"; did you mean minimath/],
  'a model too short for the prompts': [['run', 'minimath.yaml'], /leaves no room/],
  'a run directory that is not there': [['resume', 'nowhere'], /nowhere: there is no such run directory/],
  'a config.json that is not of a run': [['report', 'strange-run'], /strange-run: is no run directory/],
};

function isOneLine({ code, out, err }: Outcome, says: RegExp): void {
  assert.equal(out, '');
  // A file that is both splits is wrong twice.
  const lines = [...new Set(linesOf(err))];
  assert.equal(lines.length, 1, err);
  assert.match(lines[0]!, says);
  assert.doesNotMatch(err, /^\s+at /m);
  assert.equal(code, 2);
  assert.ok(!existsSync(join(HERE, 'runs')), 'something was written');
}

describe('a mistake is one clear line and exit code 2, before any work', { concurrency: 2 }, () => {
  for (const [name, [args, says]] of Object.entries(MISTAKES)) test(name, async () => isOneLine(await restEm(args), says));
  for (const [name, [args, says]] of Object.entries(MORE_MISTAKES)) test(name, async () => isOneLine(await here(args), says));

  test('all mistakes of a configuration are told at once: {} lacks a model and a task', async () => {
    const { code, err } = await here(['run', 'empty.yaml', '--set', 'validation=2', '--set', 'evaluate.topP=0']);
    assert.deepEqual(
      linesOf(err)
        .map(line => line.split(':')[1]!.trim())
        .sort(),
      ['evaluate.topP', 'model', 'task', 'validation'],
    );
    assert.equal(code, 2);
  });
});

test('every example is a configuration; the one for your own model and files names each of the three that it lacks', async () => {
  const files = readdirSync(join(ROOT, 'examples')).map(name => join(ROOT, 'examples', name));
  assert.ok(files.length >= 4);
  for (const file of files) {
    const set = file.includes('word-problems') ? ['model=m', 'task.train=a.jsonl', 'task.test=b.jsonl'] : [];
    const { settings } = await loadConfig(file, { cwd: ROOT, set });
    if (set.length === 0) assert.equal(settings.model, join(ROOT, 'models/tiny-s'));
  }
  const { code, err } = await here(['run', join(ROOT, 'examples/word-problems.config.ts')]);
  assert.deepEqual(
    linesOf(err).map(line => /rest-em: (\S+): is required, in the configuration or by --set \1=/.exec(line)?.[1]),
    ['model', 'task.train', 'task.test'],
  );
  assert.equal(code, 2);
});

describe('commands', { concurrency: 2 }, () => {
  test('--version, --help and the help of every command exit with 0', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    assert.deepEqual(await restEm(['--version']), { code: 0, out: `${version}\n`, err: '' });
    for (const command of ['run', 'resume', 'eval', 'report', 'verify', 'judge', 'data', 'sample', 'score']) {
      const { code, out } = await here([command, '--help']);
      assert.equal(code, 0);
      assert.match(out, new RegExp(`Usage: rest-em ${command}`));
    }
  });

  test('score prints one JSON line a row, in order, a log-probability a token', async () => {
    const { code, out } = await restEm(['score', MICRO, '--in', 'rows.jsonl']);
    assert.equal(code, 0);
    const rows = linesOf(out).map(line => JSON.parse(line));
    assert.deepEqual(
      rows.map(r => [r.id, r.logprobs.length]),
      [
        ['a', 2],
        [2, 2],
      ],
    );
    for (const { logprobs, sum } of rows) assert.ok(Math.abs(sum - (logprobs[0] + logprobs[1])) < 1e-9 && sum < 0);
  });

  test('sample takes both spellings, is the same for the same seed, and --json is JSON alone', async () => {
    const one = await restEm(['sample', MICRO, '--prompt', 'ab', '--n', '2', '--max-tokens', '6', '--top-k', '9', '--seed', '3', '--json']);
    const two = await here(['sample', MICRO, '--prompt', 'ab', '--n', '2', '--max_tokens=6', '--top_k', '9', '--seed', '3', '--json']);
    assert.equal(one.code, 0);
    assert.equal(one.out, two.out);
    const { completions } = JSON.parse(one.out);
    assert.equal(completions.length, 2);
    for (const { tokens, logprobs } of completions) assert.ok(tokens.length <= 6 && logprobs.length === tokens.length);
  });

  test('eval measures a model on the task of a configuration', async () => {
    const { code, out } = await here(['eval', MICRO, '--task', 'toy.config.ts', '--limit', '4', '--samples', '2', '--json', '--quiet']);
    assert.equal(code, 0);
    const evaluation = JSON.parse(out);
    assert.deepEqual([evaluation.task, evaluation.problems, Object.keys(evaluation.pass_at_k)], ['toy', 4, ['1', '2']]);
  });

  test('--dry-run says what would be done and writes nothing', async () => {
    const { code, out } = await here(['run', 'toy.config.ts', '--dir', 'dry', '--dry-run', '--json']);
    assert.equal(code, 0);
    const facts = JSON.parse(out);
    assert.deepEqual(facts.problems, { train: 18, validation: 2, test: 20 });
    // 18 problems x 4; base and iteration 1, 20 problems x (greedy + 4); 16 tokens each.
    assert.deepEqual(facts.completions, { training: 72, evaluation: 200 });
    assert.equal(facts.tokens_at_most, 272 * 16);
    assert.ok(!existsSync(join(HERE, 'dry')));
  });
});

describe('a run', () => {
  const summaryOf = (dir: string) => JSON.parse(readFileSync(join(HERE, dir, 'summary.json'), 'utf8'));

  test('ends with a table and its files; the same command says the same again, another configuration is refused', async () => {
    const first = await restEm(['run', 'toy.config.ts', '--dir', 'one']);
    assert.equal(first.code, 0, first.err);
    assert.match(first.out, /greedy +pass@1/);
    assert.match(first.out, /one\/report\.html\none\/summary\.json\n$/);
    const rows = summaryOf('one').rows.map((r: { policy: string }) => r.policy);
    assert.deepEqual(rows, ['base', 'iteration-1']);
    const samples = readFileSync(join(HERE, 'one/iteration-1/samples-train.jsonl'));
    const again = await here(['run', 'toy.config.ts', '--dir', 'one', '--json', '--quiet']);
    assert.equal(again.code, 0);
    assert.deepEqual(JSON.parse(again.out).rows, summaryOf('one').rows);
    assert.deepEqual(readFileSync(join(HERE, 'one/iteration-1/samples-train.jsonl')), samples);
    const other = await here(['run', 'toy.config.ts', '--dir', 'one', '--set', 'samples_per_problem=5']);
    assert.equal(other.code, 2);
    assert.match(other.err, /samplesPerProblem.*5.*one/);
    assert.equal(linesOf(other.err).length, 1);
  });

  test('report and verify read it, its iteration folder is a model, the run itself is none', async () => {
    assert.deepEqual(JSON.parse((await here(['report', 'one', '--json'])).out).rows, summaryOf('one').rows);
    const verified = JSON.parse((await here(['verify', 'one', '--json'])).out);
    assert.deepEqual(verified.changed, []);
    assert.equal(verified.samples, 72 + 2 * 20 * 5 + 2);
    assert.equal((await here(['sample', 'one/iteration-1', '--prompt', 'a', '--max-tokens', '2'])).code, 0);
    const whole = await here(['sample', 'one', '--prompt', 'a']);
    assert.match(whole.err, /is a whole run; name one of its policies: iteration-1/);
    assert.equal(whole.code, 2);
  });

  test('Ctrl-C stops cleanly with 130 and says how to go on, and resume ends with the same samples', async () => {
    let sent = false;
    const stopped = await restEm(['run', 'toy.config.ts', '--dir', 'two'], (err, kill) => {
      if (!sent && err.includes('base: greedy')) kill('SIGINT');
      sent ||= err.includes('base: greedy');
    });
    assert.equal(stopped.code, 130, stopped.err);
    assert.match(stopped.err, /go on with: rest-em resume two/);
    assert.doesNotMatch(stopped.err, /^\s+at /m);
    const resumed = await here(['resume', 'two', '--json']);
    assert.equal(resumed.code, 0, resumed.err);
    assert.deepEqual(JSON.parse(resumed.out).rows, summaryOf('one').rows);
    for (const file of [
      'base/samples-test.jsonl',
      'iteration-1/samples-train.jsonl',
      'iteration-1/dataset.jsonl',
      'iteration-1/eval.json',
      'iteration-1/checkpoint/model.safetensors',
    ])
      assert.deepEqual(readFileSync(join(HERE, 'two', file)), readFileSync(join(HERE, 'one', file)), file);
  });
});
