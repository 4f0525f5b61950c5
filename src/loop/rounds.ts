// The plan as a list of rounds: a round proposes rows, fits weights to them, and is measured. The iterations of the run's method come first, each
// sampled from the policy before it; then its arms, one round each, from the base. The loop does the same for all; what differs is in the rows.
import { type Complaint, ConfigError } from '../errors.ts';
import type { Method, Weigh } from '../methods/method.ts';
import { iterationName } from '../runs/layout.ts';
import type { Plan } from './plan.ts';
import type { ChosenProblems } from './problems.ts';

export interface Round {
  /** Name of its policy and of its folder: 'iteration-2', 'sft', … */
  readonly name: string;
  readonly method: Method;
  /** 1, 2, …; an arm is 1, because it stands beside the first iteration. */
  readonly iteration: number;
  /** The policy it samples from and, with `fitFrom: 'previous'`, starts from. */
  readonly previous: string;
  /** Whether it is an arm of the run. */
  readonly isArm: boolean;
}

export const BASE = 'base';
/** The round that an arm's `reuse` and `as-first-iteration` mean. */
export const FIRST = iterationName(1);

/** All rounds in the order they are run. Throws ConfigError for arms that cannot stand in this run. */
export function roundsOf(plan: Plan, problems: ChosenProblems): Round[] {
  const complaints = complaintsOf(plan, problems);
  if (complaints.length > 0) throw new ConfigError(complaints);
  const iterations = Array.from({ length: plan.method.iterations }, (_, i): Round => {
    const previous = i === 0 ? BASE : iterationName(i);
    return { name: iterationName(i + 1), method: plan.method, iteration: i + 1, previous, isArm: false };
  });
  const arms = plan.arms.map(
    (arm): Round => ({ name: arm.name, method: withCapOf(plan.method, arm), iteration: 1, previous: BASE, isArm: true }),
  );
  return [...iterations, ...arms];
}

/** A control that reuses samples keeps as many rows a problem as the method it is a control of, whatever cap its own row names. */
function withCapOf(main: Method, arm: Method): Method {
  if (arm.propose.kind !== 'reuse') return arm;
  return { ...arm, weigh: { keepPerProblem: 0, ...main.weigh, kind: arm.weigh.kind } satisfies Weigh };
}

function complaintsOf({ method, arms }: Plan, problems: ChosenProblems): Complaint[] {
  const complaints: Complaint[] = [];
  const hasSolutions = problems.train.some(problem => problem.solution !== undefined);
  if (method.propose.kind === 'solutions' && !hasSolutions)
    complaints.push({ field: 'method', message: `${method.name} needs human solutions, and no training problem of this task has one` });
  if (method.propose.kind === 'solutions' && method.iterations !== 1)
    complaints.push({
      field: 'method.iterations',
      message: `${method.name} samples nothing, so it has one iteration; ${method.iterations} came`,
    });
  if (method.propose.kind === 'reuse' || method.stop === 'as-first-iteration')
    complaints.push({ field: 'method', message: `${method.name} can only stand beside another method; name it under arms` });
  for (const [i, arm] of arms.entries()) {
    const complain = (message: string) => complaints.push({ field: `arms.${i}`, message: `${arm.name} ${message}` });
    if (arms.findIndex(other => other.name === arm.name) < i) complain('is named twice');
    if (arm.name === BASE || arm.name.startsWith('iteration-')) complain('is a name the run itself uses');
    if (arm.iterations !== 1) complain('has several iterations; an arm has one. Give it a run of its own');
    if (arm.propose.kind === 'solutions' && !hasSolutions) complain('needs human solutions, and no training problem of this task has one');
    if (arm.stop === 'as-first-iteration' && method.stop !== 'validation')
      complain('follows the first iteration, which does not choose its epochs');
    if (arm.propose.kind === 'reuse' && method.propose.kind !== 'sample')
      complain(`needs samples to choose from, but ${method.name} samples nothing`);
  }
  return complaints;
}
