import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { ModelConfig } from './architecture.ts';
import { batchesOf, loadOf, sizesOf, tokensOf } from './batches.ts';
import { type PackedProblem, packBatch } from './packing.ts';
import { learningRateAt } from './schedule.ts';

const config: ModelConfig = {
  architecture: 'llama',
  layers: 1,
  hidden: 8,
  heads: 2,
  kvHeads: 1,
  headDim: 4,
  intermediate: 8,
  vocab: 50,
  ropeTheta: 10000,
  rmsEpsilon: 1e-5,
  tied: true,
  maxPositions: 64,
};

const numbers = (data: unknown): number[] => Array.from(data as BigInt64Array, Number);

test('a completion begins with the prompt’s last token and goes on at its position', () => {
  const problem: PackedProblem = {
    prompt: [11, 12, 13],
    completions: [
      { tokens: [21, 22, 23], weights: [1, 1, 1] },
      { tokens: [31], weights: [0.5] },
    ],
  };
  const { feeds, bindings, tokens } = packBatch(config, [problem]);
  assert.deepEqual([bindings.problems, bindings.draws, bindings.prefix, bindings.length, tokens], [1, 2, 2, 3, 4]);
  // between the prefix and the completions stands the token that belongs to nobody
  assert.deepEqual(numbers(feeds.get('ids')), [11, 12, 0, 13, 21, 22, 13]);
  assert.deepEqual(numbers(feeds.get('targets')), [21, 22, 23, 31]);
  assert.deepEqual([...(feeds.get('weights') as Float32Array)], [1, 1, 1, 0.5]);
  // two query heads and a key have the token's position, the value is not turned
  const positions = numbers(feeds.get('positions'));
  assert.deepEqual(
    [0, 1, 3, 4, 5, 6].map(t => positions.slice(4 * t, 4 * t + 4)),
    [0, 1, 2, 3, 4, 2].map(p => [p, p, p, 0]),
  );
});

test('only attention is padded: a token has a place in its grid for each key head, and padding shows nobody', () => {
  const two = { ...config, kvHeads: 2 };
  const problems: PackedProblem[] = [
    { prompt: [1, 2], completions: [{ tokens: [3, 4], weights: [1, 1] }] },
    { prompt: [5], completions: [{ tokens: [6], weights: [1] }] },
  ];
  const { feeds } = packBatch(two, problems);
  // tokens: 1 of the prefix, nobody, 2 and 1 of completions; rows are (token, head)
  assert.deepEqual(numbers(feeds.get('prefix_places')), [0, 1, 2, 2]);
  assert.deepEqual(numbers(feeds.get('completion_places')), [4, 6, 5, 7, 8, 2, 9, 2]);
  assert.deepEqual(numbers(feeds.get('token_places')), [0, 1, 12, 12, 4, 6, 5, 7, 8, 10]);
});

test('every chunk of the head has a row, though fewer are predicted', () => {
  const { feeds, bindings, tokens } = packBatch(config, [{ prompt: [7], completions: [{ tokens: [8], weights: [1] }] }], { chunks: 4 });
  assert.deepEqual([bindings.completion_tokens, bindings.chunk, tokens], [4, 1, 1]);
  assert.deepEqual([...(feeds.get('weights') as Float32Array)], [1, 0, 0, 0]);
});

test('a prompt of one token leaves one prefix token that nobody sees', () => {
  const { feeds, bindings } = packBatch(config, [{ prompt: [7], completions: [{ tokens: [8], weights: [1] }] }]);
  assert.equal(bindings.prefix, 1);
  assert.ok((feeds.get('prompt_mask') as Float32Array)[0]! < -1e8);
});

const problems = fc.array(
  fc.record({
    prompt: fc.array(fc.nat(49), { minLength: 1, maxLength: 12 }),
    completions: fc.array(
      fc.array(fc.nat(49), { minLength: 1, maxLength: 20 }).map(tokens => ({ tokens, weights: tokens.map(() => 1) })),
      { minLength: 1, maxLength: 5 },
    ),
  }),
  { minLength: 1, maxLength: 30 },
);

test('batches hold every completion once behind its prompt, and keep to the limit where one completion allows it', () => {
  fc.assert(
    fc.property(problems, fc.integer({ min: 50, max: 400 }), (all, limit) => {
      const batches = batchesOf(all, limit);
      const promptOf = new Map(all.flatMap(p => p.completions.map(c => [c, p.prompt])));
      const placed = batches.flat().flatMap(p => p.completions.map(c => [c, p.prompt] as const));
      assert.equal(placed.length, promptOf.size);
      assert.deepEqual(new Map(placed), promptOf);
      for (const batch of batches) {
        const tokens = batch.reduce((sum, p) => sum + tokensOf(p), 0);
        const completions = batch.reduce((sum, p) => sum + p.completions.length, 0);
        assert.ok(completions === 1 || loadOf(tokens, sizesOf(batch)) <= limit);
        assert.equal(packBatch(config, batch).feeds.get('ids')!.length, tokens + 1);
      }
    }),
  );
});

test('a problem is cut where it does not fit, and is the very one that was given where it does', () => {
  const completion = (n: number) => ({ tokens: Array.from({ length: n }, () => 1), weights: Array.from({ length: n }, () => 1) });
  const problem: PackedProblem = { prompt: [1, 2, 3], completions: [completion(40), completion(30), completion(20)] };
  assert.deepEqual(batchesOf([problem], 400), [[problem]]);
  assert.equal(batchesOf([problem], 400)[0]![0], problem);
  const parts = batchesOf([problem], 70).map(batch => batch.map(p => p.completions.map(c => c.tokens.length)));
  assert.deepEqual(parts, [[[20, 30]], [[40]]]);
});

test('the learning rate rises over the warm-up and then follows its schedule', () => {
  const at = (step: number, schedule: 'constant' | 'linear' | 'cosine') =>
    learningRateAt(step, { peak: 1, warmupSteps: 2, steps: 10, schedule });
  assert.deepEqual([at(1, 'linear'), at(2, 'linear'), at(3, 'linear'), at(7, 'linear')], [0.5, 1, 1, 0.5]);
  assert.ok(Math.abs(at(7, 'cosine') - 0.5) < 1e-12);
  assert.equal(at(10, 'constant'), 1);
});
