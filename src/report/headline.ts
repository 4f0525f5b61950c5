// What the run found, in plain words, before any table: what improved, by how much, with its interval; or that it cannot be told from noise.
// Says only what was measured. Whether a gain is worth having is the reader's to judge.
import type { Evaluation, Interval } from '../metrics/evaluation.ts';
import { type Comparison, comparisonsOf, evaluationOf, type Measure } from './compare.ts';
import { labelOf, lastIteration } from './policies.ts';
import type { RunFacts } from './read-run.ts';
import { percent, plural, pointsWithInterval, pValue } from './words.ts';

export interface Headline {
  readonly sentence: string;
  /** One line each, the most important first; `told`: told from noise. */
  readonly facts: readonly { readonly text: string; readonly told: boolean }[];
}

const VERBS: Readonly<Record<Measure, string>> = { greedy: 'solves', 'pass@1': 'samples right solutions to' };

export function headlineOf(run: RunFacts): Headline {
  const measure: Measure = run.policies.some(p => evaluationOf([p], p.policy, 'test')?.greedy) ? 'greedy' : 'pass@1';
  const all = comparisonsOf(run.policies, 'test', measure, run.seed);
  return { sentence: sentenceOf(run, all, measure), facts: all.map(factOf) };
}

function sentenceOf(run: RunFacts, all: readonly Comparison[], measure: Measure): string {
  const share = (policy: string) => measuredOf(evaluationOf(run.policies, policy, 'test'), measure);
  const last = lastIteration(run.policies.map(p => p.policy));
  const gain = all.find(c => c.before === 'base' && c.after === last);
  const [now, before] = [last === null ? null : share(last), share('base')];
  if (gain === undefined || now === null || before === null) return withoutGain(run, before, measure);
  const [a, b] = [`${percent(now.value)} %`, `${percent(before.value)} %`];
  const { value } = gain.difference;
  if (!gain.told)
    return `No difference that can be told from noise: after ${labelOf(gain.after)} the model ${VERBS[measure]} ${a} of the test problems, the base ${b}`;
  return `After ${labelOf(gain.after)} the model ${VERBS[measure]} ${a} of the test problems; the base ${value > 0 ? 'managed' : 'did better with'} ${b}`;
}

function withoutGain(run: RunFacts, before: Interval | null, measure: Measure): string {
  if (before === null) return `${run.methodTitle} on ${run.task}: nothing is measured yet`;
  return `The base ${VERBS[measure]} ${percent(before.value)} % of the test problems; no iteration is measured yet`;
}

const measuredOf = (evaluation: Evaluation | null, measure: Measure): Interval | null =>
  (measure === 'greedy' ? evaluation?.greedy : evaluation?.pass_at_k['1']) ?? null;

function factOf(c: Comparison): Headline['facts'][number] {
  const test = c.changed === null ? '' : `; ${c.changed.gained} gained, ${c.changed.lost} lost, ${pValue(c.changed.p)}`;
  const measure = c.measure === 'greedy' ? 'greedy pass@1' : 'pass@1 when sampling';
  const verdict = c.told ? '' : ': not told from noise';
  const text = `${labelOf(c.after)} against ${labelOf(c.before)}: ${pointsWithInterval(c.difference)} points ${measure} on ${plural(c.problems, 'problem')}${test}${verdict}`;
  return { text: text.charAt(0).toUpperCase() + text.slice(1), told: c.told };
}
