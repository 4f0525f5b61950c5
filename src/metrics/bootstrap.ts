// The 95 % interval of a mean over problems by the percentile bootstrap: draw as many problems with replacement, take the mean, many times.
// Problems are what is resampled, never samples: the question is what another set of such problems would have given.
// Not a measure of what another training seed would have given; that takes several runs.
import { rngOf } from '../random.ts';
import type { Interval } from './evaluation.ts';
import { intervalOfEqualValues } from './wilson.ts';

export const RESAMPLES = 2000;

export interface BootstrapSettings {
  readonly seed: number;
  readonly resamples?: number;
  /** What a value can be; needed only where all values are equal (see wilson.ts). */
  readonly floor?: number;
  readonly ceiling?: number;
}

/** The mean of `values` (one per problem) with its interval; null for no problems. Equal seeds and values give equal intervals. */
export function bootstrapMean(values: readonly number[], settings: BootstrapSettings): Interval | null {
  const { seed, resamples = RESAMPLES, floor = 0, ceiling = 1 } = settings;
  const first = values[0];
  if (first === undefined) return null;
  if (values.every(v => v === first)) return intervalOfEqualValues(first, values.length, floor, ceiling);
  const means = resampledMeans(Float64Array.from(values), resamples, seed).sort();
  return { value: mean(values), low: quantile(means, 0.025), high: quantile(means, 0.975) };
}

export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

function resampledMeans(values: Float64Array, resamples: number, seed: number): Float64Array {
  const rng = rngOf(seed);
  const n = values.length;
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[rng.below(n)]!;
    means[r] = sum / n;
  }
  return means;
}

/** Quantile of sorted values with linear interpolation between neighbours (type 7 of Hyndman and Fan, numpy's default). */
export function quantile(sorted: Float64Array, q: number): number {
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (at - below) * (high - low);
}
