// What is asked of an engine and what it answers: plain data that can cross a thread or a wire. A leaf: policies and engines both read it.
import type { Prompt } from './prompt.ts';

/** What a policy samples in. auto: int8 for what is drawn to be learned from, where the model is large and its 8-bit form near enough; else fp32. */
export const PRECISIONS = ['auto', 'fp32', 'int8', 'int4'] as const;
export type Precision = (typeof PRECISIONS)[number];

export interface SamplingSettings {
  /** 0 is greedy. */
  readonly temperature: number;
  /** 0 keeps every token. */
  readonly topK: number;
  /** 1 keeps every token. */
  readonly topP: number;
  readonly maxTokens: number;
  readonly stop: readonly string[];
  /** Texts that end a step of a solution. Where given, generations say how many tokens each of their steps has. */
  readonly stepEnds?: readonly string[];
  /** Drawn from the model itself where the policy would choose a quicker form of it: what is measured, not learned from. */
  readonly exact?: boolean;
}

/** One prompt and one seed per completion wanted of it. Completions of one request share the prompt's keys and values. */
export interface SampleRequest {
  readonly id: string;
  readonly prompt: Prompt;
  readonly seeds: readonly number[];
  /** A completion that is begun: the ids that stand between the prompt and what is sampled. */
  readonly prefix?: readonly number[];
  /** Fewer tokens than the settings allow. */
  readonly maxTokens?: number;
}

export interface Generation {
  /** The completion, without the end token and cut before the stop string. Begins with the text of the request's prefix. */
  readonly text: string;
  /** All sampled ids (those of a prefix are not), the end token or the token that held the stop string included. */
  readonly tokens: readonly number[];
  /** log p(token | everything before it), natural log, of the policy itself: temperature 1, nothing truncated. One per token. */
  readonly logprobs: readonly number[];
  /** 'length': cut at maxTokens; such a sample is incorrect whatever it says. */
  readonly finish: 'end' | 'stop' | 'length';
  /** With 'stop': how many of the first tokens, a prefix's included, spell exactly `text`; absent where a token reaches past the cut. */
  readonly textTokens?: number;
  /** How many tokens each step has, where `stepEnds` was given; together all of `tokens`. */
  readonly steps?: readonly number[];
  /** A prefix is not counted. */
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

/** The modules of a layer that an adapter can stand beside, by their names in transformers. */
export const LORA_TARGETS = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'] as const;
export type LoraTarget = (typeof LORA_TARGETS)[number];

/** A low-rank adapter (LoRA): every target computes W x + alpha / rank · B A x, and A and B alone are trained. */
export interface LoraSettings {
  readonly rank: number;
  readonly alpha: number;
  readonly targets: 'all-linear' | readonly LoraTarget[];
  /** Of A's first values; absent: drawn from the fit's own seed. */
  readonly seed?: number;
}

export interface FitSettings {
  /** Absent: all weights of the model are trained. */
  readonly lora?: LoraSettings;
  readonly learningRate: number;
  readonly epochs: number;
  /** The fit ends after so many optimizer steps, in the middle of an epoch if need be, and its schedule goes over them. */
  readonly maxSteps?: number;
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
  /**
   * How row losses (sums of -weight * log p over completion tokens and the end token) become the loss of a step. 'token-mean' divides by the
   * step's tokens times the mean weight of all rows, so that the unit of weights does not matter and light rows stay light.
   */
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

export interface ScoreRow {
  readonly prompt: Prompt | { readonly kind: 'ids'; readonly ids: readonly number[] };
  readonly completion: string | readonly number[];
}

/** How far a sampler in 8 or 4 bits is from the model: measured on tokens it sampled. */
export interface Distance {
  /** KL(sampler‖model), nats per token. */
  readonly kl: number;
  readonly meanAbsoluteChange: number;
  readonly tokens: number;
  /** Bits of a weight. */
  readonly bits: 8 | 4;
  /** false: the other form was too far, and is not used. */
  readonly isUsed: boolean;
}
