// One document of the pre-training text: a prompt and its completion. On the way into the model it is followed by the end token.
import type { Rng } from '../../src/random.ts';

export interface Document {
  readonly prompt: string;
  readonly completion: string;
}

/** A kind of text: one document for each call, all of its randomness from `rng`. */
export type Source = (rng: Rng) => Document;

/** One row of a table of [item, probability]; the rest of the probability is `otherwise`. */
export function draw<T>(table: readonly (readonly [item: T, probability: number])[], otherwise: T, rng: Rng): T {
  let left = rng.next();
  for (const [item, probability] of table) {
    left -= probability;
    if (left < 0) return item;
  }
  return otherwise;
}
