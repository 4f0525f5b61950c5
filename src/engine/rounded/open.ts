// Makes a model's form in 8 or 4 bits and measures how far it is from the model: calibrated on fixed texts, compared on what it says after their beginnings.
import type { ModelConfig } from '../architecture.ts';
import type { Running } from '../graph/program.ts';
import type { Sampler, WeightSource } from '../sampler.ts';
import type { Scorer } from '../scorer.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { inputMaxima } from './calibrate.ts';
import { distanceOf, type Measured } from './distance.ts';
import { type Int4Weights, int4Weights } from './int4-weights.ts';
import { type Int8Weights, int8Weights } from './int8-weights.ts';
import { TEXTS } from './texts.ts';

/** A model's matrices in fewer bits. */
export type RoundedWeights = Int8Weights | Int4Weights;

/** Bits of a number of the matrices, scales included. */
export const BITS: Readonly<Record<RoundedWeights['kind'], number>> = { int8: 8, int4: 5 };

export interface RoundedModel {
  readonly weights: RoundedWeights;
  readonly distance: Measured;
}

export interface RoundingTools {
  readonly sampler: Sampler;
  readonly scorer: Scorer;
  readonly running: Running;
}

/** Completions after the first half of each text, and their tokens at most. */
const SEEDS = [1, 2];
const TOKENS = 32;
/** Sampled from the best words: beyond them lies next to nothing, and all of a large vocabulary would have to be sorted. */
const SHORTLIST = 256;

interface Source extends WeightSource {
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
}

type Make = (model: Source, texts: readonly (readonly number[])[], running: Running) => Promise<RoundedWeights>;

const MAKE: Readonly<Record<RoundedWeights['kind'], Make>> = {
  int8: async (model, texts, running) => {
    const maxima = await inputMaxima(model.config, await model.all(), texts, running);
    return int8Weights(model.config, await model.all(), maxima);
  },
  int4: async model => int4Weights(model.config, await model.all()),
};

export async function openRounded(
  kind: RoundedWeights['kind'],
  model: Source,
  { sampler, scorer, running }: RoundingTools,
): Promise<RoundedModel> {
  const { config, tokenizer } = model;
  const texts = TEXTS.map(text => tokenizer.encode(text).slice(0, config.maxPositions)).filter(ids => ids.length > 1);
  const weights = await MAKE[kind](model, texts, running);
  const jobs = texts.map(ids => ({ prompt: ids.slice(0, Math.ceil(ids.length / 2)), seeds: SEEDS }));
  const rules = { temperature: 1, topK: SHORTLIST, topP: 1, maxTokens: TOKENS, endIds: tokenizer.eosIds };
  const sampled = await sampler.sample(model, weights, jobs, rules, jobs.length * SEEDS.length);
  const pairs = sampled.flatMap((completions, j) => completions.map(({ tokens }) => ({ prompt: jobs[j]!.prompt, completion: tokens })));
  const exact = await scorer.score(await model.all(), pairs);
  return {
    weights,
    distance: distanceOf(
      sampled.flat().map(({ logprobs }) => logprobs),
      exact,
    ),
  };
}
