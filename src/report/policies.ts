// The policies of a run: their order in tables, their names for people, and the look they keep through all pictures. A policy is known by its
// folder: 'base', 'base-…', 'iteration-N', or the name of an arm.

export interface Look {
  /** A CSS colour, by way of the variables in style.ts. */
  readonly colour: string;
  readonly marker: 'circle' | 'square' | 'diamond' | 'triangle';
}

/** N of 'iteration-N'; null for every other policy. */
export function iterationOf(policy: string): number | null {
  const match = /^iteration-(\d+)$/.exec(policy);
  return match ? Number(match[1]) : null;
}

const NAMES: Readonly<Record<string, string>> = {
  base: 'base',
  'base-best-prompt': 'base, best prompt',
  sft: 'SFT',
  random: 'random control',
};

export const labelOf = (policy: string): string => NAMES[policy] ?? policy.replace(/^iteration-/, 'iteration ').replace(/^base-/, 'base, ');

/** The same where there is little room: beside the lines of a picture. */
export const shortLabelOf = (policy: string): string => SHORT[policy] ?? labelOf(policy);

const SHORT: Readonly<Record<string, string>> = { 'base-best-prompt': 'best prompt', random: 'random' };

const RANKS = ['base', 'base-best-prompt', 'sft', 'random'];

/** Base first, then what it is compared with, then the iterations in order. */
export function inOrder(policies: readonly string[]): string[] {
  const rank = (policy: string): number => {
    const iteration = iterationOf(policy);
    if (iteration !== null) return 1000 + iteration;
    const known = RANKS.indexOf(policy);
    return known >= 0 ? known : RANKS.length;
  };
  return [...policies].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** The last iteration there is; null before the first. */
export const lastIteration = (policies: readonly string[]): string | null =>
  inOrder(policies).findLast(p => iterationOf(p) !== null) ?? null;

const LOOKS: Readonly<Record<string, Look>> = {
  base: { colour: 'var(--base)', marker: 'square' },
  'base-best-prompt': { colour: 'var(--base)', marker: 'diamond' },
  sft: { colour: 'var(--sft)', marker: 'diamond' },
  random: { colour: 'var(--random)', marker: 'triangle' },
};

/** Iterations share one hue, stronger the later; `iterations` is how many the run has. */
export function lookOf(policy: string, iterations: number): Look {
  const iteration = iterationOf(policy);
  if (iteration === null) return LOOKS[policy] ?? { colour: 'var(--other)', marker: 'triangle' };
  const strength = iterations <= 1 ? 100 : Math.round(58 + (42 * (iteration - 1)) / (iterations - 1));
  return {
    colour: strength >= 100 ? 'var(--iteration)' : `color-mix(in oklab, var(--iteration) ${strength}%, var(--page))`,
    marker: 'circle',
  };
}
