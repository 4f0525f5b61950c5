// Judged samples of one policy on one split become everything that eval.json says about them; pass-at-k.ts, majority.ts and bootstrap.ts
// name their sources. Pure: the same outcomes and settings give the same bytes.
import { seedOf } from '../random.ts';
import { bootstrapMean } from './bootstrap.ts';
import type { Evaluation, Interval, Measures, ProblemOutcome } from './evaluation.ts';
import { hasVotes, majorityAtK } from './majority.ts';
import { passAtK } from './pass-at-k.ts';

export interface EvaluateSettings {
  readonly split: 'train' | 'test';
  /** Completions asked per problem; a problem has fewer judged ones where our checker failed. 0: greedy only. */
  readonly samples: number;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly ks: readonly number[];
  readonly seed: number;
}

/**
 * All measures of a split and of each of its levels. A problem takes part in a figure only where it can: greedy where there was a verdict, a k
 * where it has k judged samples. A figure without any problem is left out (greedy: null), as is maj@k where answers do not vote.
 */
export function evaluateSplit(outcomes: readonly ProblemOutcome[], settings: EvaluateSettings): Evaluation {
  const votes = outcomes.every(o => hasVotes(o.samples));
  const of = (group: readonly ProblemOutcome[], level: string) => measure(group, settings, votes, level);
  return {
    split: settings.split,
    samples_per_problem: settings.samples,
    temperature: settings.temperature,
    top_k: settings.topK,
    top_p: settings.topP,
    ...of(outcomes, ''),
    by_level: Object.fromEntries(byLevel(outcomes).map(([level, group]) => [level, of(group, level)])),
    failed: outcomes.reduce((sum, o) => sum + o.failed, 0),
    per_problem: outcomes.map(o => ({
      id: o.id,
      ...(o.level === undefined ? {} : { level: o.level }),
      greedy: o.greedy,
      correct: o.samples.filter(s => s.correct).length,
      samples: o.samples.length,
    })),
  };
}

function measure(outcomes: readonly ProblemOutcome[], settings: EvaluateSettings, votes: boolean, level: string): Measures {
  const { split, ks, seed } = settings;
  const interval = (name: string, values: readonly (number | undefined)[]) =>
    bootstrapMean(
      values.filter(v => v !== undefined),
      { seed: seedOf(seed, 'interval', split, level, name) },
    );
  const atEach = (name: string, value: (outcome: ProblemOutcome, k: number) => number | undefined) => {
    const rows = ks.map((k): [string, Interval | null] => [
      String(k),
      interval(
        `${name}@${k}`,
        outcomes.map(o => value(o, k)),
      ),
    ]);
    return Object.fromEntries(rows.filter((row): row is [string, Interval] => row[1] !== null));
  };
  return {
    problems: outcomes.length,
    greedy: interval(
      'greedy',
      outcomes.map(o => (o.greedy === null ? undefined : Number(o.greedy))),
    ),
    pass_at_k: atEach('pass', (o, k) => passAtK(o.samples.length, o.samples.filter(s => s.correct).length, k)),
    maj_at_k: votes ? atEach('maj', (o, k) => majorityAtK(o.samples, k)) : {},
  };
}

/** Levels in reading order: 2 before 10. Problems without a level are in no group. */
function byLevel(outcomes: readonly ProblemOutcome[]): [string, ProblemOutcome[]][] {
  const groups = new Map<string, ProblemOutcome[]>();
  for (const outcome of outcomes) {
    if (outcome.level === undefined) continue;
    const group = groups.get(outcome.level);
    if (group === undefined) groups.set(outcome.level, [outcome]);
    else group.push(outcome);
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
}
