// The differences a reader of a run wants to know: the last iteration against the base, against SFT, against the random control. Paired over the
// problems both policies were measured on, from per_problem of two eval.json; nothing is sampled here.
import type { Evaluation, Interval } from '../metrics/evaluation.ts';
import { isToldFromNoise, mcnemarExact, pairedDifference } from '../metrics/paired.ts';
import { seedOf } from '../random.ts';
import { inOrder, iterationOf, lastIteration } from './policies.ts';
import type { PolicyFacts } from './read-run.ts';

export type Split = 'train' | 'test';
/** Greedy pass@1, or pass@1 as the share of correct samples. */
export type Measure = 'greedy' | 'pass@1';

export interface Comparison {
  readonly after: string;
  readonly before: string;
  readonly split: Split;
  readonly measure: Measure;
  /** Problems that both were measured on. */
  readonly problems: number;
  readonly difference: Interval;
  /** Problems solved by `after` only, by `before` only, and McNemar's p-value; null for the share of samples. */
  readonly changed: { readonly gained: number; readonly lost: number; readonly p: number } | null;
  /** False where the interval holds zero: not told from noise. */
  readonly told: boolean;
}

type PerProblem = Evaluation['per_problem'][number];

const VALUES: Readonly<Record<Measure, (row: PerProblem) => number | null>> = {
  greedy: row => (row.greedy === null ? null : Number(row.greedy)),
  'pass@1': row => (row.samples === 0 ? null : row.correct / row.samples),
};

export const evaluationOf = (policies: readonly PolicyFacts[], policy: string, split: Split): Evaluation | null =>
  policies.find(p => p.policy === policy)?.evaluations.find(e => e.split === split) ?? null;

/** The policies that were measured on a split, in the order they came. */
export const measuredOn = (policies: readonly PolicyFacts[], split: Split): PolicyFacts[] =>
  policies.filter(p => p.evaluations.some(e => e.split === split));

/** The last iteration minus every policy that is no iteration; before the first iteration, every arm minus the base. */
export function comparisonsOf(policies: readonly PolicyFacts[], split: Split, measure: Measure, seed: number): Comparison[] {
  const names = inOrder(measuredOn(policies, split).map(p => p.policy));
  const last = lastIteration(names);
  const others = names.filter(name => iterationOf(name) === null);
  const pairs = last === null ? others.slice(1).map(arm => [arm, 'base'] as const) : others.map(other => [last, other] as const);
  return pairs.flatMap(([after, before]) => compare(policies, after, before, split, measure, seed) ?? []);
}

/** One difference; null where the two have no problem in common. `level` narrows it to problems of that level. */
export function compare(
  policies: readonly PolicyFacts[],
  after: string,
  before: string,
  split: Split,
  measure: Measure,
  seed: number,
  level?: string,
): Comparison | null {
  const rows = (policy: string) =>
    (evaluationOf(policies, policy, split)?.per_problem ?? []).filter(row => level === undefined || row.level === level);
  const value = VALUES[measure];
  const earlier = new Map(rows(before).map(row => [row.id, value(row)]));
  const pairs = rows(after).flatMap(row => {
    const [was, is] = [earlier.get(row.id) ?? null, value(row)];
    return was === null || is === null ? [] : [{ before: was, after: is }];
  });
  const difference = pairedDifference(pairs, seedOf(seed, 'difference', split, measure, after, before, level ?? ''));
  if (difference === null) return null;
  return {
    after,
    before,
    split,
    measure,
    problems: pairs.length,
    difference,
    changed: changesOf(pairs, measure),
    told: isToldFromNoise(difference),
  };
}

function changesOf(pairs: readonly { readonly before: number; readonly after: number }[], measure: Measure): Comparison['changed'] {
  if (measure !== 'greedy') return null;
  const gained = pairs.filter(p => p.after > p.before).length;
  const lost = pairs.filter(p => p.after < p.before).length;
  return { gained, lost, p: mcnemarExact(gained, lost) };
}
