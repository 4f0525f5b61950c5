// Draws a token from the best words of a row: temperature, then top-k, then top-p (the order transformers and vLLM use), then one uniform
// number on the cumulative distribution. The words come sorted, best first; what lies beyond them is the tail.

export interface Truncation {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
}

/** How many of the best words the sampler asks for: all that can matter, or enough that the tail is rarely needed. */
export function shortlistSize({ temperature, topK, topP }: Truncation, vocab: number): number {
  if (temperature === 0) return 1;
  if (topK > 0) return Math.min(topK, vocab);
  return Math.min(vocab, topP < 1 || vocab < 4096 ? 64 : 512);
}

/** The draw lies beyond the shortlist: ask again with all words. */
export const TAIL = -1;

/**
 * Index into `logprobs` (sorted, best first; log of the tempered distribution over the WHOLE vocabulary unless topK bounds it), or TAIL.
 * `u` is uniform in [0, 1).
 */
export function chooseIndex(logprobs: Float32Array, { temperature, topK, topP }: Truncation, u: number, isWhole: boolean): number {
  if (temperature === 0) return 0;
  const weights = weightsOf(logprobs, { temperature, topK });
  let kept = weights.length;
  let mass = 0;
  for (let i = 0; i < weights.length; i++) {
    mass += weights[i]!;
    if (topP < 1 && mass >= topP) {
      kept = i + 1;
      break;
    }
  }
  const complete = isWhole || topK > 0;
  if (!complete && topP < 1 && mass < topP) return TAIL;
  const target = u * (topP < 1 || complete ? mass : 1);
  let sum = 0;
  for (let i = 0; i < kept; i++) {
    sum += weights[i]!;
    if (target < sum) return i;
  }
  return complete || topP < 1 ? kept - 1 : TAIL;
}

/** With top-k the kept words are renormalised, so any common factor of the weights is fine; without it they are true probabilities. */
export function weightsOf(logprobs: Float32Array, { temperature, topK }: Pick<Truncation, 'temperature' | 'topK'>): Float64Array {
  const weights = new Float64Array(logprobs.length);
  const [best, divisor] = topK > 0 ? [logprobs[0]!, temperature] : [0, 1];
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    weights[i] = Math.exp((logprobs[i]! - best) / divisor);
    total += weights[i]!;
  }
  if (topK > 0) for (let i = 0; i < weights.length; i++) weights[i]! /= total;
  return weights;
}
