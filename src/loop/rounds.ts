// The plan as a list of rounds: a round proposes rows, fits weights to them, and is measured. The iterations of the run's method come first, each
// sampled from the policy before it; then its arms, one iteration each, from the base or from SFT. The loop does the same for all; what
// differs is in the rows. A method that fits more than once an iteration (mini-batches, rising thresholds) has a round for every fit:
// 'iteration-1/part-1', 'iteration-1/part-2', …, of which the last is the iteration itself. A part is not measured; a run that was
// killed goes on from the last part that was saved.
import { ConfigError } from '../errors.ts';
import type { Method, Propose, Weigh } from '../methods/method.ts';
import { METHODS } from '../methods/table.ts';
import { rngOf, seedOf, shuffled } from '../random.ts';
import { iterationName, partName } from '../runs/layout.ts';
import type { Problem } from '../tasks/task.ts';
import { complaintsAbout } from './complaints.ts';
import type { Plan } from './plan.ts';
import type { ChosenProblems } from './problems.ts';

export interface Round {
  /** Name of its policy and of its folder: 'iteration-2', 'sft', 'iteration-1/part-3', … */
  readonly name: string;
  readonly method: Method;
  /** 1, 2, …; an arm is 1, because it stands beside the first iteration. */
  readonly iteration: number;
  /** The policy it samples from and, with `fitFrom: 'previous'`, starts from. */
  readonly previous: string;
  /** What it samples and learns from: all training problems, or a mini-batch of them. */
  readonly problems: readonly Problem[];
  /** Which mini-batch of the iteration, from 1; 0: there is one. */
  readonly batch: number;
  /** 0, 1, …: which M-step on the same samples this is. */
  readonly improve: number;
  /** The folder that holds its samples: its own, or that of the last round with the same ones. */
  readonly samples: string;
  /** Folders with samples of the rounds before it, oldest first. */
  readonly past: readonly string[];
  /** The part of the same iteration that comes after it; null: it is the iteration. */
  readonly next: string | null;
  /** How many fits its iteration has. */
  readonly parts: number;
  /** Whether it is an arm of the run. */
  readonly isArm: boolean;
}

export const BASE = 'base';
/** The round that an arm's `reuse` and `as-first-iteration` mean. */
export const FIRST = iterationName(1);

/** All rounds in the order they are run. Throws ConfigError for methods that cannot stand in this run. */
export function roundsOf(plan: Plan, problems: ChosenProblems): Round[] {
  const complaints = complaintsAbout(plan, problems);
  if (complaints.length > 0) throw new ConfigError(complaints);
  const { method, arms } = plan;
  const sft = [method, ...arms].some(({ start }) => start === 'sft') ? (arms.find(isSft) ?? METHODS.sft) : null;
  const rounds = (of: Method, nameOf: (iteration: number) => string, isArm: boolean) =>
    roundsOfMethod(of, { nameOf, isArm, seed: plan.seed, problems: problems.train });
  return [
    ...(sft ? rounds(sft, () => sft.name, true) : []),
    ...rounds(method, iterationName, false),
    ...arms.filter(arm => arm !== sft).flatMap(arm => rounds(withCapOf(method, arm), () => arm.name, true)),
  ];
}

/** The arm that is at the same time where other methods start. */
const isSft = ({ name, propose }: Method): boolean => name === METHODS.sft.name && propose.kind === 'solutions';

/** A control keeps as many rows a problem as the method it is a control of, whatever cap its own row names. */
const withCapOf = ({ weigh }: Method, arm: Method): Method =>
  arm.weigh.kind === 'random' ? { ...arm, weigh: { kind: 'random', keepPerProblem: capOf(weigh) } } : arm;

/** Rows a problem at most; 0: no cap. */
const capOf = (weigh: Weigh): number => (weigh.kind === 'best' ? 1 : 'keepPerProblem' in weigh ? weigh.keepPerProblem : 0);

interface Setting {
  readonly nameOf: (iteration: number) => string;
  readonly isArm: boolean;
  readonly seed: number;
  readonly problems: readonly Problem[];
}

function roundsOfMethod(method: Method, { nameOf, isArm, seed, problems }: Setting): Round[] {
  const rounds: Round[] = [];
  for (let iteration = 1; iteration <= method.iterations; iteration++) {
    const batches = batchesOf(problems, method.batchProblems, seedOf(seed, 'batches', iteration));
    const improves = improvesOf(method.weigh);
    const parts = batches.length * improves;
    const nameAt = (part: number) => (part === parts - 1 ? nameOf(iteration) : partName(nameOf(iteration), part + 1, parts));
    for (let part = 0; part < parts; part++) {
      const [batch, improve] = [Math.floor(part / improves), part % improves];
      const samples = method.propose.kind === 'reuse' ? FIRST : nameAt((batch + 1) * improves - 1);
      rounds.push({
        ...{ name: nameAt(part), method, iteration, previous: rounds.at(-1)?.name ?? method.start, problems: batches[batch]!, improve },
        ...{
          batch: batches.length > 1 ? batch + 1 : 0,
          samples,
          past: [...new Set(rounds.map(round => round.samples))].filter(folder => folder !== samples),
        },
        ...{ next: part === parts - 1 ? null : nameAt(part + 1), parts, isArm },
      });
    }
  }
  return rounds;
}

/** Mini-batches in an order of the iteration's own; without them the problems as they are. */
function batchesOf(problems: readonly Problem[], size: number, seed: number): (readonly Problem[])[] {
  if (size === 0 || size >= problems.length) return [problems];
  const mixed = shuffled(problems, rngOf(seed));
  return Array.from({ length: Math.ceil(mixed.length / size) }, (_, i) => mixed.slice(i * size, (i + 1) * size));
}

/** M-steps on the same samples. */
export const improvesOf = (weigh: Weigh): number => (weigh.kind === 'above' ? weigh.thresholds.length : 1);

const DRAWS: { readonly [K in Propose['kind']]: (propose: Extract<Propose, { kind: K }>) => number } = {
  sample: propose => propose.samplesPerProblem,
  greedy: ({ hint }) => (hint === 'failed' ? 2 : 1),
  search: propose => propose.samplesPerProblem,
  solutions: () => 0,
  reuse: () => 0,
};

/** Completions a problem and iteration, or tokens worth as many; at most. */
export const drawsOfProblem = (propose: Propose): number => (DRAWS[propose.kind] as (propose: Propose) => number)(propose);

/** Completions that a round samples to learn from, or tokens worth as many; at most. */
export const drawsOf = ({ method, problems, improve }: Round): number =>
  improve > 0 ? 0 : drawsOfProblem(method.propose) * problems.length;
