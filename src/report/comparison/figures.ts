// What a comparison comes to: a row an arm, with its mean over problems and seeds and its paired differences from the base and from ReST-EM.
import { bootstrapMean, mean } from '../../metrics/bootstrap.ts';
import type { Evaluation, Interval } from '../../metrics/evaluation.ts';
import { isToldFromNoise, pairedDifference } from '../../metrics/paired.ts';
import { passAtK } from '../../metrics/pass-at-k.ts';
import { seedOf } from '../../random.ts';
import type { ArmRun } from './read.ts';

export interface Difference extends Interval {
  /** False where the interval holds zero. */
  readonly told: boolean;
  readonly problems: number;
}

/** Figures by measure: 'greedy', 'pass@1', … */
type ByMeasure<T> = Readonly<Record<string, T>>;

export interface ArmFigures {
  /** The method's name; 'random' is the control, 'base' the model before any method. */
  readonly arm: string;
  readonly title: string;
  /** Tokens sampled to learn from, mean over seeds. */
  readonly tokens: number;
  readonly seconds: number;
  readonly figures: ByMeasure<Interval>;
  readonly vs_base: ByMeasure<Difference>;
  readonly vs_rest_em: ByMeasure<Difference>;
  readonly seeds: readonly {
    readonly seed: number;
    readonly dir: string;
    readonly tokens: number;
    readonly seconds: number;
    readonly iterations: number;
    readonly state: ArmRun['state'];
    /** null where it was not measured. */
    readonly greedy: number | null;
  }[];
}

export interface ComparisonFigures {
  readonly task: string;
  readonly budget: number;
  readonly seeds: readonly number[];
  readonly problems: number;
  readonly measures: readonly string[];
  readonly base: ByMeasure<Interval>;
  readonly arms: readonly ArmFigures[];
}

const REFERENCE = 'rest-em';
const CONTROL = 'random';

type PerProblem = Evaluation['per_problem'][number];
type Value = (row: PerProblem) => number | null;

const VALUES: Readonly<Record<string, Value>> = { greedy: row => (row.greedy === null ? null : Number(row.greedy)) };
const worthBy = (measure: string): Value =>
  VALUES[measure] ?? (row => passAtK(row.samples, row.correct, Number(measure.replace('pass@', ''))) ?? null);

/** What a problem was worth, mean over seeds. */
type Worth = ReadonlyMap<string, number>;

function worthOf(evaluations: readonly (Evaluation | null)[], measure: string): Worth {
  const value = worthBy(measure);
  const rows = evaluations.flatMap(e => e?.per_problem ?? []).map(row => ({ id: row.id, worth: value(row) }));
  const known = rows.filter((row): row is { id: string; worth: number } => row.worth !== null);
  return new Map([...Map.groupBy(known, row => row.id)].map(([id, own]) => [id, mean(own.map(row => row.worth))]));
}

const intervalOf = (worth: Worth, measure: string, arm: string): Interval | null =>
  bootstrapMean([...worth.values()], { seed: seedOf('comparison', arm, measure) });

/** Only seeds that both sides were measured with, and problems that both were measured on. */
function differenceOf(
  after: readonly ArmRun[],
  before: readonly (readonly [number, Evaluation | null])[],
  measure: string,
): Difference | null {
  const other = new Map(before.filter(([, evaluation]) => evaluation !== null));
  const both = after.filter(run => run.evaluation !== null && other.has(run.seed));
  const is = worthOf(
    both.map(run => run.evaluation),
    measure,
  );
  const was = worthOf(
    both.map(run => other.get(run.seed)!),
    measure,
  );
  const pairs = [...is].flatMap(([id, worth]) => (was.has(id) ? [{ before: was.get(id)!, after: worth }] : []));
  const difference = pairedDifference(pairs, seedOf('comparison', 'difference', measure));
  return difference && { ...difference, told: isToldFromNoise(difference), problems: pairs.length };
}

function byMeasure<T>(measures: readonly string[], of: (measure: string) => T | null): ByMeasure<T> {
  return Object.fromEntries(
    measures.flatMap(measure => {
      const found = of(measure);
      return found === null ? [] : [[measure, found] as const];
    }),
  );
}

/** ReST-EM first, the control last, the others by name. */
function inOrder(arms: readonly string[]): string[] {
  const rank = (arm: string) => (arm === REFERENCE ? 0 : arm === CONTROL ? 2 : 1);
  return [...arms].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

export function figuresOf(runs: readonly ArmRun[]): ComparisonFigures {
  const byArm = Map.groupBy(runs, run => run.arm);
  const bases = [...Map.groupBy(runs, run => run.seed)].map(
    ([seed, own]) => [seed, own.find(run => run.base !== null)?.base ?? null] as const,
  );
  const first = bases.find(([, base]) => base !== null)?.[1] ?? null;
  const measures = ['greedy', ...Object.keys(first?.pass_at_k ?? {}).map(k => `pass@${k}`)];
  const references = (byArm.get(REFERENCE) ?? []).map(run => [run.seed, run.evaluation] as const);
  const base = (measure: string) =>
    worthOf(
      bases.map(([, evaluation]) => evaluation),
      measure,
    );
  const figures = (arm: string, own: readonly ArmRun[]): ArmFigures => ({
    ...{ arm, title: own[0]!.title, tokens: mean(own.map(run => run.tokens)), seconds: mean(own.map(run => run.seconds)) },
    figures: byMeasure(measures, measure =>
      intervalOf(
        worthOf(
          own.map(run => run.evaluation),
          measure,
        ),
        measure,
        arm,
      ),
    ),
    vs_base: byMeasure(measures, measure => differenceOf(own, bases, measure)),
    vs_rest_em: byMeasure(measures, measure => (arm === REFERENCE ? null : differenceOf(own, references, measure))),
    seeds: own.map(({ seed, dir, tokens, seconds, iterations, state, evaluation }) => ({
      ...{ seed, dir, tokens, seconds, iterations, state },
      greedy: evaluation?.greedy?.value ?? null,
    })),
  });
  return {
    task: runs[0]!.task,
    budget: Math.max(...runs.map(run => run.budget)),
    seeds: bases.map(([seed]) => seed),
    problems: base('greedy').size,
    measures,
    base: byMeasure(measures, measure => intervalOf(base(measure), measure, 'base')),
    arms: inOrder([...byArm.keys()]).map(arm => figures(arm, byArm.get(arm)!)),
  };
}
