// A comparison from the command line: refused before any work where it cannot be done, resumable to the same bytes, its arms within the budget. The model is the
// micro one (random numbers) and the task is code; what is tested is the command, not learning.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../src/cli/main.ts';
import { type SampleRow, sampledTokens } from '../../src/runs/rows.ts';

const MICRO = fileURLToPath(new URL('../../src/engine/weights/fixtures/micro', import.meta.url));
const HERE = mkdtempSync(join(tmpdir(), 'rest-em-compare-'));
after(() => rmSync(HERE, { recursive: true, force: true }));

writeFileSync(
  join(HERE, 'odd.config.ts'),
  `import { correct, defineConfig, defineTask, incorrect } from ${JSON.stringify(new URL('../../src/index.ts', import.meta.url).href)};
const task = defineTask({
  name: 'odd',
  problems: async split => Array.from({ length: 12 }, (_, i) => ({ id: split + i, question: 'q', reference: 'odd' })),
  prompts: { train: problem => ({ kind: 'text', text: 'Q' + problem.id }) },
  stop: ['f', 'i', '6', '.'],
  stepEnds: ['a', 'e', 'o'],
  maxTokens: 8,
  verify: (_, completion) => (completion.length % 2 === 1 ? correct('odd', 'odd') : incorrect('even', 'even')),
});
export default defineConfig({ model: ${JSON.stringify(MICRO)}, task, samplesPerProblem: 3, temperature: 0.5, fit: { epochs: 1 }, evaluate: { samples: 2 } });
`,
);

async function compare(args: readonly string[], stopAt?: RegExp) {
  const stop = new AbortController();
  let [out, err] = ['', ''];
  const code = await runCommand(['compare', '--task', 'odd.config.ts', ...args], {
    cwd: HERE,
    env: {},
    input: Readable.from([]),
    out: text => {
      out += text;
    },
    drained: async () => undefined,
    err: text => {
      err += text;
      if (stopAt?.test(err)) stop.abort();
    },
    isTerminal: false,
    columns: 80,
    signal: stop.signal,
    clock: Date.now,
  });
  return { code, out, err };
}

const ARMS = ['--methods', 'rest-em,expert-iteration', '--budget', '900'];

/** Every file that knows no times. */
function bytesOf(dir: string): Record<string, string> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  const timeless = files
    .map(entry => join(entry.parentPath, entry.name))
    .filter(name => !/events\.jsonl|summary\.json|report\.html|comparison\./.test(name));
  return Object.fromEntries(timeless.sort().map(name => [name.slice(dir.length), readFileSync(name, 'latin1')]));
}

test('wrong names, budgets and seeds are refused in one line each, before anything is written', async () => {
  for (const [args, says] of [
    [['--methods', 'rest-em,imll'], /--methods: got "imll"; did you mean iml\?/],
    [['--methods', 'sft'], /method: sft needs human solutions/],
    [
      ['--methods', 'rest-em', '--budget', '50'],
      /--budget: got 50; accepted: 88 or more, a completion of 8 tokens for each of the 11 training problems/,
    ],
    [['--budget', '0'], /--budget.*whole number, 1 or more/],
    [['--seed', '1', '--seed', '1'], /1 is given twice/],
  ] as const) {
    const { code, err } = await compare([...args, '--dir', 'nothing']);
    assert.equal(code, 2, err);
    assert.match(err, says);
    assert.ok(!existsSync(join(HERE, 'nothing')));
  }
});

test('a comparison that was stopped goes on to the bytes of an undisturbed one, and a finished one does nothing', async () => {
  const whole = await compare([...ARMS, '--dir', 'whole']);
  assert.equal(whole.code, 0, whole.err);
  for (const name of ['rest-em', 'expert-iteration', 'random']) assert.match(whole.out, new RegExp(`^${name} `, 'm'));

  const stopped = await compare([...ARMS, '--dir', 'stopped'], /expert-iteration[\s\S]*rows to train on/);
  assert.equal(stopped.code, 130, stopped.err);
  assert.equal((await compare([...ARMS, '--dir', 'stopped', '--quiet'])).code, 0);
  assert.deepEqual(bytesOf(join(HERE, 'stopped')), bytesOf(join(HERE, 'whole')));

  const before = bytesOf(join(HERE, 'whole'));
  const again = await compare([...ARMS, '--dir', 'whole', '--json']);
  assert.deepEqual(bytesOf(join(HERE, 'whole')), before);
  const { arms } = JSON.parse(again.out) as { arms: { arm: string; tokens: number }[] };
  assert.deepEqual(
    arms.map(({ arm }) => arm),
    ['rest-em', 'expert-iteration', 'random'],
  );
  assert.ok(arms.every(({ tokens }) => tokens > 0 && tokens <= 900));
  const other = await compare(['--methods', 'rest-em', '--budget', '800', '--dir', 'whole']);
  assert.deepEqual([other.code, /--budget: is 800, but the runs .* were started with 900/.test(other.err)], [2, true]);
});

test('the control has the first samples of ReST-EM', () => {
  const samples = (arm: string, round: number) =>
    readFileSync(join(HERE, `whole/seed-1/${arm}/iteration-${round}/samples-train.jsonl`), 'utf8');
  assert.equal(samples('random', 1), samples('rest-em', 1));
  const rows = samples('expert-iteration', 1)
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as SampleRow);
  assert.ok(rows.every(row => row.of !== undefined && sampledTokens(row) >= 1));
  assert.deepEqual(JSON.parse(readFileSync(join(HERE, 'whole/seed-1/shared.json'), 'utf8')).random, {
    base: 'rest-em',
    'iteration-1': 'rest-em',
  });
});
