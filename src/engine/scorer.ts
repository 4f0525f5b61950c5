// log p(token | everything before it) of given completions: the same decoder and packing as training, without gradients.
import type { ModelConfig } from './architecture.ts';
import type { Data, Program } from './graph/program.ts';
import { batchesOf, type PackedProblem, packBatch } from './packing.ts';
import type { Parameters } from './parameters.ts';
import { openScoreProgram } from './programs.ts';

export interface ScorePair {
  /** At least one token. */
  readonly prompt: readonly number[];
  readonly completion: readonly number[];
}

export class Scorer {
  private readonly config: ModelConfig;
  private readonly program: Program;
  private readonly maxTokens: number;
  private constructor(config: ModelConfig, program: Program, maxTokens: number) {
    this.config = config;
    this.program = program;
    this.maxTokens = maxTokens;
  }

  static async open(config: ModelConfig, options: { readonly threads: number; readonly maxTokens: number }): Promise<Scorer> {
    return new Scorer(config, await openScoreProgram(config, options), options.maxTokens);
  }

  /** Natural-log probabilities, [pair][completion token]. */
  async score(parameters: Parameters, pairs: readonly ScorePair[]): Promise<number[][]> {
    const results: number[][] = pairs.map(() => []);
    const places = new Map<PackedProblem, number>();
    for (const [i, { prompt, completion }] of pairs.entries())
      if (completion.length > 0) places.set({ prompt, completions: [{ tokens: completion, weights: completion.map(() => 1) }] }, i);
    for (const batch of batchesOf([...places.keys()], this.maxTokens)) {
      const { feeds, bindings } = packBatch(this.config, batch);
      const { logprobs } = Object.fromEntries(await this.program.run(new Map<string, Data>([...feeds, ...parameters]), bindings));
      for (const [row, problem] of batch.entries()) {
        const from = row * bindings.length;
        results[places.get(problem)!] = Array.from((logprobs as Float32Array).subarray(from, from + problem.completions[0]!.tokens.length));
      }
    }
    return results;
  }

  async close(): Promise<void> {
    await this.program.close();
  }
}
