// Picture 1: accuracy by iteration, on test and on training problems, with interval bars; what the iterations are compared with (SFT, the random
// control, …) stands beside them as single points, because those have no next round. The figure 2 and 4 of the paper in one.
import type { Evaluation, Interval } from '../metrics/evaluation.ts';
import { evaluationOf, type Measure, type Split } from './compare.ts';
import type { Html } from './escape.ts';
import { bar, type Frame, line, lineLabels, marker, type Point, picture, shareAxis, valuesOf } from './plot.ts';
import { iterationOf, type Look, labelOf, lookOf, shortLabelOf } from './policies.ts';
import type { PolicyFacts } from './read-run.ts';
import { percent, problemsOf } from './words.ts';

const LOOKS: Readonly<Record<Split, Look>> = {
  test: { colour: 'var(--iteration)', marker: 'circle' },
  train: { colour: 'var(--muted)', marker: 'circle' },
};

const VALUES: Readonly<Record<Measure, (e: Evaluation) => Interval | null>> = {
  greedy: e => e.greedy,
  'pass@1': e => e.pass_at_k['1'] ?? null,
};

interface Place {
  readonly policy: string;
  readonly x: number;
  readonly label: string;
  readonly isRound: boolean;
}

/** The rounds one by one from the left, then a gap, then the others. */
function placesOf(policies: readonly PolicyFacts[]): Place[] {
  const isRound = (p: PolicyFacts) => p.policy === 'base' || iterationOf(p.policy) !== null;
  const rounds = policies.filter(isRound);
  const others = policies.filter(p => !isRound(p));
  return [
    ...rounds.map((p, i) => ({ policy: p.policy, x: i, label: String(iterationOf(p.policy) ?? 'base'), isRound: true })),
    ...others.map((p, i) => ({
      policy: p.policy,
      x: rounds.length + 0.3 + i,
      label: shortLabelOf(p.policy),
      isRound: false,
    })),
  ];
}

interface Series {
  readonly split: Split;
  readonly points: readonly (Point & Place)[];
}

/** null where the measure was not taken of any policy. */
export function roundsPicture(policies: readonly PolicyFacts[], measure: Measure): Html | null {
  const places = placesOf(policies);
  const series = (['train', 'test'] as const).map(split => seriesOf(policies, places, split, measure)).filter(s => s.points.length > 0);
  const test = series.at(-1);
  if (test === undefined) return null;
  const frame = frameOf(places, series, measure);
  const marks = series.flatMap(s => seriesMarks(frame, s));
  return picture(
    titleOf(test, measure),
    altOf(series, measure),
    frame,
    [...marks, ...splitLabels(frame, series)],
    noteOf(policies, series),
  );
}

function seriesOf(policies: readonly PolicyFacts[], places: readonly Place[], split: Split, measure: Measure): Series {
  const points = places.flatMap(place => {
    const evaluation = evaluationOf(policies, place.policy, split);
    const interval = evaluation === null ? null : VALUES[measure](evaluation);
    return interval === null ? [] : [{ ...place, interval }];
  });
  return { split, points };
}

function frameOf(places: readonly Place[], series: readonly Series[], measure: Measure): Frame {
  const intervals = series.flatMap(s => s.points.map(p => p.interval));
  const ticks = places.map(p => ({ at: p.x, label: p.label }));
  const y = shareAxis(intervals, measure === 'greedy' ? '% of problems solved' : '% of samples correct');
  return { x: { low: -0.4, high: (places.at(-1)?.x ?? 0) + 0.55, ticks, title: 'iteration' }, y, right: 8 };
}

function seriesMarks(frame: Frame, { split, points }: Series): Html[] {
  const rounds = points.filter(p => p.isRound);
  const isTrain = split === 'train';
  const look = (p: Place): Look =>
    p.isRound ? LOOKS[split] : { ...lookOf(p.policy, 1), marker: isTrain ? 'circle' : lookOf(p.policy, 1).marker };
  // train a little to the left, so that its bars do not hide those of test
  const shifted = (p: Point & Place) => ({ ...p, x: p.x + (isTrain ? -0.09 : 0) });
  return [
    line(frame, valuesOf(rounds.map(shifted)), LOOKS[split], isTrain ? 'dashed' : ''),
    ...points.map(shifted).flatMap(p => [bar(frame, p, look(p)), marker(frame, p.x, p.interval.value, look(p), isTrain)]),
  ];
}

/** 'test' and 'train' where their lines end. */
function splitLabels(frame: Frame, series: readonly Series[]): Html[] {
  const ends = series.flatMap(({ split, points }) => {
    const end = points.findLast(p => p.isRound);
    return end === undefined ? [] : [{ x: end.x, y: end.interval.value, text: split, look: LOOKS[split] }];
  });
  return series.length > 1 ? lineLabels(frame, ends, false) : [];
}

function titleOf({ points }: Series, measure: Measure): string {
  const what = measure === 'greedy' ? 'Greedy pass@1' : 'pass@1 when sampling';
  const rounds = points.filter(p => p.isRound);
  const [first, last] = [rounds[0], rounds.at(-1)];
  if (first === undefined || last === undefined || first === last)
    return `${what}, ${points.map(p => `${labelOf(p.policy)} ${percent(p.interval.value)} %`).join(', ')}`;
  return `${what}: ${percent(first.interval.value)} % (${labelOf(first.policy)}) to ${percent(last.interval.value)} % (${labelOf(last.policy)})`;
}

function noteOf(policies: readonly PolicyFacts[], series: readonly Series[]): string {
  const sizes = series.map(({ split, points }) => problemsOf(evaluationOf(policies, points[0]!.policy, split)!.problems, split));
  return `${sizes.toReversed().join(', ')}; bars: 95 % intervals`;
}

function altOf(series: readonly Series[], measure: Measure): string {
  const said = series.map(s => `${s.split}: ${s.points.map(p => `${labelOf(p.policy)} ${percent(p.interval.value)} %`).join(', ')}`);
  return `${measure} by iteration. ${said.toReversed().join('. ')}.`;
}
