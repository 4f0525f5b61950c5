// `run --dry-run`: the plan in words and numbers. Bounds, not guesses: every completion is counted at its full length.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Resolved } from '../config/resolve.ts';
import { drawsOf, drawsOfProblem } from '../loop/rounds.ts';
import { count, plural } from '../report/words.ts';

/** What a plan comes to. */
export interface PlanFacts {
  readonly name: string;
  readonly dir: string;
  readonly goes_on: boolean;
  readonly model: {
    readonly path: string;
    readonly parameters: number;
    readonly layers: number;
    readonly hidden: number;
    readonly vocab: number;
  };
  readonly task: string;
  readonly method: string;
  readonly arms: readonly string[];
  readonly iterations: number;
  readonly problems: { readonly train: number; readonly validation: number; readonly test: number };
  readonly samples_per_problem: number;
  readonly max_tokens: number;
  /** At most: sampling for training, and for measuring all policies. Completions of D_val are not among them. */
  readonly completions: { readonly training: number; readonly evaluation: number };
  readonly tokens_at_most: number;
  readonly notes: readonly string[];
}

export function planFacts({ plan, model, problems, rounds, notes }: Resolved): PlanFacts {
  const { config } = model;
  const { iterations } = plan.method;
  const main = rounds.find(round => !round.isArm);
  const policies = 1 + Number(plan.task.prompts.sample !== undefined) + rounds.filter(round => round.next === null).length;
  const measured = problems.test.length + plan.evaluation.trainProblems;
  const completions = {
    training: rounds.reduce((sum, round) => sum + drawsOf(round), 0),
    evaluation: policies * measured * (1 + plan.evaluation.samples),
  };
  return {
    name: plan.name,
    dir: plan.dir,
    goes_on: existsSync(join(plan.dir, 'config.json')),
    model: { path: plan.model, parameters: model.parameters, layers: config.layers, hidden: config.hidden, vocab: config.vocab },
    task: plan.task.name,
    method: plan.method.name,
    arms: plan.arms.map(arm => arm.name),
    iterations,
    problems: { train: problems.train.length, validation: problems.validation.length, test: problems.test.length },
    samples_per_problem: main ? drawsOfProblem(main.method.propose) : 0,
    max_tokens: plan.maxTokens,
    completions,
    tokens_at_most: (completions.training + completions.evaluation) * plan.maxTokens,
    notes,
  };
}

export function describePlan(resolved: Resolved): string {
  const f = planFacts(resolved);
  const { model, problems, completions } = f;
  const rows: readonly (readonly [string, string])[] = [
    ['run', `${f.name}, in ${f.dir}${f.goes_on ? ' (there is a run already)' : ''}`],
    [
      'model',
      `${model.path}: ${count(model.parameters)} parameters, ${model.layers} layers of ${model.hidden}, ${count(model.vocab)} tokens`,
    ],
    [
      'task',
      `${f.task}: ${count(problems.train)} to train on, ${count(problems.validation)} to stop by, ${count(problems.test)} to measure on`,
    ],
    ['method', `${f.method}, ${plural(f.iterations, 'iteration')}${f.arms.length > 0 ? `; beside it ${f.arms.join(', ')}` : ''}`],
    ['samples', `${f.samples_per_problem} a problem and iteration, at most ${count(f.max_tokens)} tokens each`],
    [
      'in all',
      `${count(completions.training)} completions to learn from, ${count(completions.evaluation)} to measure: at most ${count(f.tokens_at_most)} tokens`,
    ],
  ];
  const all = [...rows, ...f.notes.map(text => ['note', text] as const)];
  return `${all.map(([name, text]) => `${name.padEnd(8)} ${text}`).join('\n')}\nNothing was done: this was a dry run.\n`;
}
