// The plain-text table at the end of a run: a row a policy, every figure with its 95 % interval, and under it the differences that matter,
// each said to be told from noise or not. For the terminal and for logs: no colours, nothing but ASCII.
import type { Evaluation, Interval } from '../metrics/evaluation.ts';
import { auditTable } from './audit.ts';
import { type Comparison, comparisonsOf, evaluationOf, measuredOn, type Split } from './compare.ts';
import { dynamicsRows } from './dynamics.ts';
import { visible } from './escape.ts';
import { labelOf } from './policies.ts';
import type { RunFacts } from './read-run.ts';
import { mixedWords, percent, plural, pointsWithInterval, problemsOf, pValue, samplingWords, withInterval } from './words.ts';

export interface TableOptions {
  readonly split?: Split;
  /** The k of pass@k and maj@k to show; by default 1 and the largest measured. Those not measured are left out. */
  readonly ks?: readonly number[];
  /** Columns go on in a further block where they would be wider. */
  readonly width?: number;
}

interface Column {
  readonly title: string;
  readonly of: (evaluation: Evaluation) => Interval | null | undefined;
}

/** The table of a split, ending in a newline; one line that says so where nothing of it is measured yet. */
export function tableOf(run: RunFacts, { split = 'test', ks, width = 100 }: TableOptions = {}): string {
  const policies = measuredOn(run.policies, split);
  const evaluations = policies.map(p => evaluationOf([p], p.policy, split)!);
  const first = evaluations[0];
  if (first === undefined)
    return `${visible(run.run)}: nothing is measured yet on the ${split === 'train' ? 'training' : 'test'} problems\n`;
  const columns = columnsOf(evaluations, ks ?? usualKs(evaluations));
  const cells = [
    ['', ...columns.map(c => c.title)],
    ...policies.map((p, i) => [visible(labelOf(p.policy)), ...columns.map(c => cell(c.of(evaluations[i]!)))]),
  ];
  const differences = comparisonsOf(run.policies, split, 'greedy', run.seed).map(differenceLine);
  return [
    ...captionOf(run, first, split),
    ...blocksOf(cells, width),
    ...sandboxLines(run),
    ...(run.audit === null ? [] : [auditTable(run.audit)]),
    ...(differences.length === 0
      ? []
      : ['Differences in greedy pass@1, in points, paired over the same problems', ...aligned(differences), '']),
    ...(split === 'test' ? dynamicsLines(run, width) : []),
  ].join('\n');
}

function sandboxLines({ events: { sandboxes } }: RunFacts): string[] {
  if (sandboxes.length === 0) return [];
  const names = sandboxes.map(({ backend }) => visible(backend));
  return [`Programs were judged in ${names.join(', then ')}`, ...(sandboxes.length > 1 ? [mixedWords(sandboxes)] : []), ''];
}

function dynamicsLines({ policies }: RunFacts, width: number): string[] {
  const found = dynamicsRows(policies);
  if (found === null) return [];
  const cells = found.rows.map(({ policy, cells }) => [visible(labelOf(policy)), ...cells.map(text => text ?? '-')]);
  return ['What each round did (percent, nats, counts a problem)', ...blocksOf([['', ...found.titles], ...cells], width)];
}

/** Decimal points under each other: '100.0' is the widest value there is. */
const cell = (interval: Interval | null | undefined): string =>
  interval ? ' '.repeat(5 - percent(interval.value).length) + withInterval(interval) : '    -';

export const measuredKs = (evaluations: readonly Evaluation[], measure: 'pass_at_k' | 'maj_at_k'): number[] =>
  [...new Set(evaluations.flatMap(e => Object.keys(e[measure]).map(Number)))].sort((a, b) => a - b);

function usualKs(evaluations: readonly Evaluation[]): number[] {
  const ks = measuredKs(evaluations, 'pass_at_k');
  return [...new Set([...ks.slice(0, 1), ...ks.slice(-1)])];
}

/** maj@1 is pass@1, so it has no column of its own. */
export function columnsOf(evaluations: readonly Evaluation[], ks: readonly number[]): Column[] {
  const shown = (measure: 'pass_at_k' | 'maj_at_k') => measuredKs(evaluations, measure).filter(k => ks.includes(k));
  return [
    { title: 'greedy', of: (e: Evaluation) => e.greedy },
    ...shown('pass_at_k').map(k => ({ title: `pass@${k}`, of: (e: Evaluation) => e.pass_at_k[k] })),
    ...shown('maj_at_k')
      .filter(k => k > 1)
      .map(k => ({ title: `maj@${k}`, of: (e: Evaluation) => e.maj_at_k[k] })),
  ];
}

function captionOf(run: RunFacts, first: Evaluation, split: Split): string[] {
  const { samples_per_problem: n } = first;
  const sampled = n === 0 ? '' : `, and ${plural(n, 'sample')} a problem (${samplingWords(first)})`;
  return [
    `${visible(run.methodTitle)} on ${visible(run.task)}, run ${visible(run.run)}`,
    `${problemsOf(first.problems, split)}: greedy (T 0)${sampled}. Percent, with 95 % intervals over problems.`,
    '',
  ];
}

/** The first column is repeated in every block. */
function blocksOf(cells: readonly (readonly string[])[], width: number): string[] {
  const widths = cells[0]!.map((_, c) => Math.max(...cells.map(row => row[c]!.length)));
  const lines: string[] = [];
  for (let from = 1; from < widths.length; ) {
    let to = from + 1;
    const total = () => widths[0]! + widths.slice(from, to + 1).reduce((sum, w) => sum + 2 + w, 0);
    while (to < widths.length && total() <= width) to += 1;
    lines.push(...aligned(cells.map(row => [row[0]!, ...row.slice(from, to)])), '');
    from = to;
  }
  return lines;
}

export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, c) => Math.max(...rows.map(row => row[c]?.length ?? 0)));
  return rows.map(row =>
    row
      .map((text, c) => text.padEnd(widths[c]!))
      .join('  ')
      .trimEnd(),
  );
}

export const differenceName = (c: Comparison): string => `${labelOf(c.after)} - ${labelOf(c.before)}`;

function differenceLine(c: Comparison): string[] {
  const { gained, lost, p } = c.changed!;
  const told = c.told ? '' : 'not told from noise';
  return [visible(differenceName(c)), pointsWithInterval(c.difference), `${gained} gained, ${lost} lost, ${pValue(p)}`, told];
}
