// The comparison as plain text: a row an arm, named as the method, with 95 % intervals, and the differences from ReST-EM. Nothing but ASCII.
import type { Interval } from '../../metrics/evaluation.ts';
import { visible } from '../escape.ts';
import { aligned } from '../table.ts';
import { count, duration, plural, pointsWithInterval, withInterval } from '../words.ts';
import type { ArmFigures, ComparisonFigures, Difference } from './figures.ts';

/** 'greedy', 'pass@1' and the largest k. */
export const shownMeasures = ({ measures }: ComparisonFigures): string[] => [...new Set([...measures.slice(0, 2), ...measures.slice(-1)])];

const cell = (interval: Interval | undefined): string => (interval ? withInterval(interval) : '-');
const change = (difference: Difference | undefined): string =>
  difference ? `${pointsWithInterval(difference)}${difference.told ? '' : ' ~'}` : '-';

/** Ends in a newline. */
export function comparisonTable(figures: ComparisonFigures): string {
  const shown = shownMeasures(figures);
  const { base, arms, task, budget, seeds, problems } = figures;
  const rows = [
    ['', ...shown, 'greedy - base', 'greedy - rest-em', 'tokens', 'time'],
    ['base', ...shown.map(measure => cell(base[measure])), '-', '-', '-', '-'],
    ...arms.map(arm => [visible(arm.arm), ...shown.map(measure => cell(arm.figures[measure])), ...differencesOf(arm), ...costOf(arm)]),
  ];
  return [
    `${plural(arms.length, 'arm')} on ${visible(task)}, ${plural(problems, 'test problem')}, ${plural(seeds.length, 'seed')} (${seeds.join(', ')}); each may sample ${count(budget)} tokens to learn from`,
    'Percent and points, with 95 % intervals over problems (means over seeds); ~: not told from noise',
    '',
    ...aligned(rows),
    '',
    ...(seeds.length > 1 ? ['Greedy by seed', ...aligned(arms.map(bySeed)), ''] : []),
  ].join('\n');
}

const differencesOf = ({ vs_base, vs_rest_em }: ArmFigures): string[] => [change(vs_base.greedy), change(vs_rest_em.greedy)];
const costOf = ({ tokens, seconds }: ArmFigures): string[] => [count(tokens), duration(seconds)];
const bySeed = ({ arm, seeds }: ArmFigures): string[] => [
  visible(arm),
  ...seeds.map(({ seed, greedy }) => `${seed}: ${greedy === null ? '-' : (greedy * 100).toFixed(1)}`),
];
