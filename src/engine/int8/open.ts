// Makes a model's 8-bit form and measures how far it is from the model: calibrated on fixed texts, compared on what it says after their beginnings.
import type { Distance } from '../../requests.ts';
import type { ModelConfig } from '../architecture.ts';
import type { Running } from '../graph/program.ts';
import type { Sampler, WeightSource } from '../sampler.ts';
import type { Scorer } from '../scorer.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { inputMaxima } from './calibrate.ts';
import { distanceOf } from './distance.ts';
import { type Int8Weights, int8Weights } from './matrices.ts';
import { TEXTS } from './texts.ts';

export interface Int8Model {
  readonly weights: Int8Weights;
  readonly distance: Omit<Distance, 'isUsed'>;
}

export interface Int8Tools {
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

export async function openInt8(model: Source, { sampler, scorer, running }: Int8Tools): Promise<Int8Model> {
  const { config, tokenizer } = model;
  const texts = TEXTS.map(text => tokenizer.encode(text).slice(0, config.maxPositions)).filter(ids => ids.length > 1);
  const weights = int8Weights(config, await model.all(), await inputMaxima(config, await model.all(), texts, running));
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
