// Every random number of a run comes from hash(run seed, iteration, problem id, draw): a sample does not depend on batch order, on
// concurrency, or on a crash in between. Streams are pure-rand's xoroshiro128+; Math.random is never used.
import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** An unsigned 32-bit seed from any parts; equal parts give equal seeds, on every machine. */
export function seedOf(...parts: readonly (string | number)[]): number {
  return createHash('sha256').update(JSON.stringify(parts)).digest().readUInt32LE(0);
}

export interface Rng {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, n). */
  below(n: number): number;
}

export function rngOf(seed: number): Rng {
  const generator = xoroshiro128plus(seed | 0);
  const next = () => uniformFloat64(generator);
  return { next, below: n => Math.floor(next() * n) };
}

export const pick = <T>(items: readonly T[], rng: Rng): T => items[rng.below(items.length)]!;

/** Integer in [low, high]. */
export const between = (low: number, high: number, rng: Rng): number => low + rng.below(high - low + 1);

/** A new array in an order drawn from `rng` (Fisher-Yates). */
export function shuffled<T>(items: readonly T[], rng: Rng): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = rng.below(i + 1);
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}
