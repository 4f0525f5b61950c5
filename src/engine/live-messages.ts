// What is asked of a model while it is being served, and what it tells: plain data between live-client.ts and live.ts, by the id of the request.
import type { Generation, SamplingSettings } from '../requests.ts';
import type { ErrorData } from './protocol.ts';
import type { RankedWord } from './sampling.ts';

export interface LiveLimits {
  /** Completions under way at a time. */
  readonly rows: number;
  /** Tokens of a prompt and its completion together; at most the model's positions. */
  readonly context: number;
  /** Bytes for keys and values. A single completion is taken up whatever it needs. */
  readonly cacheBytes: number;
}

export interface LiveSample {
  /** At least one token. Together with `settings.maxTokens` within the context: the asker sees to it. */
  readonly prompt: readonly number[];
  /** One completion a seed. */
  readonly seeds: readonly number[];
  readonly settings: SamplingSettings;
  /** How many of the best words of each step to tell; at most MOST_BEST. */
  readonly best: number;
}

/** The best words of a place that can be asked for. */
export const MOST_BEST = 20;

export type LiveAsk =
  | { readonly kind: 'sample'; readonly id: number; readonly ask: LiveSample }
  | { readonly kind: 'score'; readonly id: number; readonly tokens: readonly number[]; readonly best: number }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'close' };

export interface LiveToken {
  readonly draw: number;
  readonly token: number;
  readonly logprob: number;
  /** Best first; empty where none were asked for. */
  readonly best: readonly RankedWord[];
}

/** How a text came to be: log p of its tokens, and the best words at each place, best first. */
export interface Scored {
  readonly logprobs: readonly number[];
  readonly best: readonly (readonly RankedWord[])[];
}

export type LiveNews =
  | { readonly kind: 'open' }
  | ({ readonly kind: 'token'; readonly id: number } & LiveToken)
  | { readonly kind: 'done'; readonly id: number; readonly draw: number; readonly generation: Generation }
  | ({ readonly kind: 'scored'; readonly id: number } & Scored)
  | { readonly kind: 'failed'; readonly id: number; readonly error: ErrorData };
