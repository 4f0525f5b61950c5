// What the loop asks of an engine: sample completions, score them, fit weights to weighted completions. Adapters: embedded
// (our own engine), scripted (tests). A model is named by where its weights lie; an adapter keeps the last ones loaded.
import type { Prompt } from '../prompt.ts';

export interface SamplingSettings {
  /** 0 is greedy. */
  readonly temperature: number;
  /** 0 keeps every token. */
  readonly topK: number;
  /** 1 keeps every token. */
  readonly topP: number;
  readonly maxTokens: number;
  readonly stop: readonly string[];
}

/** One prompt and one seed per completion wanted of it. Completions of one request share the prompt's keys and values. */
export interface SampleRequest {
  readonly id: string;
  readonly prompt: Prompt;
  readonly seeds: readonly number[];
}

export interface Generation {
  /** The completion, without the end token and cut before the stop string. */
  readonly text: string;
  /** All sampled ids, the end token or the token that held the stop string included. */
  readonly tokens: readonly number[];
  /** log p(token | everything before it), natural log, of the policy itself: temperature 1, nothing truncated. One per token. */
  readonly logprobs: readonly number[];
  /** 'length': cut at maxTokens; such a sample is incorrect whatever it says. */
  readonly finish: 'end' | 'stop' | 'length';
  readonly promptTokens: number;
}

export interface SampleProgress {
  readonly completions: number;
  readonly tokens: number;
}

/** A row of the M-step: a completion of a prompt with its weight. `tokens` are the sampled ids where the text came from a policy. */
export interface FitRow {
  readonly id: string;
  readonly prompt: Prompt;
  readonly completion: string;
  /** The ids of `completion` as they were sampled, without end or stop token; absent for human text, which is tokenised. */
  readonly tokens?: readonly number[];
  readonly weight: number;
}

export interface FitSettings {
  readonly learningRate: number;
  readonly epochs: number;
  /** Rows (completions) per optimizer step. */
  readonly batchSize: number;
  /** Share of all steps over which the learning rate rises from 0. */
  readonly warmup: number;
  readonly schedule: 'constant' | 'linear' | 'cosine';
  readonly weightDecay: number;
  /** Largest norm of the gradient; 0 is no limit. */
  readonly clip: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly seed: number;
  /** How row losses (sums of -weight * log p over completion tokens and the end token) become the loss of a step. */
  readonly reduction: 'token-mean' | 'row-mean' | 'sum';
}

export interface StepReport {
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  readonly gradNorm: number;
  readonly learningRate: number;
  /** Completion tokens of this step. */
  readonly tokens: number;
}

/** A fit under way. Opened by `fit`, closed by its opener. */
export interface Fit {
  /** Optimizer steps in one epoch. */
  readonly stepsPerEpoch: number;
  /** One pass over the rows, in an order drawn from the seed. */
  epoch(onStep?: (report: StepReport) => void): Promise<{ readonly loss: number; readonly tokens: number }>;
  /** Samples from the weights as they are now (D_val early stopping). */
  sample(requests: readonly SampleRequest[], settings: SamplingSettings): Promise<Generation[][]>;
  /** Remembers the weights as they are now as the ones to save. */
  keep(): Promise<void>;
  /** Writes the kept weights (the present ones if none were kept) as a checkpoint: a Hugging Face folder. `dir` must not exist. */
  save(dir: string): Promise<void>;
  close(): Promise<void>;
}

export interface ScoreRow {
  readonly prompt: Prompt | { readonly kind: 'ids'; readonly ids: readonly number[] };
  readonly completion: string | readonly number[];
}

export interface Policy {
  /** Completions, [request][seed], in the order asked. The result is a pure function of (weights, requests, settings). */
  sample(
    model: string,
    requests: readonly SampleRequest[],
    settings: SamplingSettings,
    onProgress?: (progress: SampleProgress) => void,
    signal?: AbortSignal,
  ): Promise<Generation[][]>;
  /** log p of each completion token, [row][token], natural log. */
  score(model: string, rows: readonly ScoreRow[]): Promise<number[][]>;
  /** Starts from the weights of `model`; the order of rows given does not matter, ids do. */
  fit(model: string, rows: readonly FitRow[], settings: FitSettings): Promise<Fit>;
  close(): Promise<void>;
}
