// Which completions count as the same, so that one row stands for all of them: the same text, the same text case and white space apart, or, as RFT
// has it (equation-lists.ts), the same list of equations. Duplicates of earlier rounds count where the method remembers those rounds.
// ReST-EM removes none: its paper mentions no removal.
import type { Distinct } from '../methods/method.ts';
import type { Candidate, Standing } from './candidate.ts';
import { distinctEquations } from './equation-lists.ts';

type ByKind = {
  readonly [K in Distinct['kind']]: (samples: readonly Candidate[], distinct: Extract<Distinct, { kind: K }>) => readonly Standing[];
};

const DISTINCT: ByKind = {
  none: samples => samples.map(sample => ({ sample, same: [] })),
  exact: (samples, { within }) => firstOfEach(samples, sample => [PLACE[within](sample), sample.completion]),
  normalised: (samples, { within }) => firstOfEach(samples, sample => [PLACE[within](sample), normalised(sample.completion)]),
  equations: samples => [...Map.groupBy(samples, sample => sample.problem_id).values()].flatMap(of => distinctEquations(inOrder(of))),
};

/** Where two equal texts are one. Two problems may be asked in the same words: then they are one problem, globally. */
const PLACE: Readonly<Record<'problem' | 'global', (sample: Candidate) => string>> = {
  problem: sample => sample.problem_id,
  global: sample => sample.prompt,
};

const normalised = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ').trim();

/** One of each; the earliest stays. */
export function distinctOf(distinct: Distinct, samples: readonly Candidate[]): readonly Standing[] {
  const of = DISTINCT[distinct.kind] as (samples: readonly Candidate[], distinct: Distinct) => readonly Standing[];
  return of(samples, distinct);
}

function firstOfEach(samples: readonly Candidate[], keyOf: (sample: Candidate) => readonly string[]): Standing[] {
  const groups = Map.groupBy(inOrder(samples), sample => JSON.stringify(keyOf(sample)));
  return [...groups.values()].map(([sample, ...others]) => ({ sample: sample!, same: others.map(other => other.id) }));
}

/** As they were sampled: by round, then by draw. */
const inOrder = (samples: readonly Candidate[]): Candidate[] =>
  samples.toSorted((a, b) => a.iteration - b.iteration || a.draw - b.draw || (a.id < b.id ? -1 : 1));
