// comparison.html: the arms of a comparison on one page in one file, in the look of report.html: a picture of all arms, the table, seed by seed.
import type { Interval } from '../../metrics/evaluation.ts';
import { type Html, html } from '../escape.ts';
import { figure, intervalPicture, table } from '../page-tables.ts';
import { styleSheet } from '../style.ts';
import { count, duration, percent, plural, points } from '../words.ts';
import type { ArmFigures, ComparisonFigures, Difference } from './figures.ts';

/** The page as text. */
export const comparisonHtml = (figures: ComparisonFigures): string =>
  html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark"><title>${plural(figures.arms.length, 'method')} on ${figures.task}</title>
${styleSheet()}</head><body><main>
${[headerPart(figures), figuresPart(figures), differencesPart(figures), seedsPart(figures), FOOTER]}
</main></body></html>
`.markup;

function headerPart(figures: ComparisonFigures): Html {
  const { task, budget, seeds, problems, base } = figures;
  const best = figures.arms
    .filter(arm => arm.figures.greedy !== undefined)
    .toSorted((a, b) => b.figures.greedy!.value - a.figures.greedy!.value)[0];
  const sentence =
    best === undefined || base.greedy === undefined
      ? `Methods on ${task}: nothing is measured yet`
      : `${best.title} solves the most test problems: ${percent(best.figures.greedy!.value)} %; the base solves ${percent(base.greedy.value)} %`;
  const rest = best?.vs_rest_em.greedy;
  const note =
    rest === undefined
      ? null
      : `${best!.title} against ReST-EM: ${points(rest.value)} points [${points(rest.low)}, ${points(rest.high)}]${rest.told ? '' : ', not told from noise'}.`;
  return html`<header><p class="eyebrow">${task} · ${plural(problems, 'test problem')} · ${plural(seeds.length, 'seed')} (${seeds.join(', ')}) · at most ${count(budget)} tokens to learn from</p><h1>${sentence}</h1>${note === null ? null : html`<p class="note">${note}</p>`}</header>`;
}

function figuresPart({ measures, base, arms }: ComparisonFigures): Html {
  const row = (name: string, figures: Readonly<Record<string, Interval>>, rest: readonly (Html | string)[]) => [
    name,
    ...measures.map(measure => figure(figures[measure])),
    ...rest,
  ];
  const none = html`<td class="weak">–</td>`;
  const rows = [
    { cells: row('base', base, [none, none]) },
    ...arms.map(arm => ({ cells: row(arm.arm, arm.figures, [count(arm.tokens), duration(arm.seconds)]), isStrong: arm.arm === 'rest-em' })),
  ];
  return html`<h2>Figures</h2><p class="note">Percent of test problems, with 95 % intervals over problems; means over seeds. Tokens are those sampled to learn from, time is sampling and fitting, without measuring.</p>${table(['', ...measures, 'tokens', 'time'], rows)}`;
}

const SIDES = { vs_base: 'the base', vs_rest_em: 'ReST-EM' } as const;

function differencesPart(figures: ComparisonFigures): Html {
  const parts = (['vs_base', 'vs_rest_em'] as const).map(side => differencesTable(figures, side));
  return html`<h2>Differences, paired over the same problems</h2>${parts}`;
}

function differencesTable({ arms }: ComparisonFigures, side: keyof typeof SIDES): Html | null {
  const all = arms.flatMap(arm =>
    ['greedy', 'pass@1'].flatMap(measure => (arm[side][measure] === undefined ? [] : [{ arm, measure, difference: arm[side][measure] }])),
  );
  if (all.length === 0) return null;
  const reach = Math.max(0.01, ...all.flatMap(({ difference: d }) => [Math.abs(d.low), Math.abs(d.high)]));
  const rows = all.map(({ arm, measure, difference }) => ({ cells: cellsOf(arm, measure, difference, reach) }));
  return html`<h3>Against ${SIDES[side]}</h3>${table(['', '', 'points, 95 % interval', 'against zero', ''], rows)}`;
}

const cellsOf = (arm: ArmFigures, measure: string, d: Difference, reach: number): (Html | string)[] => [
  arm.arm,
  measure === 'greedy' ? 'greedy' : 'sampled',
  html`<td>${points(d.value)}<i>${points(d.low)} to ${points(d.high)}</i></td>`,
  html`<td>${intervalPicture(d, d.told, reach)}</td>`,
  d.told ? '' : html`<td class="weak">not told from noise</td>`,
];

function seedsPart({ arms, seeds }: ComparisonFigures): Html {
  const cell = (arm: ArmFigures, seed: number): Html => {
    const own = arm.seeds.find(each => each.seed === seed);
    if (own === undefined || own.greedy === null) return html`<td class="weak">${own?.state ?? '–'}</td>`;
    return html`<td>${percent(own.greedy)}<i>${plural(own.iterations, 'iteration')}, ${count(own.tokens)} tokens</i></td>`;
  };
  const rows = arms.map(arm => ({ cells: [arm.arm, ...seeds.map(seed => cell(arm, seed))] }));
  return html`<h2>Seed by seed</h2><p class="note">Greedy pass@1, percent; iterations done and tokens sampled to learn from. Each is a run of its own in seed-N/METHOD, with a report of its own.</p>${table(['', ...seeds.map(seed => `seed ${seed}`)], rows)}`;
}

const FOOTER = html`<footer><p class="note"><b>How to read this.</b> Every method has the same base, problems, fit and number of tokens to sample; its last policy is what is measured. Greedy: one completion a problem at temperature 0.
pass@k: the chance that k samples of a problem hold a right one. <b>random</b> is the control: as ReST-EM, but its rows are drawn from all samples, right or wrong. Intervals are 95 % bootstrap intervals over problems, of means over seeds:
they say what other problems would have given. How far seeds lie apart is in the last table.</p></footer>`;
