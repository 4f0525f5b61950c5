// When a method that goes on until results level off (STaR, RAFT) has got there: its patience counts iterations whose reward on D_val, asked at the
// end of the M-step, was not above the best before. Read from the fits on the disk, so that a run that goes on decides as it did before.
// Without D_val there is nothing to go by, and a run has all its iterations.
import { readIfThere } from '../runs/atomic.ts';
import { iterationName } from '../runs/layout.ts';
import type { FitFile } from '../runs/rows.ts';
import type { Round } from './rounds.ts';
import { note, type Session } from './session.ts';

/** Whether the iterations before this round were enough. Says so at the first round that is left out: those after it lack a policy to sample. */
export async function hasLevelledOff(session: Session, { name, method, iteration, isArm }: Round): Promise<boolean> {
  const { patience } = method;
  if (patience === 0 || isArm || session.problems.validation.length === 0) return false;
  let best = { iteration: 0, reward: Number.NEGATIVE_INFINITY };
  for (let before = 1; before < iteration; before++) {
    const reward = await rewardAfter(session, before);
    if (reward > best.reward) best = { iteration: before, reward };
  }
  if (iteration - 1 - best.iteration < patience) return false;
  note(session, `${name}: left out, because the reward on D_val has not risen since ${iterationName(best.iteration)}`);
  return true;
}

/** The reward on D_val of the policy that an iteration made; of one that had nothing to fit, none. */
async function rewardAfter({ layout }: Session, iteration: number): Promise<number> {
  const text = await readIfThere(layout.policy(iterationName(iteration)).fit);
  const { validation, epoch_kept } = text === null ? EMPTY : (JSON.parse(text) as FitFile);
  return validation[validation.length === 1 ? 0 : epoch_kept - 1] ?? Number.NEGATIVE_INFINITY;
}

const EMPTY = { validation: [], epoch_kept: 0 };
