// The weight f(r) of every sample (arXiv 2312.06585, Eq. 2: q ∝ f(r) · p_θ): which rows the M-step sees and how much each counts. A row of each
// table a kind: which samples can count at all, then (distinct.ts) one of those that are the same, then which of a problem's stay and with
// what weight, then the balance between problems. Choices are a function of the seed, the problem and the set of its samples: neither
// their order nor other problems count, but where a row says so (`global`, weights relative to the largest reward there is).
import type { Method, Weigh } from '../methods/method.ts';
import { type Rng, rngOf, seedOf, shuffled } from '../random.ts';
import type { Candidate, Standing } from './candidate.ts';
import { distinctOf } from './distinct.ts';

export interface Kept {
  readonly weight: number;
  /** The samples that are the same, itself first. */
  readonly samples: readonly string[];
}

/** What a kind of weighing may ask about the samples of one problem. */
interface Hand {
  /** Those that can count, one of each that are the same, in the order of their ids. */
  readonly standing: readonly Standing[];
  /** Correct samples, the same ones counted each. */
  readonly correct: number;
  /** The largest reward that weights are relative to. */
  readonly top: number;
  readonly rng: Rng;
}

type Weighted = readonly (readonly [Standing, number])[];
type OfKind<K extends Weigh['kind']> = Extract<Weigh, { kind: K }>;

/** Whether a sample can count; `improve`: which M-step on the same samples this is. `failed` ones never do: nobody knows what they are. */
const COUNTS: { readonly [K in Weigh['kind']]: (sample: Candidate, weigh: OfKind<K>, improve: number) => boolean } = {
  correct: sample => isCorrect(sample),
  above: ({ reward }, { thresholds }, improve) => reward !== null && reward > thresholds[improve]!,
  exponential: () => true,
  best: () => true,
  replay: sample => isCorrect(sample),
  random: () => true,
  all: () => true,
};

const KEEP: { readonly [K in Weigh['kind']]: (hand: Hand, weigh: OfKind<K>) => Weighted } = {
  correct: (hand, { keepPerProblem }) => alike(draw(hand, hand.standing, capOf(keepPerProblem))),
  above: hand => alike(hand.standing),
  exponential: ({ standing, top }, { beta, unsolved }) => {
    if (unsolved === 'drop' && highest(standing) <= 0) return [];
    const weighted = standing.map(one => [one, Math.exp((rewardOf(one) - top) / beta)] as const);
    return weighted.filter(([, weight]) => weight > NEGLIGIBLE);
  },
  best: (hand, { unsolved }) => {
    const best = highest(hand.standing);
    if (unsolved === 'drop' && best <= 0) return [];
    const ties = hand.standing.filter(one => rewardOf(one) === best);
    return alike(draw(hand, ties, 1));
  },
  replay: ({ standing, rng }, { rowsPerProblem }) => {
    if (standing.length === 0) return [];
    const drawn = Array.from({ length: rowsPerProblem }, () => standing[rng.below(standing.length)]!);
    return [...Map.groupBy(drawn, one => one)].map(([one, times]) => [one, times.length]);
  },
  random: (hand, { keepPerProblem }) => alike(draw(hand, hand.standing, Math.min(hand.correct, capOf(keepPerProblem)))),
  all: hand => alike(hand.standing),
};

/** Beside a weight of 1, what float32 cannot tell from nothing. */
const NEGLIGIBLE = 2 ** -24;

const alike = (standing: readonly Standing[]): Weighted => standing.map(one => [one, 1]);
const draw = ({ rng }: Hand, from: readonly Standing[], count: number) => shuffled(from, rng).slice(0, count);
const byId = ({ sample: a }: Standing, { sample: b }: Standing): number => (a.id < b.id ? -1 : Number(a.id > b.id));
const rewardOf = ({ sample }: Standing): number => sample.reward ?? 0;
const highest = (standing: readonly Standing[]): number => standing.reduce((top, one) => Math.max(top, rewardOf(one)), 0);
const capOf = (keepPerProblem: number): number => (keepPerProblem === 0 ? Number.POSITIVE_INFINITY : keepPerProblem);
export const isCorrect = ({ verdict }: Pick<Candidate, 'verdict'>): boolean => verdict === 'correct';

/** The samples that are kept, by id, with their weights. */
export function weighSamples(
  { weigh, distinct, balance }: Pick<Method, 'weigh' | 'distinct' | 'balance'>,
  samples: readonly Candidate[],
  seed: number,
  improve = 0,
): Map<string, Kept> {
  const counts = COUNTS[weigh.kind] as (sample: Candidate, weigh: Weigh, improve: number) => boolean;
  const keep = KEEP[weigh.kind] as (hand: Hand, weigh: Weigh) => Weighted;
  const all = samples.filter(sample => sample.verdict !== 'failed');
  const standing = distinctOf(
    distinct,
    all.filter(sample => counts(sample, weigh, improve)),
  );
  const top = highest(standing);
  const correct = Map.groupBy(all.filter(isCorrect), sample => sample.problem_id);
  const kept = new Map<string, Kept>();
  for (const [problemId, of] of Map.groupBy(standing.toSorted(byId), one => one.sample.problem_id)) {
    const rng = rngOf(seedOf(seed, 'select', weigh.kind, problemId));
    const hand: Hand = {
      standing: of,
      correct: correct.get(problemId)?.length ?? 0,
      top: balance === 'problems' ? highest(of) : top,
      rng,
    };
    for (const [one, weight] of BALANCE[balance](keep(hand, weigh)))
      kept.set(one.sample.id, { weight, samples: [one.sample.id, ...one.same] });
  }
  return kept;
}

/** Between the problems: every row by its weight, or every problem the same, its rows by their share. */
const BALANCE: Readonly<Record<Method['balance'], (rows: Weighted) => Weighted>> = {
  rows: rows => rows,
  problems: rows => {
    const sum = rows.reduce((total, [, weight]) => total + weight, 0);
    return rows.map(([one, weight]) => [one, weight / sum]);
  },
};
