// Picture 3: where the gain is. Accuracy by level for base, SFT and the last iteration, and the gain over the base by level, paired over the
// problems of that level. Levels are the task's own, not made from the base's success (that would need a second set of samples).

import type { Interval, Measures } from '../metrics/evaluation.ts';
import { isToldFromNoise } from '../metrics/paired.ts';
import { compare, evaluationOf, measuredOn } from './compare.ts';
import type { Html } from './escape.ts';
import { bar, type Frame, line, lineLabels, marker, niceAxis, type Point, picture, shareAxis, valuesOf } from './plot.ts';
import { type Look, labelOf, lastIteration, lookOf } from './policies.ts';
import type { RunFacts } from './read-run.ts';
import { percent, points } from './words.ts';

interface Line {
  readonly policy: string;
  readonly label: string;
  readonly look: Look;
  readonly points: readonly Point[];
}

/** Base, SFT and the last iteration: more lines than that cannot be read with their bars. */
const shownOf = (run: RunFacts): string[] => {
  const last = lastIteration(measuredOn(run.policies, 'test').map(p => p.policy));
  return ['base', 'sft', ...(last === null ? [] : [last])].filter(name => evaluationOf(run.policies, name, 'test') !== null);
};

const levelsOf = (run: RunFacts): string[] => {
  const first = shownOf(run)[0];
  return first === undefined ? [] : Object.keys(evaluationOf(run.policies, first, 'test')!.by_level);
};

/** Side by side where they would lie on each other. */
const dodge = (i: number, of: number): number => (i - (of - 1) / 2) * 0.1;

/** null where the task has no levels or greedy was not measured. */
export function levelsPicture(run: RunFacts): Html | null {
  const levels = levelsOf(run);
  const shown = shownOf(run);
  const lines = shown.map((policy, i) => lineOf(policy, levels, dodge(i, shown.length), level => levelGreedy(run, policy, level)));
  return drawn(
    lines,
    levels,
    intervals => shareAxis(intervals, '% of problems solved'),
    `Greedy pass@1 by level: ${rangeOf(lines)}`,
    percent,
    run,
  );
}

/** null without levels or without anything to compare with the base. */
export function gainsPicture(run: RunFacts): Html | null {
  const levels = levelsOf(run);
  const shown = shownOf(run).filter(policy => policy !== 'base');
  const lines = shown.map((policy, i) =>
    lineOf(
      policy,
      levels,
      dodge(i, shown.length),
      level => compare(run.policies, policy, 'base', 'test', 'greedy', run.seed, level)?.difference ?? null,
    ),
  );
  return drawn(lines, levels, gainAxis, gainsTitle(lines.at(-1), levels), points, run);
}

const gainAxis = (intervals: readonly Interval[]) =>
  niceAxis(
    Math.min(0, ...intervals.map(i => i.low)),
    Math.max(0.01, ...intervals.map(i => i.high)),
    'points gained over the base',
    gainTick,
    6,
  );

const gainTick = (value: number): string => (Math.abs(value) < 1e-9 ? '0' : points(value).replace(/\.0$/, ''));

const levelGreedy = (run: RunFacts, policy: string, level: string): Interval | null =>
  evaluationOf(run.policies, policy, 'test')?.by_level[level]?.greedy ?? null;

function lineOf(policy: string, levels: readonly string[], shift: number, valueAt: (level: string) => Interval | null): Line {
  const found = levels.flatMap((level, i) => {
    const interval = valueAt(level);
    return interval === null ? [] : [{ x: i + shift, interval }];
  });
  return { policy, label: labelOf(policy), look: lookOf(policy, 1), points: found };
}

function drawn(
  all: readonly Line[],
  levels: readonly string[],
  axis: (intervals: readonly Interval[]) => Frame['y'],
  title: string,
  format: (value: number) => string,
  run: RunFacts,
): Html | null {
  const lines = all.filter(l => l.points.length > 0);
  if (lines.length === 0 || levels.length < 2) return null;
  const ticks = levels.map((label, at) => ({ at, label }));
  const y = axis(lines.flatMap(l => l.points.map(p => p.interval)));
  const frame: Frame = { x: { low: -0.4, high: levels.length - 0.6, ticks, title: 'level' }, y, right: 100 };
  const marks = [
    ...lines.map(l => line(frame, valuesOf(l.points), l.look, 'thin')),
    ...lines.flatMap(l => l.points.flatMap(p => [bar(frame, p, l.look), marker(frame, p.x, p.interval.value, l.look)])),
    ...lineLabels(
      frame,
      lines.map(l => ({ x: l.points.at(-1)!.x, y: l.points.at(-1)!.interval.value, text: l.label, look: l.look })),
    ),
  ];
  const said = lines.map(
    l => `${l.label}: ${l.points.map(p => `${format(p.interval.value)} at level ${levels[Math.round(p.x)]}`).join(', ')}`,
  );
  return picture(title, `${title}. ${said.join('. ')}.`, frame, marks, sizesOf(run, levels));
}

function sizesOf(run: RunFacts, levels: readonly string[]): string {
  const byLevel: Readonly<Record<string, Measures>> = evaluationOf(run.policies, shownOf(run)[0]!, 'test')!.by_level;
  const sizes = levels.map(level => byLevel[level]?.problems ?? 0);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  return `${least === most ? least : `${least} to ${most}`} test problems a level; bars: 95 % intervals`;
}

function rangeOf(lines: readonly Line[]): string {
  const said = [lines[0], lines.at(-1)].filter((l, i, both) => l !== undefined && both.indexOf(l) === i);
  return said
    .map(
      l =>
        `${l!.label} ${l!.points.length === 0 ? '' : `${percent(l!.points[0]!.interval.value)} to ${percent(l!.points.at(-1)!.interval.value)} %`}`,
    )
    .join(', ');
}

function gainsTitle(last: Line | undefined, levels: readonly string[]): string {
  if (last === undefined || last.points.length === 0) return 'Gain over the base by level';
  const most = last.points.reduce((a, b) => (b.interval.value > a.interval.value ? b : a));
  if (!isToldFromNoise(most.interval)) return `Gain by level: none of ${last.label} is told from noise`;
  return `Gain by level: ${last.label} gains most at level ${levels[Math.round(most.x)]}, ${points(most.interval.value)} points`;
}
