// What is measured, one row a case. `shape` stands for random weights of that size with tiny-s's tokenizer; 'smollm2' for the real model, whose file is given.
import type { ModelConfig } from '../src/engine/architecture.ts';

export interface Case {
  readonly name: string;
  readonly what: string;
  readonly model: 'shape-5m' | 'smollm2';
  readonly work: 'sample' | 'train';
  /** Sampling: rows under way; training: completions a step. */
  readonly rows: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Completions that share a prompt. */
  readonly draws: number;
  readonly prompts: number;
  /** Training steps, of which the first two are not counted (default: 5). */
  readonly steps?: number;
  /** The prototype that did the same work, and the name of its figure, where REST_EM_SHARED is set. */
  readonly peer?: { readonly file: string; readonly args: readonly string[]; readonly figure: RegExp };
}

export const shape5m = (vocab: number): ModelConfig => ({
  architecture: 'llama',
  layers: 6,
  hidden: 256,
  heads: 4,
  kvHeads: 4,
  headDim: 64,
  intermediate: 688,
  vocab,
  ropeTheta: 10000,
  rmsEpsilon: 1e-5,
  tied: true,
  maxPositions: 512,
});

export const cases: readonly Case[] = [
  {
    name: 'sample-5m',
    what: 'sampling, 5 M parameters, 128 rows',
    model: 'shape-5m',
    work: 'sample',
    rows: 128,
    promptTokens: 64,
    completionTokens: 90,
    draws: 32,
    prompts: 16,
    peer: { file: 'decode.mjs', args: [], figure: /(\d+) tok\/s/ },
  },
  {
    name: 'sample-smollm2',
    what: 'sampling, SmolLM2-135M, 64 rows',
    model: 'smollm2',
    work: 'sample',
    rows: 64,
    promptTokens: 64,
    completionTokens: 40,
    draws: 32,
    prompts: 4,
    peer: { file: 'decode8.mjs', args: ['fp32', '2,32,64,40'], figure: /(\d+) tok\/s/ },
  },
  {
    name: 'train-5m',
    what: 'training, 5 M parameters, 10 completions of 64 a prompt of 64',
    model: 'shape-5m',
    work: 'train',
    rows: 20,
    promptTokens: 64,
    completionTokens: 64,
    draws: 10,
    prompts: 2,
    steps: 14,
    peer: { file: 'train-shared.mjs', args: ['speed', '2,10,64,64', 'shape=m5', 'steps=14'], figure: /(\d+) completion tok\/s/ },
  },
  {
    name: 'train-smollm2',
    what: 'training, SmolLM2-135M, 10 completions of 64 a prompt of 64',
    model: 'smollm2',
    work: 'train',
    rows: 20,
    promptTokens: 64,
    completionTokens: 64,
    draws: 10,
    prompts: 2,
    peer: { file: 'train-shared.mjs', args: ['speed', '2,10,64,64', 'steps=5'], figure: /(\d+) completion tok\/s/ },
  },
  {
    name: 'train-long',
    what: 'training, SmolLM2-135M, one text of 2,048 tokens: its memory',
    model: 'smollm2',
    work: 'train',
    rows: 1,
    promptTokens: 64,
    completionTokens: 1985,
    draws: 1,
    prompts: 1,
    steps: 2,
  },
];
