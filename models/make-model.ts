// A base model from nothing: text → tokenizer → first weights → pre-training → a Hugging Face folder in BF16 with its loss curve. The engine
// that takes the steps is passed in. The folder appears whole or not at all; one that is there already is replaced at the end.
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelConfig } from '../src/engine/architecture.ts';
import { makeTokenizer } from '../src/engine/tokenizer/hugging-face.ts';
import type { Tokenizer } from '../src/engine/tokenizer/tokenizer.ts';
import { writeCheckpoint } from '../src/engine/weights/checkpoint.ts';
import { firstWeights } from './first-weights.ts';
import { type PretrainEngine, type Progress, pretrain } from './pretrain.ts';
import { type Size, seed, tokenizerPlan } from './sizes.ts';
import { fixedTokens, tokenizerFiles } from './tokenizer/files.ts';
import { trainBpe } from './tokenizer/train-bpe.ts';
import { makeWorld, type World } from './world/mixture.ts';

/** Opens an engine on these weights; the caller of `makeModel` owns what must be closed. */
export type OpenEngine = (config: ModelConfig, weights: ReadonlyMap<string, Float32Array>) => Promise<PretrainEngine>;

export interface MakeModelOptions {
  readonly size: Size;
  readonly openEngine: OpenEngine;
  /** The folder to make. */
  readonly out: string;
  /** How much text the tokenizer is trained on. */
  readonly tokenizerDocuments?: number;
  readonly onStep?: (progress: Progress) => void;
}

function* trainingTexts(world: World, documents: number): Generator<string> {
  for (let i = 0; i < documents; i++) {
    const { prompt, completion } = world.document(i);
    yield prompt + completion;
  }
}

/** The tokenizer's files, trained on the first documents of the text. */
export const makeTokenizerFiles = (world: World, maxLength: number, documents: number): ReadonlyMap<string, string> =>
  tokenizerFiles(trainBpe(trainingTexts(world, documents), tokenizerPlan.vocab - fixedTokens), maxLength);

/** The tokenizer that those files describe. */
export function tokenizerOf(files: ReadonlyMap<string, string>): Tokenizer {
  const json = (name: string) => JSON.parse(files.get(name)!) as Record<string, unknown>;
  return makeTokenizer({
    fileOf: name => name,
    tokenizerJson: json('tokenizer.json'),
    tokenizerConfig: json('tokenizer_config.json'),
    generationConfig: json('generation_config.json'),
    configJson: null,
    chatTemplate: null,
    config: null,
  });
}

/** A document as the model sees it: prompt and completion encoded apart, as a sampler does, then the end token. */
export function rowOf(tokenizer: Tokenizer, world: World, i: number): number[] {
  const { prompt, completion } = world.document(i);
  return [...tokenizer.encode(prompt), ...tokenizer.encode(completion), tokenizer.endId];
}

const every = 20;

/** loss.csv: the mean loss of each twenty steps. */
function lossCurve(losses: readonly Progress[]): string {
  const lines = ['step,loss,learning_rate,tokens'];
  for (let at = every; at <= losses.length; at += every) {
    const mean = losses.slice(at - every, at).reduce((sum, p) => sum + p.loss, 0) / every;
    const last = losses[at - 1]!;
    lines.push(`${last.step},${mean.toFixed(4)},${last.learningRate.toExponential(3)},${last.tokens}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Makes the model and writes its folder. */
export async function makeModel({
  size,
  openEngine,
  out,
  onStep,
  tokenizerDocuments = tokenizerPlan.documents,
}: MakeModelOptions): Promise<void> {
  const { config, schedule } = size;
  const world = makeWorld(seed);
  const sidecars = makeTokenizerFiles(world, config.maxPositions, tokenizerDocuments);
  const tokenizer = tokenizerOf(sidecars);
  const engine = await openEngine(config, firstWeights(config, seed));
  const losses: Progress[] = [];
  const weights = await pretrain({
    engine,
    schedule,
    seed,
    row: i => rowOf(tokenizer, world, i),
    onStep: progress => {
      losses.push(progress);
      onStep?.(progress);
    },
  });
  const fresh = `${out}.new`;
  await rm(fresh, { recursive: true, force: true });
  await writeCheckpoint(fresh, { config, sidecars, tensors: weights, dtype: 'BF16' });
  await writeFile(join(fresh, 'loss.csv'), lossCurve(losses));
  await rm(out, { recursive: true, force: true });
  await rename(fresh, out);
}
