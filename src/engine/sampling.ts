// What is asked of the sampler and what comes back, in tokens.
import type { Truncation } from './choose.ts';

export interface SampleJob {
  /** At least one token. */
  readonly prompt: readonly number[];
  /** One completion a seed. */
  readonly seeds: readonly number[];
  /** Fewer tokens than the rules allow. */
  readonly maxTokens?: number;
}

export interface SampleRules extends Truncation {
  readonly maxTokens: number;
  readonly endIds: readonly number[];
  /** Whether the ids generated so far hold a stop string; absent: only `endIds` end a completion. */
  readonly isStopped?: (tokens: readonly number[]) => boolean;
}

/** A word that could have stood at a place, with its log-probability at temperature 1. */
export interface RankedWord {
  readonly id: number;
  readonly logprob: number;
}

export interface Completed {
  readonly tokens: number[];
  readonly logprobs: number[];
  readonly finish: 'end' | 'stop' | 'length';
}

export interface SampleWatch {
  onProgress?(completions: number, tokens: number): void;
  /** Asked before each step; true ends the work by throwing Aborted. */
  isAborted?(): boolean;
}

export class Aborted extends Error {
  constructor() {
    super('the work was interrupted');
    this.name = 'Aborted';
  }
}
