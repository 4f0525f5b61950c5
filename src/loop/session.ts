// What every step of the loop is given: the plan, the policy, the problems, the open run directory, and how to say what happens. One session is one
// process working on a run; a run that was stopped has several.
import { Interrupted } from '../errors.ts';
import type { Policy } from '../policy/policy.ts';
import type { Clock, RunEvent } from '../runs/events.ts';
import type { Layout } from '../runs/layout.ts';
import type { Plan } from './plan.ts';
import type { ChosenProblems } from './problems.ts';

export interface Session {
  readonly plan: Plan;
  readonly policy: Policy;
  readonly problems: ChosenProblems;
  readonly layout: Layout;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  emit(event: RunEvent): void;
}

/** Where the weights of a policy lie, with its name in the ledger. */
export interface Model {
  readonly name: string;
  readonly iteration: number;
  readonly path: string;
}

export const note = (session: Session, message: string): void => session.emit({ kind: 'note', message });

/** Throws Interrupted once the user has asked to stop. */
export function throwIfStopped(signal: AbortSignal): void {
  if (signal.aborted) throw new Interrupted();
}

/** `work`, or Interrupted as soon as the user asks to stop; the caller then closes what is still at work. */
export async function orStopped<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let stop: (() => void) | undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new Interrupted());
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}
