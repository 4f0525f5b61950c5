// The engine against the reference numbers of transformers (log-probabilities, greedy continuations; a real model: test/slow), and against
// itself: what it samples is what it scores, whatever shares a step with what.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type { FitRow, FitSettings } from '../requests.ts';
import { Engine } from './engine.ts';
import { checkGreedy, FIXTURES, json, type Logits, OWN_FIXTURES, skip, withModel, worstScore } from './references.test.ts';
import { givenWeights, Sampler } from './sampler.ts';
import { Scorer } from './scorer.ts';

const micro = join(import.meta.dirname, 'weights/fixtures/micro');

for (const [name, root] of [
  ['llama-tied', OWN_FIXTURES],
  ['llama-untied', FIXTURES],
  ['llama-bf16', FIXTURES],
  ['llama-sharded', FIXTURES],
  ['llama3-rope', FIXTURES],
  ['qwen2', FIXTURES],
  ['qwen3', FIXTURES],
] as const)
  test(`${name} gives the log-probabilities and greedy continuations of transformers`, { skip: root === FIXTURES && skip }, () =>
    withModel(join(root, 'models', name), async (source, parameters) => {
      const { sequences, greedy } = json<Logits>(join(root, 'logits', `${name}.json`));
      assert.ok((await worstScore(source, parameters, sequences, () => 1)) < 1e-4, 'predicted from the first token on');
      assert.ok((await worstScore(source, parameters, sequences, n => Math.ceil(n / 2))) < 1e-4, 'the second half behind the first');
      await checkGreedy(source, parameters, greedy);
    }),
  );

for (const file of [
  ...['llama-tied-f32', 'llama-tied-f16', 'llama-tied-q8_0', 'llama-tied-q4_0', 'llama-tied-q4_1', 'llama-untied-f16'],
  ...['llama3-rope-q8_0', 'qwen2-f32', 'qwen2-f16', 'qwen2-q8_0', 'qwen2-q4_0', 'qwen2-q4_1'],
])
  test(`${file}.gguf gives the log-probabilities of its dequantised weights`, { skip }, () =>
    withModel(join(FIXTURES, 'gguf', `${file}.gguf`), async (source, parameters) => {
      const { sequences } = json<Logits>(join(FIXTURES, 'gguf', `${file}.json`));
      assert.ok((await worstScore(source, parameters, sequences, () => 1)) < 1e-4);
    }),
  );

const jobsOf = (prompts: readonly (readonly number[])[]) =>
  prompts.map((prompt, j) => ({ prompt, seeds: [1, 2, 3, 4, 5].map(s => 10 * j + s) }));
/** More completions than rows, ends that come at different times. */
const unlike = jobsOf([[5, 80, 17], [9], [200, 44, 3, 61, 7, 30, 12], [21, 22]]);
/** Prompts that begin alike, as few-shot prompts do. */
const alike = jobsOf([
  [5, 80, 17, 3],
  [5, 80, 17, 44, 9, 61],
  [5, 80, 17],
  [5, 80, 200],
]);
const rules = { temperature: 0.9, topK: 0, topP: 0.97, maxTokens: 24, endIds: [2, 5, 17, 40, 99, 120] };

for (const [what, jobs] of [
  ['unlike prompts', unlike],
  ['prompts that begin alike', alike],
] as const)
  test(`sampled log-probabilities are the scored ones of the same tokens: ${what}`, () =>
    withModel(micro, async ({ config }, parameters) => {
      const sampler = new Sampler(config, { threads: 1 });
      const scorer = await Scorer.open(config, { threads: 1, maxTokens: 256 });
      const lengths: number[] = [];
      for (const [truncation, settled] of [
        [{}, true],
        [{ topK: 20, topP: 1 }, false],
        [{ topK: 20, topP: 1 }, true],
        [{ temperature: 1, topP: 1 }, true],
        [{ temperature: 0 }, false],
      ] as const) {
        const completed = (
          await sampler.sample(givenWeights(parameters), settled ? 'fp32' : 'inputs', jobs, { ...rules, ...truncation }, 6)
        ).flat();
        const pairs = completed.map((c, i) => ({ prompt: jobs[Math.floor(i / 5)]!.prompt, completion: c.tokens }));
        const scored = await scorer.score(parameters, pairs);
        for (const [i, { logprobs }] of completed.entries())
          for (const [j, x] of logprobs.entries()) assert.ok(Math.abs(x - scored[i]![j]!) < 1e-4);
        lengths.push(...completed.map(c => c.tokens.length));
      }
      assert.ok(new Set(lengths).size > 5, 'completions end at different times');
      await sampler.close();
      await scorer.close();
    }));

test('the same seeds give the same bytes, and another number of rows the same tokens', () =>
  withModel(micro, async ({ config }, parameters) => {
    const sampler = new Sampler(config, { threads: 1 });
    const at = (rows: number) => sampler.sample(givenWeights(parameters), 'inputs', unlike, rules, rows);
    const first = await at(6);
    assert.deepEqual(await at(6), first);
    for (const rows of [1, 7, 20])
      assert.deepEqual(
        (await at(rows)).flat().map(c => c.tokens),
        first.flat().map(c => c.tokens),
      );
    await sampler.close();
  }));

test('no step is spent on a completion that has ended', () =>
  withModel(micro, async ({ config }, parameters) => {
    const sampler = new Sampler(config, { threads: 1 });
    let generated = 0;
    const completed = await sampler.sample(givenWeights(parameters), 'inputs', unlike, rules, 4, {
      onProgress: (_, tokens) => (generated = tokens),
    });
    assert.equal(
      generated,
      completed.flat().reduce((n, c) => n + c.tokens.length, 0),
    );
    await sampler.close();
  }));

const fitSettings: FitSettings = {
  learningRate: 1e-3,
  epochs: 2,
  batchSize: 3,
  warmup: 0.2,
  schedule: 'cosine',
  weightDecay: 0,
  clip: 1,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  seed: 7,
  reduction: 'token-mean',
};

test('a fit lowers the loss, its checkpoint reads back to the bit, and the order of the rows does not matter', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rest-em-'));
  const engine = new Engine({ threads: 1, rows: 8, maxTokens: 512 }, () => false);
  const prompt = { kind: 'text', text: 'a b' } as const;
  const rows = ['c d', 'c e', 'f', 'd d d', 'e'].map((completion, i): FitRow => ({ id: `row-${i}`, prompt, completion, weight: 1 }));
  const fit = async (order: readonly FitRow[], to: string) => {
    await engine.fitOpen(micro, order, fitSettings);
    const losses = [(await engine.fitEpoch()).loss, (await engine.fitEpoch()).loss];
    const sampled = await engine.fitSample([{ id: 'p', prompt, seeds: [1, 2] }], {
      temperature: 1,
      topK: 0,
      topP: 1,
      maxTokens: 8,
      stop: [],
    });
    await engine.fitSave(to);
    await engine.fitClose();
    const again = await engine.sample(to, [{ id: 'p', prompt, seeds: [1, 2] }], {
      temperature: 1,
      topK: 0,
      topP: 1,
      maxTokens: 8,
      stop: [],
    });
    assert.deepEqual(again, sampled, 'the checkpoint samples what the weights in memory did');
    return losses;
  };
  const [first, second] = await fit(rows, join(dir, 'one'));
  assert.ok(second! < first!, `${second} is below ${first}`);
  await fit(rows.toReversed(), join(dir, 'two'));
  assert.deepEqual(readFileSync(join(dir, 'two/model.safetensors')), readFileSync(join(dir, 'one/model.safetensors')));
  rmSync(dir, { recursive: true });
});
