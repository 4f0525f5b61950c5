import assert from 'node:assert/strict';
import test from 'node:test';
import type { ModelConfig } from './architecture.ts';
import { bytesOfFit, bytesPerToken, tokensWithin, usualTokens } from './footprint.ts';

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

test('the formula is near what SmolLM2 was measured to take: 2.75 MB a token, 4.1 GB with 703 tokens before an epoch is kept', () => {
  assert.ok(Math.abs(bytesPerToken(smollm2) / 2.75e6 - 1) < 0.1);
  const kept = 4 * 134.5e6;
  assert.ok(Math.abs((bytesOfFit(smollm2, 703) - kept) / 4.1e9 - 1) < 0.1);
});

test('batches get smaller as memory does, by halves, and no smaller than can be worked with', () => {
  const of = (gigabytes: number, trained?: number) => tokensWithin(smollm2, gigabytes * 1e9, trained);
  assert.deepEqual(
    [16, 6, 5, 4.4, 2].map(g => of(g)),
    [1024, 512, 256, 128, 128],
  );
  assert.equal(of(16), usualTokens(smollm2));
  // an adapter leaves room: there is no sum and no moment of the weights that stay
  assert.equal(of(5, 2e6), 1024);
});
