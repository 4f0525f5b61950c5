// Opens and closes what the loop in run.ts needs: checks the plan, opens the run directory, says what happens to whoever listens, and turns a raised
// signal into Interrupted once everything is on the disk.
import { Interrupted, StoreError } from '../errors.ts';
import type { Policy } from '../policy/policy.ts';
import type { Clock, RunEvent, Stage, TimedEvent } from '../runs/events.ts';
import { openRun } from '../runs/open.ts';
import { withOpenTask } from '../tasks/with-open-task.ts';
import { measuredProblems, PHASES } from './evaluate.ts';
import { epochsOf } from './fit.ts';
import type { Plan } from './plan.ts';
import { type ChosenProblems, chooseProblems } from './problems.ts';
import { BASE, drawsOf, type Round, roundsOf } from './rounds.ts';
import { note, type Session } from './session.ts';

export interface RunOptions {
  readonly clock: Clock;
  /** Raised to stop; what is finished by then is kept. */
  readonly signal: AbortSignal;
  /** Hears every event as it happens; events.jsonl has the same, progress within waves left out. */
  readonly onEvent: (event: TimedEvent) => void;
}

/** Runs `work` with an open session and closes it, whatever happens. */
export async function inSession<T>(plan: Plan, policy: Policy, options: RunOptions, work: Work<T>): Promise<T> {
  const problems = await chooseProblems(plan);
  const rounds = roundsOf(plan, problems);
  return withOpenTask(plan.task, () => inDirectory(plan, policy, options, problems, rounds, work));
}

type Work<T> = (session: Session, rounds: readonly Round[]) => Promise<T>;

async function inDirectory<T>(
  plan: Plan,
  policy: Policy,
  { clock, signal, onEvent }: RunOptions,
  problems: ChosenProblems,
  rounds: readonly Round[],
  work: Work<T>,
): Promise<T> {
  const directory = await openRun(plan.dir, plan.config);
  const { layout, events, resumed } = directory;
  const emit = (event: RunEvent): void => {
    const timed: TimedEvent = { time: new Date(clock()).toISOString(), ...event };
    events.append(timed);
    onEvent(timed);
  };
  const session: Session = { plan, policy, problems, layout, signal, clock, emit };
  try {
    emit({ kind: 'start', resumed, run: plan.name, stages: stagesOf(plan, problems, rounds) });
    for (const message of directory.notes) note(session, message);
    const sandbox = plan.task.sandbox?.() ?? null;
    if (sandbox !== null) emit({ kind: 'sandbox', ...sandbox });
    const result = await work(session, rounds);
    emit({ kind: 'end', reason: 'finished', message: '' });
    return result;
  } catch (error) {
    const isStop = error instanceof Interrupted || (signal.aborted && !(error instanceof StoreError));
    const message = error instanceof Error ? error.message : String(error);
    sayLast(emit, isStop ? { kind: 'end', reason: 'interrupted', message: '' } : { kind: 'end', reason: 'failed', message });
    throw isStop ? new Interrupted() : error;
  } finally {
    await directory.close();
  }
}

/** On a full disk the last word cannot be written either; the error that led here is the one to tell. */
function sayLast(emit: (event: RunEvent) => void, event: RunEvent): void {
  try {
    emit(event);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}

/** Whether a round's policy will be measured, as far as it is known before the run. */
const isMeasured = ({ method, evaluation }: Plan, { next, isArm, iteration }: Round): boolean =>
  next === null && (evaluation.policies !== 'last' || (!isArm && iteration === method.iterations));

function stagesOf(plan: Plan, problems: ChosenProblems, rounds: readonly Round[]): Stage[] {
  const measured = measuredProblems(plan, problems);
  const evaluation = (policy: string): Stage[] =>
    (['test', 'train'] as const).flatMap(split => [
      { policy, phase: PHASES[split].greedy, completions: measured[split].length },
      { policy, phase: PHASES[split].sampled, completions: measured[split].length * plan.evaluation.samples },
    ]);
  const work = (round: Round): Stage[] => [
    { policy: round.samples, phase: 'train', completions: drawsOf(round) },
    { policy: round.name, phase: 'fit', epochs: epochsOf(plan, round.method) },
    ...(isMeasured(plan, round) ? evaluation(round.name) : []),
  ];
  const bases = plan.task.prompts.sample ? [BASE, 'base-best-prompt'] : [BASE];
  return [...bases.flatMap(evaluation), ...rounds.flatMap(work)].filter(stage => stage.completions !== 0);
}
