// Draws of a prompt that have said the same so far are one row: what each says is what it says alone, however few places there are.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { toParameters } from './parameters.ts';
import { readPrompts } from './prompt-reader.ts';
import { type RowStart, Rows } from './rows.ts';
import { givenWeights, Sampler } from './sampler.ts';
import type { Completed, SampleJob, SampleRules } from './sampling.ts';
import { openModel } from './weights/open.ts';

const source = await openModel(join(import.meta.dirname, 'fixtures/models/llama-tied'));
const { config } = source;
const weights = givenWeights(await toParameters(config, name => source.read(name)));
await source.close();
const sampler = new Sampler(config, { threads: 1 });
after(() => sampler.close());

const rules: SampleRules = { temperature: 3, topK: 8, topP: 1, maxTokens: 12, endIds: [7] };
const jobs: readonly SampleJob[] = [
  { prompt: [1, 20, 30], seeds: Array.from({ length: 24 }, (_, i) => i) },
  { prompt: [1, 20, 30, 40, 50], seeds: [3], maxTokens: 5 },
  { prompt: [9], seeds: [] },
  { prompt: [5, 6], seeds: Array.from({ length: 9 }, (_, i) => 100 + i) },
];
const sample = (asked: readonly SampleJob[], rows: number, given: SampleRules = rules) =>
  sampler.sample(weights, 'inputs', asked, given, rows);
const alone = (given: SampleRules = rules): Promise<Completed[][]> =>
  Promise.all(
    jobs.map(async job => {
      const completed: Completed[] = [];
      for (const seed of job.seeds) completed.push((await sample([{ ...job, seeds: [seed] }], 1, given))[0]![0]!);
      return completed;
    }),
  );

function assertSame(got: readonly Completed[][], expected: readonly Completed[][]): void {
  const said = (all: readonly Completed[][]) => all.map(job => job.map(({ tokens, finish }) => ({ tokens, finish })));
  assert.deepEqual(said(got), said(expected));
  for (const [j, job] of got.entries())
    for (const [d, { logprobs }] of job.entries())
      for (const [i, x] of logprobs.entries()) assert.ok(Math.abs(x - expected[j]![d]!.logprobs[i]!) < 1e-4);
}

for (const rows of [1, 2, 5, 64])
  test(`with ${rows} places at a time every draw says what it says alone`, async () => assertSame(await sample(jobs, rows), await alone()));

test('rows that find no place when draws part wait for one, and say the same', async () => {
  const engine = await sampler.rowsEngine(weights, 'inputs');
  const { prompt, seeds } = jobs[0]!;
  const rows = new Rows<RowStart>(engine, { rows: 2, prefix: prompt.length - 1, own: 12, positions: 40, draw: 'cumulative' });
  const { program } = await engine.programs(8, false);
  const states = await readPrompts(config, engine.readers(program), [{ prompt }], 0);
  rows.start(
    { prompt, rules, slot: rows.prompts.add(states.get(0)!) },
    seeds.map((seed, draw) => ({ draw, seed })),
  );
  const said = new Map<number, readonly number[]>();
  let most = 0;
  for (rows.resume(); rows.all.length > 0; rows.resume()) {
    await rows.step(8, false);
    most = Math.max(most, rows.waiting.length);
    assert.ok(rows.all.length <= 2);
    for (let r = rows.all.length - 1; r >= 0; r--) {
      const row = rows.all[r]!;
      if (!rows.finishOf(row)) continue;
      for (const { seed } of row.draws) said.set(seed, row.tokens);
      rows.remove(r);
    }
  }
  assert.ok(most > 2);
  const expected = (await alone())[0]!;
  assert.deepEqual(
    seeds.map(seed => said.get(seed)),
    expected.map(({ tokens }) => tokens),
  );
});

test('draws beyond the listed words part as others do', async () => {
  const wide = { ...rules, temperature: 4, topK: 0, topP: 0.98 };
  assertSame(await sample(jobs, 4, wide), await alone(wide));
});

test('draws that say the same share their steps, and nothing they are given is shared', async () => {
  const told: number[] = [];
  let steps = 0;
  const greedy = { ...rules, temperature: 0, maxTokens: 4, endIds: [] };
  const watch = {
    onProgress: (done: number, tokens: number) => {
      told.push(done, tokens);
      steps += 1;
    },
  };
  const [completed] = await sampler.sample(weights, 'inputs', [{ prompt: [1, 2], seeds: [1, 2, 3] }], greedy, 3, watch);
  assert.equal(steps, 4);
  assert.deepEqual(told, [0, 3, 0, 6, 0, 9, 3, 12]);
  assert.deepEqual(completed![0], completed![2]);
  completed![0]!.tokens.pop();
  assert.equal(completed![2]!.tokens.length, 4);
});
