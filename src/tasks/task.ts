// A task is a family of problems: where they come from, how a policy is asked, and who judges the answer.
// It is not a method: it never says how many samples are drawn or which are kept.
import type { Prompt } from '../prompt.ts';
import type { Verdict } from '../verifiers/verdict.ts';

export interface Problem {
  readonly id: string;
  /** The columns of the row this problem came from, as prompts may want them; `question` is always there. */
  readonly question: string;
  /** The known answer, checked when the task loads. */
  readonly reference: string;
  /** The human solution, where there is one: what SFT trains on. Text of a completion, without the prompt. */
  readonly solution?: string;
  /** Groups for the table by difficulty: '1', '2', … */
  readonly level?: string;
  readonly subject?: string;
}

export type Split = 'train' | 'test';

export interface Task {
  readonly name: string;
  /** All problems of a split, in a fixed order. Throws ConfigError when a file or a reference is bad. */
  problems(split: Split): Promise<readonly Problem[]>;
  /**
   * How the policy is asked. `train` is the prompt that the M-step puts before a kept completion and that fine-tuned policies are sampled
   * and evaluated with; `sample` is what the BASE is sampled with in the first E-step (few-shot, say). Leave it out when it is the same.
   */
  readonly prompts: { train(problem: Problem): Prompt; sample?(problem: Problem): Prompt };
  /** Sampling ends where one of these begins; the text is cut there and the sample counts as finished. */
  readonly stop: readonly string[];
  readonly maxTokens: number;
  verify(problem: Problem, completion: string): Verdict | Promise<Verdict>;
  /** What a reader should know about the rows of a split: some left out, say. One line each. */
  notes?(split: Split): Promise<readonly string[]>;
}

/** A task of the user's own. The identity function: it exists for its type. */
export const defineTask = (task: Task): Task => task;
