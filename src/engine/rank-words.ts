// The words a row may draw from, best first: the shortlist that the graph has ranked, or all words, ranked here. All are wanted once in a while only, where
// a draw lies beyond the shortlist, so their logits are handed over then and not at every step.
import type { Data } from './graph/program.ts';

/** Words best first: which they are, the log-probabilities they are ranked by, and those at temperature 1. */
export interface RowWords {
  readonly ids: BigInt64Array;
  readonly ranked: Float32Array;
  readonly logprobs: Float32Array;
}

/** The shortlist of row `r` in a step's outputs. */
export function listedWords(outputs: ReadonlyMap<string, Data>, r: number, size: number): RowWords {
  const part = <T extends Data>(name: string): T => (outputs.get(name) as T).subarray(r * size, (r + 1) * size) as T;
  return { ids: part<BigInt64Array>('words'), ranked: part<Float32Array>('ranked'), logprobs: part<Float32Array>('logprobs') };
}

/** log of the sum of exp(x scale). */
function logOfSum(x: Float32Array, scale: number, most: number): number {
  let sum = 0;
  for (const value of x) sum += Math.exp((value - most) * scale);
  return most * scale + Math.log(sum);
}

const PLACES = 2 ** 20;

/** All words of a row of logits, ties by their number. `inverseTemperature`: of the distribution they are ranked by. */
export function rankAllWords(logits: Float32Array, inverseTemperature: number): RowWords {
  const order = descending(logits);
  const most = logits[order[0]!]!;
  const [all, plain] = [logOfSum(logits, inverseTemperature, most), logOfSum(logits, 1, most)];
  return {
    ids: BigInt64Array.from(order, BigInt),
    ranked: Float32Array.from(order, i => logits[i]! * inverseTemperature - all),
    logprobs: Float32Array.from(order, i => logits[i]! - plain),
  };
}

/** Indices of the values, largest first. Sorted as numbers that hold value and index, which is several times as quick as with a comparison of our own. */
function descending(values: Float32Array): Uint32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const keys = Float64Array.from(bits, (b, i) => ascendingBits(b) * PLACES + i);
  return Uint32Array.from(keys.sort(), key => key % PLACES);
}

/** The bits of a float as an integer that is the smaller the larger the float is. */
const ascendingBits = (bits: number): number => (bits >= 2 ** 31 ? bits : 2 ** 31 - 1 - bits);
