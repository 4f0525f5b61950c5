// Makes a model's form in 8 or 4 bits, and measures how far it is from the model: calibrated on fixed texts, compared on what it says after their beginnings.
import type { ModelConfig } from '../architecture.ts';
import type { Running } from '../graph/program.ts';
import { Sampler, type WeightSource } from '../sampler.ts';
import { Scorer } from '../scorer.ts';
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

/** Completions after the first half of each text, and their tokens at most. */
const SEEDS = [1, 2];
const TOKENS = 32;
/** Tokens of a batch that is scored. */
const SCORE_TOKENS = 512;
/** Sampled from the best words: beyond them lies next to nothing, and all of a large vocabulary would have to be sorted. */
const SHORTLIST = 256;

export interface RoundingSource extends WeightSource {
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  /** Its parameters one at a time, in no order. */
  each(): AsyncIterable<readonly [name: string, Float32Array]>;
}

type Make = (model: RoundingSource, running: Running) => Promise<RoundedWeights>;

const MAKE: Readonly<Record<RoundedWeights['kind'], Make>> = {
  int8: async (model, running) => {
    const maxima = await inputMaxima(model.config, await model.all(), textsOf(model), running);
    return int8Weights(model.config, await model.all(), maxima);
  },
  int4: model => int4Weights(model.config, model.each()),
};

export const makeRounded = (kind: RoundedWeights['kind'], model: RoundingSource, running: Running): Promise<RoundedWeights> =>
  MAKE[kind](model, running);

export async function measureRounded(model: RoundingSource, weights: RoundedWeights, running: Running): Promise<Measured> {
  const sampled = await sayOn(model, weights, running);
  const pairs = sampled.flatMap(({ prompt, completions }) => completions.map(({ tokens }) => ({ prompt, completion: tokens })));
  // A scorer of its own, closed at once: what one has worked with stays in memory as long as it is open.
  const scorer = await Scorer.open(model.config, { ...running, maxTokens: SCORE_TOKENS });
  try {
    const exact = await scorer.score(await model.all(), pairs);
    const own = sampled.flatMap(({ completions }) => completions.map(({ logprobs }) => logprobs));
    return distanceOf(own, exact);
  } finally {
    await scorer.close();
  }
}

const textsOf = ({ tokenizer, config }: RoundingSource): number[][] =>
  TEXTS.map(text => tokenizer.encode(text).slice(0, config.maxPositions)).filter(ids => ids.length > 1);

/** What the form in fewer bits says after the first half of each text. */
async function sayOn(model: RoundingSource, weights: RoundedWeights, running: Running) {
  const jobs = textsOf(model).map(ids => ({ prompt: ids.slice(0, Math.ceil(ids.length / 2)), seeds: SEEDS }));
  const rules = { temperature: 1, topK: SHORTLIST, topP: 1, maxTokens: TOKENS, endIds: model.tokenizer.eosIds };
  const sampler = new Sampler(model.config, running);
  try {
    const sampled = await sampler.sample(model, weights, jobs, rules, jobs.length * SEEDS.length);
    return jobs.map(({ prompt }, i) => ({ prompt, completions: sampled[i]! }));
  } finally {
    await sampler.close();
  }
}
