// pass@k of one problem: the chance that k of its n judged samples, drawn without replacement, hold at least one correct one
// (Chen et al. 2021): 1 - C(n-c, k) / C(n, k), in a product form that never builds a binomial. Unbiased, unlike 1 - (1 - c/n)^k.

/** In [0, 1]; undefined where there are fewer than k samples: nothing unbiased can be said then. */
export function passAtK(samples: number, correct: number, k: number): number | undefined {
  if (k < 1 || samples < k) return undefined;
  if (samples - correct < k) return 1;
  let miss = 1;
  for (let i = samples - correct + 1; i <= samples; i++) miss *= 1 - k / i;
  return 1 - miss;
}
