// The tables of report.html: all figures with their intervals, the paired differences, and what each E-step and M-step did.
import type { Evaluation, Interval } from '../metrics/evaluation.ts';
import { validationOf } from './chart-fit.ts';
import { comparisonsOf, evaluationOf, measuredOn, type Split } from './compare.ts';
import { dynamicsRows } from './dynamics.ts';
import { type Html, html } from './escape.ts';
import { iterationOf, labelOf, lastIteration } from './policies.ts';
import type { RunFacts } from './read-run.ts';
import { columnsOf, differenceName, measuredKs } from './table.ts';
import { count, duration, percent, points, pValue } from './words.ts';

export function table(
  head: readonly string[],
  rows: readonly { readonly cells: readonly (Html | string)[]; readonly isStrong?: boolean }[],
): Html {
  const cellOf = (cell: Html | string) => (typeof cell === 'string' ? html`<td>${cell}</td>` : cell);
  return html`<div class="scroll"><table><thead><tr>${head.map(h => html`<th scope="col">${h}</th>`)}</tr></thead><tbody>
${rows.map(r => html`<tr${r.isStrong ? html` class="strong"` : null}>${r.cells.map(cellOf)}</tr>\n`)}</tbody></table></div>`;
}

export const figure = (i: Interval | null | undefined): Html =>
  i ? html`<td>${percent(i.value)}<i>${percent(i.low)}–${percent(i.high)}</i></td>` : html`<td class="weak">–</td>`;

/** All policies measured on a split; null where there is none. `ks`: those of 1 and the largest, or every one. */
export function figuresTable(run: RunFacts, split: Split, which: 'few' | 'all'): Html | null {
  const measured = measuredOn(run.policies, split);
  const evaluations = measured.map(p => evaluationOf([p], p.policy, split)!);
  if (evaluations.length === 0) return null;
  const ks = measuredKs(evaluations, 'pass_at_k');
  const columns = columnsOf(evaluations, which === 'all' ? ks : [ks[0] ?? 1, ks.at(-1) ?? 1]);
  const last = lastIteration(measured.map(p => p.policy));
  const rowOf = (policy: string, e: Evaluation) => ({
    isStrong: policy === last,
    cells: [labelOf(policy), ...columns.map(c => figure(c.of(e)))],
  });
  return table(
    ['policy', ...columns.map(c => c.title)],
    measured.map((p, i) => rowOf(p.policy, evaluations[i]!)),
  );
}

/** Paired differences with a small picture of each interval against zero; null where nothing can be compared. */
export function differencesTable(run: RunFacts): Html | null {
  const all = (['greedy', 'pass@1'] as const).flatMap(measure => comparisonsOf(run.policies, 'test', measure, run.seed));
  if (all.length === 0) return null;
  const reach = Math.max(0.01, ...all.flatMap(c => [Math.abs(c.difference.low), Math.abs(c.difference.high)]));
  const rows = all.map(c => ({
    cells: [
      `${differenceName(c).replace(' - ', ' − ')}${c.measure === 'greedy' ? '' : ', sampled'}`,
      html`<td>${points(c.difference.value)}<i>${points(c.difference.low)} to ${points(c.difference.high)}</i></td>`,
      html`<td>${intervalPicture(c.difference, c.told, reach)}</td>`,
      c.changed === null ? html`<td class="weak">–</td>` : `${c.changed.gained} / ${c.changed.lost}`,
      c.changed === null ? html`<td class="weak">–</td>` : pValue(c.changed.p).replace(/^p (= )?/, ''),
      c.told ? '' : html`<td class="weak">not told from noise</td>`,
    ],
  }));
  return table(['pass@1', 'points, 95 % interval', 'against zero', 'gained / lost', 'McNemar p', ''], rows);
}

/** The interval of a difference on a line from -reach to +reach, with zero marked. */
export function intervalPicture(d: Interval, told: boolean, reach: number): Html {
  const x = (value: number) => Math.round(750 + (value / reach) * 720) / 10;
  const look = `--c:var(--${told ? 'good' : 'muted'})`;
  return html`<svg viewBox="0 0 150 18" role="img" aria-label="${points(d.low)} to ${points(d.high)} points"><line class="grid" x1="0" x2="150" y1="9" y2="9"/><line class="grid zero" x1="75" x2="75" y1="1" y2="17"/><line class="bar" style="${look}" x1="${x(d.low)}" x2="${x(d.high)}" y1="9" y2="9"/><path class="marker" style="${look}" transform="translate(${x(d.value)} 9)" d="M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0Z"/></svg>`;
}

const share = (part: number, whole: number): string => (whole === 0 ? '–' : `${percent(part / whole)} %`);

/** One row a policy that was trained; null before the first E-step. */
export function roundsTable(run: RunFacts): Html | null {
  const { sampling, selected } = run.events;
  const names = run.policies.map(p => p.policy);
  const trained = [...new Set([...names, ...sampling.keys(), ...selected.keys()])].filter(
    name => name !== 'base' && !name.startsWith('base-'),
  );
  if (trained.length === 0) return null;
  const rounds = trained.sort((a, b) => (iterationOf(a) ?? 99) - (iterationOf(b) ?? 99));
  const rows = rounds.map(policy => ({ cells: [labelOf(policy), ...eStep(run, policy), ...mStep(run, policy)] }));
  return table(['', 'samples', 'correct', 'solved', 'failed', 'tokens', 'time', 'rows kept', 'epoch kept', 'D_val reward'], rows);
}

function eStep(run: RunFacts, policy: string): string[] {
  const drawn = run.events.sampling.get(policy);
  const chosen = run.events.selected.get(policy);
  return [
    drawn === undefined ? '–' : count(drawn.completions),
    chosen === undefined ? '–' : share(chosen.correct, chosen.samples),
    chosen === undefined ? '–' : `${count(chosen.solved)} of ${count(chosen.problems)}`,
    drawn === undefined ? '–' : count(drawn.failed),
    drawn === undefined ? '–' : count(drawn.tokens),
    drawn === undefined ? '–' : duration(drawn.seconds),
  ];
}

function mStep(run: RunFacts, policy: string): string[] {
  const fit = run.policies.find(p => p.policy === policy)?.fit ?? null;
  const kept = run.events.selected.get(policy)?.kept ?? fit?.rows;
  const { rewards, kept: epoch } = validationOf(run, policy);
  const reward = epoch === null ? undefined : rewards[epoch - 1];
  return [
    kept === undefined ? '–' : count(kept),
    fit === null ? '–' : `${fit.epoch_kept} of ${fit.epochs_run}`,
    reward === undefined ? '–' : `${percent(reward)} %`,
  ];
}

/** What each round did to its policy; null where nothing is known. */
export function dynamicsTable(run: RunFacts): Html | null {
  const found = dynamicsRows(run.policies);
  if (found === null) return null;
  const rows = found.rows.map(({ policy, cells }) => ({
    cells: [labelOf(policy), ...cells.map(text => text ?? html`<td class="weak">–</td>`)],
  }));
  return table(['', ...found.titles], rows);
}
