// Pre-training on our own engine: a document is a problem whose prompt is its first token and whose one completion is the rest, every token with
// the same weight.

import { toParameters, toWeights } from '../src/engine/parameters.ts';
import { Trainer } from '../src/engine/trainer.ts';
import type { OpenEngine } from './make-model.ts';

const optimizer = { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 0.01, clip: 1 } as const;

const options = { threads: 2, maxTokens: 4096 } as const;

/** The engine's trainer as a pre-training engine. Closed by the process's end: a recipe makes one model. */
export const openEngine: OpenEngine = async (config, weights) => {
  const parameters = await toParameters(config, async name => weights.get(name)!);
  const trainer = await Trainer.open(config, parameters, options);
  return {
    async step(batch, learningRate) {
      const weight = 1 / batch.reduce((sum, row) => sum + row.length - 1, 0);
      const problems = batch.map(row => {
        const tokens = row.slice(1);
        return { prompt: row.slice(0, 1), completions: [{ tokens, weights: tokens.map(() => weight) }] };
      });
      const loss = await trainer.accumulate(problems);
      await trainer.apply(learningRate, optimizer);
      return { loss };
    },
    weights: async () => new Map(toWeights(config, trainer.parameters)),
  };
};
