// The gate: may a problem give rewards? What solves it must be correct, what solves nothing must not, and its tests must be able to tell the two
// apart. Run on problems that come from outside before a model is trained on them: a reward that can be had for nothing is found by the model.
// It says what should be left out; it changes nothing.
import { judge } from '../loop/verify.ts';
import type { Problem, Task } from '../tasks/task.ts';
import type { Verdict } from '../verifiers/verdict.ts';
import { neighbourOf, rightAttempts, wrongAttempts } from './attempts.ts';

/** 'pass': rewards may come from it. 'evaluation-only': measure with it, do not train on it. 'drop': it judges right answers wrong, or cannot be judged. */
export type GateResult = 'pass' | 'evaluation-only' | 'drop';

export interface GateFinding {
  readonly id: string;
  readonly result: GateResult;
  /** Why it is no 'pass', one phrase each. */
  readonly reasons: readonly string[];
  /** Completions that should be correct: how many, and how many were. */
  readonly right: { readonly tried: number; readonly correct: number };
  /** Completions that solve nothing: how many, and the names of those that were taken for correct. */
  readonly wrong: { readonly tried: number; readonly fooled: readonly string[] };
}

export interface GateOptions {
  readonly signal: AbortSignal;
  /** Problems looked at side by side (default: 4). */
  readonly jobs?: number;
  readonly onFinding?: (finding: GateFinding) => void;
}

/** A finding for each problem, in their order. The task is open. */
export async function gate(task: Task, problems: readonly Problem[], { signal, jobs = 4, onFinding }: GateOptions): Promise<GateFinding[]> {
  const findings: GateFinding[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < problems.length) {
      signal.throwIfAborted();
      const index = next++;
      findings[index] = await gateProblem(task, problems, index);
      onFinding?.(findings[index]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, problems.length) }, worker));
  return findings;
}

async function gateProblem(task: Task, problems: readonly Problem[], index: number): Promise<GateFinding> {
  const problem = problems[index]!;
  const right = await tryRight(task, problem);
  const isJudgeable = right.failed === null;
  const wrong = isJudgeable ? await tryWrong(task, problems, index) : { tried: 0, fooled: [], failed: null };
  const flaws = task.gate?.flaws?.(problem) ?? [];
  const untried = right.tried === 0 && flaws.length === 0 ? ['nothing is known that should be correct'] : [];
  const drops = [
    ...[right.failed, wrong.failed].flatMap(reason => (reason === null ? [] : [`could not be judged: ${reason}`])),
    ...(right.refused === null ? [] : [`a right answer is not correct: ${right.refused}`]),
  ];
  const doubts = [...flaws, ...untried, ...new Set(wrong.fooled.map(name => `taken for correct: ${name}`))];
  return {
    id: problem.id,
    result: drops.length > 0 ? 'drop' : doubts.length > 0 ? 'evaluation-only' : 'pass',
    reasons: [...drops, ...doubts],
    right: { tried: right.tried, correct: right.correct },
    wrong: { tried: wrong.tried, fooled: wrong.fooled },
  };
}

async function tryRight(task: Task, problem: Problem) {
  const attempts = rightAttempts(task, problem);
  let correct = 0;
  let failed: string | null = null;
  let refused: string | null = null;
  for (const text of attempts) {
    const verdict = await (task.gate?.verifyRight?.(problem, text) ?? judge(task, problem, { text, finish: 'end' }));
    if (verdict.kind === 'correct') correct++;
    else if (verdict.kind === 'failed') failed ??= verdict.reason;
    else refused ??= verdict.reason;
  }
  return { tried: attempts.length, correct, failed, refused };
}

async function tryWrong(task: Task, problems: readonly Problem[], index: number) {
  const problem = problems[index]!;
  const attempts = wrongAttempts(task, problem);
  const tried = await Promise.all(
    attempts.map(async ({ name, completion }) => ({ name, verdict: await judge(task, problem, { text: completion, finish: 'end' }) })),
  );
  const neighbour = await tryNeighbour(task, problem, neighbourOf(problems, index));
  const all: { readonly name: string; readonly verdict: Verdict }[] = neighbour ? [...tried, neighbour] : tried;
  const failed = all.find(({ verdict }) => verdict.kind === 'failed')?.verdict.reason ?? null;
  const fooled = all.filter(({ verdict }) => verdict.kind === 'correct').map(({ name }) => name);
  return { tried: all.length, fooled, failed };
}

/** Answers that are correct for each other's problems are the same answer in other words, and prove nothing. */
async function tryNeighbour(task: Task, problem: Problem, other: Problem | null) {
  const [mine, theirs] = [problem, other].map(p => (p === null ? undefined : rightAttempts(task, p)[0]));
  if (other === null || mine === undefined || theirs === undefined) return null;
  const verdict = await judge(task, problem, { text: theirs, finish: 'end' });
  if (verdict.kind === 'correct') {
    const back = await judge(task, other, { text: mine, finish: 'end' });
    if (back.kind === 'correct') return null;
  }
  return { name: "another problem's solution", verdict };
}
