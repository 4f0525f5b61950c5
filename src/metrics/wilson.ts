// Wilson's score interval of a share (Wilson 1927; method 3 of Newcombe 1998), and what we say when a bootstrap cannot speak:
// resampling equal values gives back the same value every time, an interval of width zero that would claim certainty.
import type { Interval } from './evaluation.ts';

/** The 97.5 % point of the normal distribution: two-sided 95 %. */
export const Z95 = 1.959963984540054;

/** 95 % interval of a share of `total` independent trials. `total` is at least 1. */
export function wilson(successes: number, total: number): Interval {
  const share = successes / total;
  const weight = total / (total + Z95 * Z95);
  const centre = share * weight + 0.5 * (1 - weight);
  const half = Math.sqrt(share * (1 - share) * (weight / total) * Z95 * Z95 * weight + 0.25 * (1 - weight) ** 2);
  return { value: share, low: Math.max(0, Math.min(share, centre - half)), high: Math.min(1, Math.max(share, centre + half)) };
}

/**
 * The interval of a mean of `total` equal values in [floor, ceiling]. A kind of problem that did not show up among `total` has a share of at
 * most h (Wilson's upper end at 0 of `total`); were all of it at the far end, the mean would move by h times the way there.
 * For all 0 or all 1 this is exactly Wilson's interval.
 */
export function intervalOfEqualValues(value: number, total: number, floor: number, ceiling: number): Interval {
  const h = wilson(0, total).high;
  return { value, low: value - h * (value - floor), high: value + h * (ceiling - value) };
}
