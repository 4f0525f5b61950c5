// The little model that a device is tried with: made up, but with every part that a model of any family has here, and with shapes that no kernel
// can be right on by luck (sizes differ, heads share keys, a token repeats).
import { rngOf } from '../../random.ts';
import type { ModelConfig } from '../architecture.ts';
import type { PackedProblem } from '../packing.ts';
import { type Parameters, parameterShapes } from '../parameters.ts';

export const TRIAL_MODEL: ModelConfig = {
  architecture: 'qwen3', // for its norms of queries and keys
  biases: ['qkv', 'o', 'mlp'],
  layers: 2,
  hidden: 48,
  heads: 6,
  kvHeads: 2,
  headDim: 16,
  intermediate: 80,
  vocab: 320,
  ropeTheta: 10_000,
  rmsEpsilon: 1e-5,
  tied: true,
  maxPositions: 64,
};

const SPREAD = 0.3;

/** New arrays at each call: a trainer changes them. */
export function trialParameters(): Parameters {
  const rng = rngOf(1);
  const drawn = (size: number, around: number) => Float32Array.from({ length: size }, () => around + SPREAD * (rng.next() * 2 - 1));
  return new Map(
    parameterShapes(TRIAL_MODEL).map(({ name, shape }) => [
      name,
      drawn(
        shape.reduce((a, b) => a * b, 1),
        shape.length === 1 ? 1 : 0,
      ),
    ]),
  );
}

const weighed = (tokens: readonly number[], weight: number) => ({ tokens, weights: tokens.map(() => weight) });

export const TRIAL_PROBLEMS: readonly PackedProblem[] = [
  { prompt: [5, 17, 5, 300, 42], completions: [weighed([7, 7, 201, 0], 1), weighed([99, 0], 0.5), weighed([13, 260, 13, 8, 1, 0], 1)] },
  { prompt: [250, 3], completions: [weighed([31, 32, 33], 2)] },
];
