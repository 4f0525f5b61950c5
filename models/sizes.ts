// The base models we ship: one shape (the Llama family, tied embeddings), one text, several sizes. Everything that makes a model what it is
// stands in this table; `node models/recipe.ts tiny-s` makes it again.
import type { ModelConfig } from '../src/engine/architecture.ts';

export interface Schedule {
  /** Optimizer updates. */
  readonly steps: number;
  /** Documents per update. */
  readonly batch: number;
  /** After a linear warm-up; from there a cosine to a tenth of it. */
  readonly learningRate: number;
  readonly warmUp: number;
}

export interface Size {
  readonly config: ModelConfig;
  readonly schedule: Schedule;
}

/** Of the text, the tokenizer and the first weights. */
export const seed = 2312;

export const tokenizerPlan = { vocab: 768, documents: 20000 } as const;

const shape = {
  architecture: 'llama',
  headDim: 32,
  kvHeads: 2,
  vocab: tokenizerPlan.vocab,
  ropeTheta: 10000,
  rmsEpsilon: 1e-5,
  tied: true,
  maxPositions: 512,
} as const;

export const sizes = {
  'tiny-s': {
    config: { ...shape, layers: 4, hidden: 128, heads: 4, intermediate: 320 },
    schedule: { steps: 2400, batch: 64, learningRate: 2e-3, warmUp: 100 },
  },
  'tiny-m': {
    config: { ...shape, layers: 6, hidden: 192, heads: 6, intermediate: 640 },
    schedule: { steps: 1600, batch: 64, learningRate: 1.5e-3, warmUp: 100 },
  },
  'tiny-l': {
    config: { ...shape, layers: 8, hidden: 320, heads: 10, intermediate: 896 },
    schedule: { steps: 5000, batch: 64, learningRate: 1e-3, warmUp: 200 },
  },
} as const satisfies Record<string, Size>;

export type SizeName = keyof typeof sizes;
