// Draws a token by a race: every word runs for an exponential time of its own, shorter the likelier it is, and the first one is taken (the same
// distribution as choose.ts, in Gumbel's way). Last digits that change with the batch move the boundaries of a cumulative distribution, and there is one
// for every word; they turn a race only where two words come in together. So a seed says the same in any company; choose.ts stays as it is for runs.
import { type Truncation, weightsOf } from './choose.ts';

/** The words of a row, best first: log-probabilities they are ranked by, and which they are. */
export interface RankedWords {
  readonly logprobs: Float32Array;
  readonly ids: BigInt64Array;
}

/** Whose time all words beyond the shortlist run for together. */
const REST = 0xffffffff;

/** Exponential with mean 1, by the draw and the word (finalizer of MurmurHash3, twice). */
function timeOf(high: number, low: number, word: number): number {
  let h = Math.imul(word ^ high, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13) ^ low, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return -Math.log(((h ^ (h >>> 16)) >>> 0) / 2 ** 32 + 2 ** -33);
}

/**
 * Index of the word that is drawn, or null where it lies beyond those given: ask again with all words and the same `u`, uniform in [0, 1).
 * `own`: the shortlist of the row's own settings, whatever else is given; the race is between these words and the rest.
 */
export function raceIndex({ logprobs, ids }: RankedWords, settings: Truncation, u: number, own: number, isWhole: boolean): number | null {
  const { temperature, topK, topP } = settings;
  if (temperature === 0) return 0;
  const high = Math.floor(u * 2 ** 32);
  const low = Math.floor((u * 2 ** 32 - high) * 2 ** 21);
  const weights = weightsOf(topK > 0 ? logprobs.subarray(0, topK) : logprobs, settings);
  const first = (from: number, to: number): { index: number; time: number } => {
    let best = { index: from, time: Number.POSITIVE_INFINITY };
    for (let i = from; i < to; i++) {
      const time = timeOf(high, low, Number(ids[i]!)) / weights[i]!;
      if (time < best.time) best = { index: i, time };
    }
    return best;
  };
  if (topP < 1) {
    const kept = nucleus(weights, topP);
    return kept === null && topK === 0 && !isWhole ? null : first(0, kept ?? weights.length).index;
  }
  if (topK > 0) return first(0, weights.length).index;
  const listed = Math.min(own, weights.length);
  const rest = 1 - weights.subarray(0, listed).reduce((a, b) => a + b, 0);
  const winner = first(0, listed);
  if (isWhole && listed === weights.length) return winner.index;
  if (rest <= 0 || winner.time <= timeOf(high, low, REST) / rest) return winner.index;
  return isWhole ? first(listed, weights.length).index : null;
}

/** How many of the best words reach the mass `topP`; null where all of them do not. */
function nucleus(weights: Float64Array, topP: number): number | null {
  let mass = 0;
  for (const [i, w] of weights.entries()) {
    mass += w;
    if (mass >= topP) return i + 1;
  }
  return null;
}
