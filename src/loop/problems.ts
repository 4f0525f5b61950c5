// Which problems a run uses: of each split the first ones in an order drawn from the run's seed, so that asking for more later keeps those
// of before, and D_val from the end of the training ones. D_val is sampled for early stopping and nothing else: never trained on.
import { ConfigError } from '../errors.ts';
import { rngOf, seedOf, shuffled } from '../random.ts';
import type { Problem, Split, Task } from '../tasks/task.ts';
import type { Plan } from './plan.ts';

export interface ChosenProblems {
  readonly train: readonly Problem[];
  /** D_val; empty: no early stopping. */
  readonly validation: readonly Problem[];
  readonly test: readonly Problem[];
}

export async function chooseProblems(plan: Plan): Promise<ChosenProblems> {
  const train = await firstOf(plan.task, 'train', plan.problems.train, plan.seed);
  const test = await firstOf(plan.task, 'test', plan.problems.test, plan.seed);
  const held = plan.validation > 0 ? Math.max(1, Math.round(plan.validation * train.length)) : 0;
  if (held > 0 && train.length <= held)
    throw new ConfigError({ field: 'problems.train', message: `${train.length} training problems leave none to train on` });
  return { train: train.slice(0, train.length - held), validation: train.slice(train.length - held), test };
}

async function firstOf(task: Task, split: Split, count: number | null, seed: number): Promise<readonly Problem[]> {
  const all = shuffled(await task.problems(split), rngOf(seedOf(seed, 'problems', split)));
  return count === null ? all : all.slice(0, count);
}
