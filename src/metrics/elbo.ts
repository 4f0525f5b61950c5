// The bound that EM raises (arXiv 2312.06585, Eq. 2), estimated from samples: L(q, p_θ) = E_q[log p(O=1|x,y)] − KL(q ‖ p_θ), averaged over problems.
//
// O is "y is right", p(O=1|x,y) = r(x,y), whatever weights a method gives its rows, so that methods can be compared. The E-step's q is
// r · p_t / Z_t with Z_t(x) = E_{p_t}[r], the chance of a right answer. Put in, r falls out:
//
//   L(q_t, p_θ)  =  log Z_t(x)  +  E_q[ log p_θ(y|x) − log p_t(y|x) ]
//
// With θ = t it is log Z_t; EM promises that the M-step raises it, and that log Z of the new policy lies above. Estimated from n samples y_j ~ p_t:
//
//   log Z_t  by  log( (Σ r_j + ½) / (n + ½) )                  (Haldane and Anscombe: a bias of order 1/n²)
//   E_q      by  Σ r_j (log p_θ(y_j) − log p_t(y_j)) / Σ r_j   (a bias of order 1/n)
//
// Where it is biased otherwise: (1) a problem without a right sample counts log(½ / (n + ½)), too high where it is harder than 1 in n, and nothing
// for the second term, because q is unknown there. (2) Samples of a temperature below 1 or cut by top-k or top-p come from a sharper p̃_t,
// and log p_t is recorded: the estimate is then too high by E_q[log p̃_t − log p_t] (and by as much in every round of the same settings).
import { bootstrapMean } from './bootstrap.ts';
import type { Interval } from './evaluation.ts';

/** One problem: what the policy that was sampled earned there, and how likely some of those samples are before and after the M-step. */
export interface ProblemEvidence {
  /** r of every judged sample. */
  readonly rewards: readonly number[];
  /** Natural logs, summed over the tokens of a sample. */
  readonly scored: readonly { readonly reward: number; readonly before: number; readonly after: number }[];
}

export interface Bound {
  /** Mean of log Z_t: the bound before the M-step, and what the E-step's policy reaches. Nats a problem. */
  readonly before: Interval;
  /** L(q_t, p_θ) of the policy after the M-step. */
  readonly after: Interval;
  readonly problems: number;
  /** Problems with a right sample that was scored again: where the second term is known. */
  readonly known: number;
}

/** log( (Σ r + ½) / (n + ½) ) */
export const logSuccess = (rewards: readonly number[]): number =>
  Math.log((rewards.reduce((a, b) => a + b, 0) + 0.5) / (rewards.length + 0.5));

/** Σ r (log p_θ − log p_t) / Σ r; null where nothing right was scored. */
export function likelihoodGain(scored: ProblemEvidence['scored']): number | null {
  const mass = scored.reduce((sum, { reward }) => sum + reward, 0);
  return mass > 0 ? scored.reduce((sum, { reward, before, after }) => sum + reward * (after - before), 0) / mass : null;
}

/** The bound before and after the M-step, with bootstrap intervals over problems; null where no problem was sampled. */
export function boundOf(problems: readonly ProblemEvidence[], seed: number): Bound | null {
  const asked = problems.filter(({ rewards }) => rewards.length > 0);
  const gains = asked.map(({ scored }) => likelihoodGain(scored));
  const logs = asked.map(({ rewards }) => logSuccess(rewards));
  const before = meanOf(logs, seed);
  const after = meanOf(
    logs.map((log, i) => log + (gains[i] ?? 0)),
    seed,
  );
  if (before === null || after === null) return null;
  return { before, after, problems: asked.length, known: gains.filter(gain => gain !== null).length };
}

/** A mean without a smallest or largest value there could be: equal values are given an interval of no width. */
export const meanOf = (values: readonly number[], seed: number): Interval | null =>
  bootstrapMean(values, { seed, floor: values[0] ?? 0, ceiling: values[0] ?? 0 });
