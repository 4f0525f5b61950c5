// A task is a family of problems: where they come from, how a policy is asked, and who judges the answer.
// It is not a method: it never says how many samples are drawn or which are kept.
import type { Prompt } from '../prompt.ts';
import type { SandboxInUse, Verdict } from '../verifiers/verdict.ts';

export interface Problem {
  readonly id: string;
  /** The columns of the row this problem came from, as prompts may want them; `question` is always there. */
  readonly question: string;
  /** The known answer, checked when the task loads; of a problem that tests decide, a program that solves it, or empty where none is known. */
  readonly reference: string;
  /** The human solution, where there is one: what SFT trains on. Text of a completion, without the prompt. */
  readonly solution?: string;
  /** Groups for the table by difficulty: '1', '2', … */
  readonly level?: string;
  readonly subject?: string;
}

export type Split = 'train' | 'test';

/** What `reward test` tries on a task beside the completions it makes itself (gate.ts). */
export interface Gate<P extends Problem = Problem> {
  /** Completions that solve the problem: each must be correct. Left out: the problem's solution, or its reference in words. */
  right?(problem: P): readonly string[];
  /** Completions that solve nothing: none may be correct. */
  wrong?(problem: P): readonly WrongAttempt[];
  /** Why the problem should give no rewards whatever the verifier says: too few tests, say. One phrase each. */
  flaws?(problem: P): readonly string[];
  /** Judges a right completion more strictly than a reward does (less time, several times). Left out: as a reward. */
  verifyRight?(problem: P, completion: string): Promise<Verdict>;
}

export interface WrongAttempt {
  /** 'empty', 'constant', … */
  readonly name: string;
  readonly completion: string;
}

export interface Task<P extends Problem = Problem> {
  readonly name: string;
  /** All problems of a split, in a fixed order. Throws ConfigError when a file or a reference is bad. */
  problems(split: Split): Promise<readonly P[]>;
  /**
   * How the policy is asked. `train` is the prompt that the M-step puts before a kept completion and that fine-tuned policies are sampled
   * and evaluated with; `sample` is what the BASE is sampled with in the first E-step (few-shot, say). Leave it out when it is the same.
   * `hint` asks with the answer in the prompt (the answer alone, no solution), for methods that ask again where a policy was wrong (STaR).
   */
  readonly prompts: { train(problem: P): Prompt; sample?(problem: P): Prompt; hint?(problem: P): Prompt };
  /** Sampling ends where one of these begins; the text is cut there and the sample counts as finished. */
  readonly stop: readonly string[];
  /** What ends a step of a solution, for tree search; the end of a line where nothing is said. */
  readonly stepEnds?: readonly string[];
  readonly maxTokens: number;
  verify(problem: P, completion: string): Verdict | Promise<Verdict>;
  /** Makes ready what judging needs (the workers of a sandbox), before the first verdict. Throws SandboxError where it cannot be had. */
  open?(): Promise<void>;
  /** Gives back what `open` took. As often as `open`. */
  close?(): Promise<void>;
  /** Where its programs are run while it is open; null before. Verdicts of different sandboxes should not be mixed. */
  sandbox?(): SandboxInUse | null;
  /** Judges a completion by tests that never gave a reward; null where the problem has none. */
  audit?(problem: P, completion: string): Verdict | null | Promise<Verdict | null>;
  readonly gate?: Gate<P>;
  /** What a reader should know about the rows of a split: some left out, say. One line each. */
  notes?(split: Split): Promise<readonly string[]>;
}

/** A task of the user's own. The identity function: it exists for its type. */
export const defineTask = (task: Task): Task => task;
