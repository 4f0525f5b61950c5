// Two policies on the same problems: the difference of their means with its interval, from the problems both were measured on. Pairing
// takes out what the problems have in common, so a difference can be told apart although the two separate intervals overlap.
import { bootstrapMean } from './bootstrap.ts';
import type { Interval } from './evaluation.ts';

/** One problem, as two policies did it: values in [0, 1]. */
export interface Pair {
  readonly before: number;
  readonly after: number;
}

/** after - before, averaged over problems, with its 95 % paired bootstrap interval; null for no common problem. */
export function pairedDifference(pairs: readonly Pair[], seed: number): Interval | null {
  return bootstrapMean(
    pairs.map(p => p.after - p.before),
    { seed, floor: -1, ceiling: 1 },
  );
}

/** A difference whose interval holds zero is not told from noise. */
export const isToldFromNoise = (difference: Interval): boolean => difference.low > 0 || difference.high < 0;

/**
 * McNemar's exact test, two-sided: were gains and losses equally likely, how often would they be split at least this unevenly?
 * Problems that both policies solve or both miss say nothing and do not count.
 */
export function mcnemarExact(gained: number, lost: number): number {
  const total = gained + lost;
  const fewer = Math.min(gained, lost);
  // sums exp(log C(total, i) - total log 2): the binomials of a few thousand problems do not fit a double
  let log = -total * Math.LN2;
  let tail = Math.exp(log);
  for (let i = 1; i <= fewer; i++) {
    log += Math.log((total - i + 1) / i);
    tail += Math.exp(log);
  }
  return Math.min(1, 2 * tail);
}
