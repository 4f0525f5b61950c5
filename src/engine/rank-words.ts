// The words a row may draw from, best first: the shortlist that the graph has ranked, or as many as it takes, ranked here from all logits. Those are wanted
// only where a draw lies beyond the shortlist, so they are handed over then and not at every step.
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

/**
 * The words of a row of logits that hold at least this share of the mass, best first, ties by their number; with a share of 1 all of them.
 * `inverseTemperature`: of the distribution they are ranked by.
 */
export function rankWords(logits: Float32Array, inverseTemperature: number, share: number): RowWords {
  const most = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const plain = most + Math.log(sumOfExp(logits, most, 1));
  const all = inverseTemperature === 1 ? plain : most * inverseTemperature + Math.log(sumOfExp(logits, most, inverseTemperature));
  const least = share < 1 ? threshold(logits, x => Math.exp(x * inverseTemperature - all), most, share) : Number.NEGATIVE_INFINITY;
  const order = descending(logits, least);
  return {
    ids: BigInt64Array.from(order, BigInt),
    ranked: Float32Array.from(order, i => logits[i]! * inverseTemperature - all),
    logprobs: Float32Array.from(order, i => logits[i]! - plain),
  };
}

function sumOfExp(logits: Float32Array, most: number, scale: number): number {
  let sum = 0;
  for (const x of logits) sum += Math.exp((x - most) * scale);
  return sum;
}

/** Width and number of the bins that logits are counted in, from the largest down. */
const BIN = 0.125;
const BINS = 256;

/** A logit such that the words at and above it hold the share. */
function threshold(logits: Float32Array, probability: (x: number) => number, most: number, share: number): number {
  const mass = new Float64Array(BINS);
  for (const x of logits) {
    const bin = Math.floor((most - x) / BIN);
    if (bin < BINS) mass[bin]! += probability(x);
  }
  let held = 0;
  for (const [bin, part] of mass.entries()) {
    held += part;
    if (held >= share) return most - (bin + 1) * BIN;
  }
  return Number.NEGATIVE_INFINITY;
}

const PLACES = 2 ** 20;

/**
 * Indices of the values from `least` up, largest first. Sorted as numbers that hold value and index, which is several times as quick as with a comparison
 * of our own.
 */
function descending(values: Float32Array, least: number): Uint32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const keys: number[] = [];
  for (let i = 0; i < values.length; i++) if (values[i]! >= least) keys.push(ascendingBits(bits[i]!) * PLACES + i);
  return Uint32Array.from(Float64Array.from(keys).sort(), key => key % PLACES);
}

/** The bits of a float as an integer that is the smaller the larger the float is. */
const ascendingBits = (bits: number): number => (bits >= 2 ** 31 ? bits : 2 ** 31 - 1 - bits);
