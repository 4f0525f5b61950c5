// Judges one completion. Two things are ours and not the task's: a completion cut at the token limit is incorrect whatever it says, and a
// verifier that breaks is asked again before the sample is recorded as `failed`. An exception never becomes a reward. When the share of
// `failed` grows the run stops: going on would spend hours on samples that nobody can judge.
import type { Generation } from '../policy/policy.ts';
import type { SampleRow } from '../runs/rows.ts';
import type { Problem, Task } from '../tasks/task.ts';
import { failed, incorrect, rewardOf, type Verdict } from '../verifiers/verdict.ts';

const TRIES = 3;
const MOST_FAILED = 0.2;
/** Below this many samples a share says nothing. */
const FEWEST = 20;

/** The verdict on a completion; `failed` only after three tries. */
export async function judge(task: Task, problem: Problem, { text, finish }: Pick<Generation, 'text' | 'finish'>): Promise<Verdict> {
  if (finish === 'length') return incorrect(null, 'cut at the token limit');
  let verdict = await attempt(task, problem, text);
  for (let tries = 1; tries < TRIES && verdict.kind === 'failed'; tries++) verdict = await attempt(task, problem, text);
  return verdict;
}

async function attempt(task: Task, problem: Problem, text: string): Promise<Verdict> {
  try {
    return await task.verify(problem, text);
  } catch (error) {
    return failed(`the verifier threw: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A verdict as the fields of a sample row. */
export type Finding = Pick<SampleRow, 'verdict' | 'reason' | 'answer' | 'reward'>;

export const findingOf = (verdict: Verdict): Finding => ({
  verdict: verdict.kind,
  reason: verdict.reason,
  answer: verdict.kind === 'failed' ? null : verdict.answer,
  reward: rewardOf(verdict),
});

/**
 * Throws when more than a fifth of at least twenty samples could not be judged. Counted per body of samples and session, so that a run
 * goes on when its checker is mended. `rows`: the latest ones.
 */
export function stopIfBroken(judged: number, failed: number, rows: readonly SampleRow[]): void {
  if (judged < FEWEST || failed <= MOST_FAILED * judged) return;
  const last = rows.findLast(row => row.verdict === 'failed');
  throw new Error(
    `the verifier itself failed on ${failed} of ${judged} samples (the limit is ${MOST_FAILED * 100} %), last: ${last?.reason}; mend it and start the same command again`,
  );
}
