// Whether EM does what EM promises: the bound after each M-step beside what the policies before and after reach (log p(O=1|x), where the bound starts), on
// held-out problems; and how far the policies go from the base.
import type { DynamicsFile } from '../metrics/dynamics.ts';
import type { Interval } from '../metrics/evaluation.ts';
import type { Html } from './escape.ts';
import { type Axis, bar, type Frame, line, lineLabels, marker, niceAxis, type Point, picture, valuesOf } from './plot.ts';
import { iterationOf, type Look } from './policies.ts';
import type { RunFacts } from './read-run.ts';

interface Curve {
  readonly text: string;
  readonly look: Look;
  readonly isDashed: boolean;
  readonly points: readonly Point[];
}

const BOUND: Look = { colour: 'var(--iteration)', marker: 'circle' };
const TRAIN: Look = { colour: 'var(--muted)', marker: 'square' };
const KL: Look = { colour: 'var(--sft)', marker: 'diamond' };

/** The iterations' files with their numbers. */
const roundsOf = (run: RunFacts): { readonly n: number; readonly file: DynamicsFile }[] =>
  run.policies.flatMap(({ policy, dynamics }) => {
    const n = iterationOf(policy);
    return n === null || dynamics === null ? [] : [{ n, file: dynamics }];
  });

const pointsOf = (rounds: readonly { readonly n: number; readonly value: Interval | undefined }[]): Point[] =>
  rounds.flatMap(({ n, value }) => (value === undefined ? [] : [{ x: n, interval: value }]));

/** null before the first M-step whose bound is known. */
export function boundPicture(run: RunFacts): Html | null {
  const rounds = roundsOf(run);
  const curve = (split: 'train' | 'held_out', side: 'before' | 'after'): Point[] =>
    pointsOf(rounds.map(({ n, file }) => ({ n: side === 'before' ? n - 1 : n, value: file[split].bound?.[side] })));
  const curves: Curve[] = [
    { text: 'train, bound', look: TRAIN, isDashed: false, points: curve('train', 'after') },
    { text: 'train, E-step', look: TRAIN, isDashed: true, points: curve('train', 'before') },
    { text: 'held out, bound', look: BOUND, isDashed: false, points: curve('held_out', 'after') },
    { text: 'held out, reached', look: BOUND, isDashed: true, points: curve('held_out', 'before') },
  ];
  const says = 'The bound after each M-step, and what was reached before it';
  return drawn(
    curves,
    says,
    'log p(O=1|x), nats a problem',
    'solid: the bound after the M-step; dashed: what the policy before reached; bars: 95 % intervals',
  );
}

/** null where no distance is known. */
export function driftPicture(run: RunFacts): Html | null {
  const points = pointsOf(roundsOf(run).map(({ n, file }) => ({ n, value: file.kl_from_base?.value })));
  const curves = [{ text: 'KL', look: KL, isDashed: false, points }];
  return drawn(curves, 'How far the policy is from the base', 'KL from base, nats a completion', 'held-out problems; bars: 95 % intervals');
}

function drawn(all: readonly Curve[], title: string, axis: string, note: string): Html | null {
  const curves = all.filter(({ points }) => points.length > 0);
  if (curves.length === 0) return null;
  const intervals = curves.flatMap(({ points }) => points.map(point => point.interval));
  const xs = [...new Set(curves.flatMap(({ points }) => points.map(point => point.x)))].sort((a, b) => a - b);
  const frame: Frame = { x: roundAxis(xs), y: valueAxis(intervals, axis), right: 118 };
  const hollow = (curve: Curve) => curve.isDashed;
  const marks = curves.flatMap(curve => [
    line(frame, valuesOf(curve.points), curve.look, curve.isDashed ? 'dashed' : 'thin'),
    ...curve.points.flatMap(point => [
      bar(frame, point, curve.look),
      marker(frame, point.x, point.interval.value, curve.look, hollow(curve)),
    ]),
  ]);
  const labels = curves.map(({ text, look, points }) => ({ x: points.at(-1)!.x, y: points.at(-1)!.interval.value, text, look }));
  const said = curves.map(({ text, points }) => `${text}: ${points.map(p => `${p.interval.value.toFixed(2)} at ${p.x}`).join(', ')}`);
  return picture(title, `${title}. ${said.join('. ')}.`, frame, [...marks, ...lineLabels(frame, labels)], note);
}

const roundAxis = (xs: readonly number[]): Axis => ({
  low: xs[0]! - 0.3,
  high: xs.at(-1)! + 0.3,
  ticks: xs.map(at => ({ at, label: at === 0 ? 'base' : String(at) })),
  title: 'iteration',
});

const valueAxis = (intervals: readonly Interval[], title: string): Axis =>
  niceAxis(Math.min(...intervals.map(i => i.low)), Math.max(...intervals.map(i => i.high)), title, v => String(Math.round(v * 100) / 100));
