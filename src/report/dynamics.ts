// What each round did to its policy, as rows: for the table of the terminal and for the page. Figures are dynamics.json's; a column that nobody has is left out.
import type { DynamicsFile } from '../metrics/dynamics.ts';
import type { Interval } from '../metrics/evaluation.ts';
import type { PolicyFacts } from './read-run.ts';
import { percent } from './words.ts';

const nats = (value: number): string => value.toFixed(2).replace(/^-0\.00$/, '0.00');
const natsWithInterval = ({ value, low, high }: Interval): string => `${nats(value)} [${nats(low)}, ${nats(high)}]`;

interface Column {
  readonly title: string;
  readonly of: (file: DynamicsFile) => string | null;
}

/** Coverage and acceptance are the E-step's, so of the policy before; the rest is of the policy itself, on held-out problems. */
const COLUMNS: readonly Column[] = [
  { title: 'coverage', of: ({ train }) => train.samples && percent(train.samples.coverage) },
  { title: 'acceptance', of: ({ train }) => train.samples && percent(train.samples.acceptance) },
  { title: 'bound, train', of: ({ train }) => train.bound && natsWithInterval(train.bound.after) },
  { title: 'bound, held out', of: ({ held_out }) => held_out.bound && natsWithInterval(held_out.bound.after) },
  { title: 'KL from base', of: ({ kl_from_base }) => kl_from_base && natsWithInterval(kl_from_base.value) },
  { title: 'distinct', of: ({ held_out }) => held_out.samples?.distinct.toFixed(1) ?? null },
  { title: 'distinct, right', of: ({ held_out }) => held_out.samples?.distinct_correct.toFixed(1) ?? null },
  { title: 'tokens', of: ({ held_out }) => held_out.samples?.tokens.toFixed(1) ?? null },
];

export interface DynamicsRows {
  readonly titles: readonly string[];
  /** null: not known. */
  readonly rows: readonly { readonly policy: string; readonly cells: readonly (string | null)[] }[];
}

/** null where there is nothing to show. */
export function dynamicsRows(policies: readonly PolicyFacts[]): DynamicsRows | null {
  const files = policies.flatMap(({ dynamics }) => dynamics ?? []);
  const columns = COLUMNS.filter(({ of }) => files.some(file => of(file) !== null));
  const known = files.filter(file => columns.some(({ of }) => of(file) !== null));
  if (known.length === 0) return null;
  return {
    titles: columns.map(({ title }) => title),
    rows: known.map(file => ({ policy: file.policy, cells: columns.map(({ of }) => of(file)) })),
  };
}

export const DYNAMICS_NOTE =
  'Coverage, acceptance: of the samples a round learned from. Bound: log p(O=1|x) as the M-step bounds it, nats a problem. KL from base, different completions a problem and tokens a completion: held-out samples.';
