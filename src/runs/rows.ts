// The rows of a run's files as they lie on the disk: snake_case, no times. A row of samples*.jsonl says what was sampled and what the checker
// found, never whether it was chosen (dataset.jsonl says that).
import type { Message, Prompt } from '../prompt.ts';
import type { Verdict } from '../verifiers/verdict.ts';

/** A prompt in a file: text as it stands, or messages. */
export type PromptJson = string | readonly Message[];

/** One line of samples*.jsonl. */
export interface SampleRow {
  readonly id: string;
  readonly problem_id: string;
  /** 0: the base; i: iteration i, its E-step, its D_val and its evaluation. */
  readonly iteration: number;
  readonly draw: number;
  readonly prompt: PromptJson;
  readonly completion: string;
  /** All sampled ids, the end token included. */
  readonly tokens: readonly number[];
  /** Natural log, of the policy at temperature 1, to six decimals: the engine's fp32 knows no more. */
  readonly logprobs: readonly number[];
  readonly finish: 'end' | 'stop' | 'length';
  /** With finish 'stop': how many of the first tokens spell the completion exactly; absent where a token reaches past the cut. */
  readonly text_tokens?: number;
  readonly verdict: Verdict['kind'];
  readonly reason: string;
  readonly answer: string | null;
  /** null where our checker failed. */
  readonly reward: number | null;
  readonly seed: number;
  /** Tree search only: how many samples this problem has, and how many of the first tokens were an earlier sample's and not sampled again. */
  readonly of?: number;
  readonly prefix_tokens?: number;
  /** Who said it: 'base', 'iteration-1', 'iteration-1 after epoch 2', … */
  readonly policy: string;
}

/** One line of dataset.jsonl: a row of the M-step. */
export interface DatasetRow {
  readonly prompt: PromptJson;
  readonly completion: string;
  readonly weight: number;
  /** The samples it came from; none for a human solution. */
  readonly samples: readonly string[];
  readonly problem_id: string;
}

/** fit.json: how an M-step went. Written before the checkpoint appears. */
export interface FitFile {
  readonly policy: string;
  /** The weights it started from: 'base' or a policy of this run. */
  readonly from: string;
  readonly rows: number;
  readonly steps_per_epoch: number;
  readonly epochs_run: number;
  /** The epoch whose weights are the checkpoint; 0: there was nothing to fit, the policy is still `from`. */
  readonly epoch_kept: number;
  /** Mean loss of each epoch. */
  readonly losses: readonly number[];
  /** Mean greedy reward on D_val after each epoch; empty without D_val. */
  readonly validation: readonly number[];
}

/** How many tokens were sampled for a row. */
export const sampledTokens = ({ tokens, prefix_tokens = 0 }: Pick<SampleRow, 'tokens' | 'prefix_tokens'>): number =>
  tokens.length - prefix_tokens;

export const promptToJson = (prompt: Prompt): PromptJson => (prompt.kind === 'text' ? prompt.text : prompt.messages);

export const promptFromJson = (json: PromptJson): Prompt =>
  typeof json === 'string' ? { kind: 'text', text: json } : { kind: 'chat', messages: json };
