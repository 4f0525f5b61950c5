// How far the policy in fewer bits q is from the fp32 one p: KL(q‖p) per token and the mean change of a log-probability, over tokens sampled from q. The estimate
// of KL is the mean of r - 1 - ln r with r = p/q: unbiased, never negative, and of far smaller variance than the mean of -ln r.

import type { Distance } from '../../requests.ts';

/** A distance, whatever is made of it. */
export type Measured = Omit<Distance, 'bits' | 'isUsed'>;

/** From natural-log probabilities of the same tokens, [completion][token]: under the policy that sampled them and under the exact one. */
export function distanceOf(sampled: readonly (readonly number[])[], exact: readonly (readonly number[])[]): Measured {
  let [kl, change, tokens] = [0, 0, 0];
  for (const [i, row] of sampled.entries())
    for (const [j, q] of row.entries()) {
      const difference = exact[i]![j]! - q;
      kl += Math.expm1(difference) - difference;
      change += Math.abs(difference);
      tokens += 1;
    }
  return { kl: kl / Math.max(1, tokens), meanAbsoluteChange: change / Math.max(1, tokens), tokens };
}
