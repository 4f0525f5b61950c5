// What a round did to its policy (metrics/dynamics.ts): the bound before and after its M-step, on training and on held-out problems, how far it is from the
// base, how different and how long its solutions are. Samples are those that the E-step and the evaluation drew in any case; some of them, of
// a bounded number of problems, are scored again by another policy. Written once, whole; nothing else reads it to go on.
import { type CountedSample, type Kl, klFromBase, type SampleFacts, sampleFacts } from '../metrics/drift.ts';
import type { DynamicsFile } from '../metrics/dynamics.ts';
import { type Bound, boundOf, type ProblemEvidence } from '../metrics/elbo.ts';
import type { ScoreRow } from '../policy/policy.ts';
import { seedOf } from '../random.ts';
import { readIfThere, writeWhole } from '../runs/atomic.ts';
import { readJsonl } from '../runs/jsonl.ts';
import { iterationName } from '../runs/layout.ts';
import type { SampleRow } from '../runs/rows.ts';
import type { Problem } from '../tasks/task.ts';
import type { Round } from './rounds.ts';
import { type Model, type Session, throwIfStopped } from './session.ts';

/** Samples of a problem that are scored again, at most. */
const SCORED = 4;

/** Writes the dynamics of `model`, which `round` has made (null: the base). Does nothing where the plan asks for none or they are there. */
export async function measureDynamics(session: Session, model: Model, round: Round | null): Promise<void> {
  const { plan, layout, clock, emit } = session;
  const place = layout.policy(model.name).dynamics;
  if (!plan.evaluation.dynamics || (await readIfThere(place)) !== null) return;
  throwIfStopped(session.signal);
  const began = clock();
  const file = await dynamicsOf(session, model, round);
  await writeWhole(place, `${JSON.stringify(file, null, 2)}\n`);
  const { train, held_out, kl_from_base } = file;
  emit({
    kind: 'dynamics',
    policy: model.name,
    train: train.bound?.after.value ?? null,
    held_out: held_out.bound?.after.value ?? null,
    kl: kl_from_base?.value.value ?? null,
    seconds: (clock() - began) / 1000,
  });
}

async function dynamicsOf(session: Session, model: Model, round: Round | null): Promise<DynamicsFile> {
  const { layout, problems } = session;
  const previous = round === null ? null : previousOf(round);
  const samplesOf = (policy: string) => readSamples(session, policy, layout.policy(policy).samples('test'), problems.test);
  const own = await samplesOf(model.name);
  const drawn = round && (await readSamples(session, previous!, layout.policy(round.samples).samples('train'), round.problems));
  const before = previous === null ? null : await samplesOf(previous);
  return {
    policy: model.name,
    previous,
    train: { samples: drawn?.facts ?? null, bound: drawn && (await boundAfter(session, model, drawn, 'train')) },
    held_out: { samples: own.facts, bound: before && (await boundAfter(session, model, before, 'held-out')) },
    kl_from_base: round && (await klOf(session, own)),
  };
}

/** The policy measured before this one; of a method's first iteration the one it starts with. */
const previousOf = ({ isArm, iteration, method }: Round): string => (!isArm && iteration > 1 ? iterationName(iteration - 1) : method.start);

/** Judged samples of a problem; failed ones are left out. */
interface OfProblem {
  readonly problem: Problem;
  readonly rewards: readonly number[];
  /** The first ones, to be scored again: any, and correct ones. */
  readonly any: readonly SampleRow[];
  readonly right: readonly SampleRow[];
}

interface Samples {
  readonly facts: SampleFacts | null;
  /** Of a bounded number of problems. */
  readonly problems: readonly OfProblem[];
}

async function readSamples({ plan }: Session, policy: string, file: string, problems: readonly Problem[]): Promise<Samples> {
  const counted = new Map<string, CountedSample[]>();
  const chosen = problems.slice(0, plan.evaluation.dynamics);
  const scored = new Map(chosen.map(problem => [problem.id, [] as SampleRow[]]));
  for await (const row of readJsonl<SampleRow>(file)) {
    const { problem_id, completion: text, reward, verdict, tokens } = row;
    if (reward === null) continue;
    const own = counted.get(problem_id) ?? [];
    counted.set(problem_id, own);
    own.push({ text, isCorrect: verdict === 'correct', tokens: tokens.length });
    // of a tree search only those that began at the prompt are samples of the policy
    if ((row.prefix_tokens ?? 0) === 0) scored.get(problem_id)?.push(row);
  }
  const known = chosen.map(problem => ofProblem(problem, scored.get(problem.id)!));
  return { facts: sampleFacts(policy, [...counted.values()]), problems: known };
}

const ofProblem = (problem: Problem, rows: readonly SampleRow[]): OfProblem => ({
  problem,
  rewards: rows.map(row => row.reward!),
  any: rows.slice(0, SCORED),
  right: rows.filter(row => row.reward! > 0).slice(0, SCORED),
});

/** log p of whole completions by a policy, [problem][sample]. */
async function score({ policy, plan }: Session, path: string, problems: readonly OfProblem[], which: 'any' | 'right'): Promise<number[][]> {
  const rows = problems.map(each =>
    each[which].map((row): ScoreRow => ({ prompt: plan.task.prompts.train(each.problem), completion: row.tokens })),
  );
  const scores = (await policy.score(path, rows.flat())).map(sum);
  const ends = rows.map((_, i) => sum(rows.slice(0, i + 1).map(own => own.length)));
  return rows.map((own, i) => scores.slice(ends[i]! - own.length, ends[i]));
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** The bound on the problems of `samples`, which a policy drew that `model` was made from. */
async function boundAfter(session: Session, model: Model, { problems }: Samples, split: string): Promise<Bound | null> {
  const after = await score(session, model.path, problems, 'right');
  const evidence = problems.map(
    ({ rewards, right }, i): ProblemEvidence => ({
      rewards,
      scored: right.map((row, j) => ({ reward: row.reward!, before: sum(row.logprobs), after: after[i]![j]! })),
    }),
  );
  return boundOf(evidence, seedOf(session.plan.seed, 'bound', split));
}

async function klOf(session: Session, { problems }: Samples): Promise<Kl | null> {
  const base = await score(session, session.plan.model, problems, 'any');
  const twice = problems.map(({ any }, i) =>
    any.map((row, j) => ({ own: sum(row.logprobs), base: base[i]![j]!, tokens: row.tokens.length })),
  );
  return klFromBase(twice, seedOf(session.plan.seed, 'kl'));
}
