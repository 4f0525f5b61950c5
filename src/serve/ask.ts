// A request, read and checked: what both kinds of completions come to, and all that the engine and the answer need.
import { seedOf } from '../random.ts';
import type { SamplingSettings } from '../requests.ts';
import type { Manner } from './sampling-fields.ts';

export interface AskedPrompt {
  readonly ids: readonly number[];
  /** As it was given; ids are spelt out when they are to be echoed. */
  readonly text: string | null;
}

export interface Ask {
  readonly prompts: readonly AskedPrompt[];
  /** Completions of each prompt. */
  readonly n: number;
  readonly seed: number | null;
  /** `maxTokens` 0: nothing is sampled. */
  readonly settings: SamplingSettings;
  /** Best words of each place beside the token itself; null: no log-probabilities at all. */
  readonly logprobs: number | null;
  /** Whether the prompt is part of the answer. */
  readonly echo: boolean;
  readonly manner: Manner;
}

/** Completions it comes to. */
export const countOf = ({ prompts, n }: Ask): number => prompts.length * n;

/** One a completion; those of other prompts and of neighbouring seeds have nothing in common with them. */
export const seedsOf = ({ n }: Ask, prompt: number, seed: number): number[] =>
  Array.from({ length: n }, (_, draw) => seedOf(seed, 'serve', prompt, draw));
