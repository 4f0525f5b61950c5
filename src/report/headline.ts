// What the run found, in plain words, before any table: what improved, by how much, with its interval; or that it cannot be told from noise.
// Says only what was measured. Whether a gain is worth having is the reader's to judge.
import type { Evaluation, Interval } from '../metrics/evaluation.ts';
import { type Comparison, comparisonsOf, evaluationOf, type Measure } from './compare.ts';
import { iterationOf, labelOf } from './policies.ts';
import type { RunFacts } from './read-run.ts';
import { percent, plural, points, pValue } from './words.ts';

export interface Headline {
  readonly sentence: string;
  /** What `facts` are differences of, and on what; empty without facts. */
  readonly note: string;
  readonly facts: readonly Fact[];
}

/** A difference; `told`: told from noise. */
export interface Fact {
  readonly gain: string;
  readonly text: string;
  readonly told: boolean;
}

interface Sentences {
  readonly both: (after: string, now: string, before: string) => string;
  readonly alone: (before: string) => string;
}

const SENTENCES: Readonly<Record<Measure, Sentences>> = {
  greedy: {
    both: (after, now, before) => `fter ${after} the model solves ${now} of the test problems; the base solves ${before}`,
    alone: before => `The base solves ${before} of the test problems; no iteration is measured yet`,
  },
  'pass@1': {
    both: (after, now, before) => `fter ${after} ${now} of the samples on test problems are right; of the base's samples ${before}`,
    alone: before => `${before} of the base's samples on test problems are right; no iteration is measured yet`,
  },
};

export function headlineOf(run: RunFacts): Headline {
  const measure: Measure = run.policies.some(p => evaluationOf([p], p.policy, 'test')?.greedy) ? 'greedy' : 'pass@1';
  const all = comparisonsOf(run.policies, 'test', measure, run.seed);
  return { sentence: sentenceOf(run, all, measure), note: noteOf(all), facts: all.map(factOf) };
}

function noteOf([first]: readonly Comparison[]): string {
  if (first === undefined) return '';
  const measure = first.measure === 'greedy' ? 'Greedy pass@1' : 'pass@1 when sampling';
  return `${measure} of ${labelOf(first.after)} on ${plural(first.problems, 'test problem')}, paired, with 95 % intervals:`;
}

function sentenceOf(run: RunFacts, all: readonly Comparison[], measure: Measure): string {
  const share = (policy: string) => {
    const value = measuredOf(evaluationOf(run.policies, policy, 'test'), measure);
    return value === null ? null : `${percent(value.value)} %`;
  };
  const before = share('base');
  if (before === null) return `${run.methodTitle} on ${run.task}: nothing is measured yet`;
  const gain = all.find(c => c.before === 'base' && iterationOf(c.after) !== null);
  if (gain === undefined) return SENTENCES[measure].alone(before);
  const both = SENTENCES[measure].both(labelOf(gain.after), share(gain.after)!, before);
  return gain.told ? `A${both}` : `No difference that can be told from noise: a${both}`;
}

const measuredOf = (evaluation: Evaluation | null, measure: Measure): Interval | null =>
  (measure === 'greedy' ? evaluation?.greedy : evaluation?.pass_at_k['1']) ?? null;

function factOf(c: Comparison): Fact {
  const test =
    c.changed === null ? '' : ` · ${c.changed.gained} gained, ${c.changed.lost} lost, ${pValue(c.changed.p).replaceAll(' ', '\u00a0')}`;
  const { value, low, high } = c.difference;
  return {
    gain: `${points(value)} points`,
    text: `[${points(low)}, ${points(high)}] against ${labelOf(c.before)}${test}${c.told ? '' : ' · not told from noise'}`,
    told: c.told,
  };
}
