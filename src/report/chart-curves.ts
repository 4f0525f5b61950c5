// Picture 2: pass@k and maj@k over k, a line a policy, on a log-2 axis, with intervals as bands (figure 5 of the paper).
import type { Interval } from '../metrics/evaluation.ts';
import { evaluationOf, measuredOn } from './compare.ts';
import type { Html } from './escape.ts';
import { band, type Frame, line, lineLabels, marker, type Point, picture, shareAxis, valuesOf } from './plot.ts';
import { iterationOf, labelOf, lastIteration, lookOf, shortLabelOf } from './policies.ts';
import type { PolicyFacts } from './read-run.ts';
import { percent, plural, samplingWords } from './words.ts';

type Curves = 'pass_at_k' | 'maj_at_k';

const WORDS: Readonly<Record<Curves, { readonly name: string; readonly axis: string; readonly x: string }>> = {
  pass_at_k: { name: 'pass@k', axis: '% of problems, at least one of k right', x: 'k, samples drawn (log scale)' },
  maj_at_k: { name: 'maj@k', axis: '% of problems, majority of k right', x: 'k, samples that vote (log scale)' },
};

interface Curve {
  readonly policy: string;
  /** x is log2 k. */
  readonly points: readonly Point[];
}

/** null where no k above 1 was measured on the test problems. */
export function curvesPicture(policies: readonly PolicyFacts[], measure: Curves): Html | null {
  const curves = shownOf(measuredOn(policies, 'test'))
    .map(p => curveOf(policies, p.policy, measure))
    .filter(c => c.points.some(p => p.x > 0));
  if (curves.length === 0) return null;
  const frame = frameOf(curves, measure);
  const iterations = policies.filter(p => iterationOf(p.policy) !== null).length;
  const look = (c: Curve) => lookOf(c.policy, iterations);
  const marks = [
    ...curves.map(c => band(frame, c.points, look(c))),
    ...curves.flatMap(c => [line(frame, valuesOf(c.points), look(c)), ...c.points.map(p => marker(frame, p.x, p.interval.value, look(c)))]),
    ...lineLabels(
      frame,
      curves.map(c => ({ x: c.points.at(-1)!.x, y: c.points.at(-1)!.interval.value, text: shortLabelOf(c.policy), look: look(c) })),
    ),
  ];
  return picture(titleOf(curves, measure), altOf(curves, measure), frame, marks, noteOf(policies, curves));
}

/** Of many iterations the first and the last are enough; all of up to three are shown. */
function shownOf(policies: readonly PolicyFacts[]): readonly PolicyFacts[] {
  const last = lastIteration(policies.map(p => p.policy));
  if (last === null || iterationOf(last)! <= 3) return policies;
  return policies.filter(p => iterationOf(p.policy) === null || p.policy === 'iteration-1' || p.policy === last);
}

function curveOf(policies: readonly PolicyFacts[], policy: string, measure: Curves): Curve {
  const rows: [string, Interval][] = Object.entries(evaluationOf(policies, policy, 'test')?.[measure] ?? {});
  const points = rows.map(([k, interval]) => ({ x: Math.log2(Number(k)), interval })).sort((a, b) => a.x - b.x);
  return { policy, points };
}

function frameOf(curves: readonly Curve[], measure: Curves): Frame {
  const xs = [...new Set(curves.flatMap(c => c.points.map(p => p.x)))].sort((a, b) => a - b);
  const ticks = xs.map(at => ({ at, label: String(Math.round(2 ** at)) }));
  const y = shareAxis(
    curves.flatMap(c => c.points.map(p => p.interval)),
    WORDS[measure].axis,
  );
  return { x: { low: xs[0]! - 0.15, high: xs.at(-1)! + 0.15, ticks, title: WORDS[measure].x }, y, right: 108 };
}

const kOf = (point: Point): number => Math.round(2 ** point.x);

/** The gap between base and last iteration at both ends of the axis: where it is largest is the question. */
function titleOf(curves: readonly Curve[], measure: Curves): string {
  const { name } = WORDS[measure];
  const base = curves.find(c => c.policy === 'base');
  const last = curves.find(c => c.policy === lastIteration(curves.map(d => d.policy)));
  if (base === undefined || last === undefined) return `${name} by k`;
  const gaps = [0, -1].map(end => {
    const [b, l] = [base.points.at(end)!, last.points.at(end)!];
    const points = ((l.interval.value - b.interval.value) * 100).toFixed(1);
    return `${Number(points) < 0 ? points : `+${points}`} points at k\u00a0=\u00a0${kOf(l)}`;
  });
  return `${name}, ${labelOf(last.policy)} against base: ${gaps.join(', ')}`;
}

function noteOf(policies: readonly PolicyFacts[], curves: readonly Curve[]): string {
  const e = evaluationOf(policies, curves[0]!.policy, 'test')!;
  return `${plural(e.problems, 'test problem')}, ${plural(e.samples_per_problem, 'sample')} each at ${samplingWords(e)}; bands: 95 % intervals`;
}

const altOf = (curves: readonly Curve[], measure: Curves): string =>
  `${WORDS[measure].name} by k. ${curves.map(c => `${labelOf(c.policy)}: ${c.points.map(p => `${percent(p.interval.value)} % at k = ${kOf(p)}`).join(', ')}`).join('. ')}.`;
