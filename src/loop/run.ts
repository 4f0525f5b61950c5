// ReST-EM and its family, the whole method on one screen (arXiv 2312.06585, Algorithm 1):
//
//   for every round: propose (E-step: sample, judge) → select (weight f(r)) → fit (M-step, from the base) → evaluate
//
// A method is data (methods/), so there is no second loop. Every step writes what it did into the run directory and finds it there again,
// so that going on after a crash is the same as starting: a step that is done returns at once, one that was cut off goes on where it can.
import type { EvaluationFile } from '../metrics/evaluation.ts';
import type { Policy } from '../policy/policy.ts';
import { measureDynamics } from './dynamics.ts';
import { evaluate } from './evaluate.ts';
import { dropSuperseded, type Fitted, fit, fittedBefore } from './fit.ts';
import { inSession, type RunOptions } from './in-session.ts';
import type { Plan } from './plan.ts';
import { hasLevelledOff } from './plateau.ts';
import { propose } from './propose.ts';
import { BASE, type Round } from './rounds.ts';
import { select } from './select.ts';
import type { Model, Session } from './session.ts';

export interface RunResult {
  readonly dir: string;
  /** One per policy measured, in the order they were measured. */
  readonly evaluations: readonly EvaluationFile[];
  /** Rounds that had nothing to fit, or came after one that had not. */
  readonly skipped: readonly string[];
}

/** Runs `plan`, or goes on with it. Throws ConfigError before any work, Interrupted when `signal` was raised and all is saved. */
export const run = (plan: Plan, policy: Policy, options: RunOptions): Promise<RunResult> =>
  inSession(plan, policy, options, async (session, rounds) => {
    const { prompts } = plan.task;
    const base: Model = { name: BASE, iteration: 0, path: plan.model };
    const models = new Map([[BASE, base]]);
    const evaluations: EvaluationFile[] = [];
    const measure = async (model: Model, round: Round | null): Promise<void> => {
      evaluations.push(await evaluate(session, model, prompts.train));
      await measureDynamics(session, model, round);
    };
    await measure(base, null);
    if (prompts.sample) evaluations.push(await evaluate(session, { ...base, name: 'base-best-prompt' }, prompts.sample));

    let last: (() => Promise<void>) | null = null;
    for (const round of rounds) {
      const previous = models.get(round.previous);
      if (!previous || (await hasLevelledOff(session, round))) continue;
      const model = await improve(session, round, base, previous);
      if (!model) continue; // nothing to learn from: the rounds that would sample it are left out too
      models.set(round.name, model);
      if (round.next !== null) continue;
      const measureIt = () => measure({ ...model, name: round.name, iteration: round.iteration }, round);
      if (plan.evaluation.policies !== 'last') await measureIt();
      else if (!round.isArm) last = measureIt;
    }
    await last?.();
    return { dir: plan.dir, evaluations, skipped: rounds.map(round => round.name).filter(name => !models.has(name)) };
  });

/** One round, E-step and M-step: the policy it makes, or null where no row was kept (a part of an iteration then leaves it as it was). */
async function improve(session: Session, round: Round, base: Model, previous: Model): Promise<Model | null> {
  const { model } = (await fittedBefore(session, round)) ?? (await proposeAndFit(session, round, base, previous));
  if (model) await dropSuperseded(session, round, previous);
  return model ?? (round.parts > 1 ? previous : null);
}

async function proposeAndFit(session: Session, round: Round, base: Model, previous: Model): Promise<Fitted> {
  await propose(session, round, previous);
  const rows = await select(session, round);
  return fit(session, round, rows, round.method.fitFrom === 'base' ? base : previous);
}
