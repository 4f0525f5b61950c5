import assert from 'node:assert/strict';
import test from 'node:test';
import type { ModelConfig } from './architecture.ts';
import { bytesOfFit, tokensWithin, USUAL_TOKENS } from './footprint.ts';

const smollm2: ModelConfig = {
  architecture: 'llama',
  layers: 30,
  hidden: 576,
  heads: 9,
  kvHeads: 3,
  headDim: 64,
  intermediate: 1536,
  vocab: 49152,
  ropeTheta: 100000,
  rmsEpsilon: 1e-5,
  tied: true,
  maxPositions: 8192,
};

test('the formula is near what SmolLM2 was measured to take before an epoch is kept: 3.3 GB with 591 tokens, 4.45 with 1,875, 5.67 with 3,155', () => {
  const kept = 4 * 134.5e6;
  for (const [tokens, bytes] of [
    [591, 3.3e9],
    [1875, 4.45e9],
    [3155, 5.67e9],
  ] as const)
    assert.ok(Math.abs((bytesOfFit(smollm2, tokens) - kept) / bytes - 1) < 0.02);
});

test('batches get smaller as memory does, by halves, and no smaller than can be worked with', () => {
  const of = (gigabytes: number, trained?: number) => tokensWithin(smollm2, gigabytes * 1e9, trained);
  assert.deepEqual(
    [16, 6, 5, 4.4, 2].map(g => of(g)),
    [2048, 1024, 512, 256, 128],
  );
  assert.equal(of(16), USUAL_TOKENS);
  // an adapter leaves room: there is no sum and no moment of the weights that stay
  assert.equal(of(5, 2e6), 2048);
});
