// log p(token | everything before it) of given completions: the same decoder and packing as training, without gradients.
import type { ModelConfig } from './architecture.ts';
import { batchesOf } from './batches.ts';
import type { Data, Program, Running } from './graph/program.ts';
import { type PackedProblem, packBatch } from './packing.ts';
import type { Parameters } from './parameters.ts';
import { Planned, scoringPlan } from './plan.ts';
import { openScoreProgram } from './programs.ts';
import type { RankedWord } from './sampling.ts';

export interface ScorePair {
  /** At least one token. */
  readonly prompt: readonly number[];
  readonly completion: readonly number[];
}

export interface ScorerOptions extends Running {
  /** Tokens of a batch (batches.ts says how they are counted). */
  readonly maxTokens?: number;
  /** How many of the best words of each place are told; 0: none. */
  readonly best?: number;
}

/** Tokens of a batch where nothing is said. */
export const SCORE_TOKENS = 2048;

export interface PairScore {
  /** One a completion token. */
  readonly logprobs: number[];
  /** [completion token][rank] */
  readonly best: RankedWord[][];
}

export class Scorer {
  private readonly config: ModelConfig;
  private readonly programs: Planned<Program>;
  private readonly maxTokens: number;
  private readonly count: number;
  private constructor(config: ModelConfig, programs: Planned<Program>, maxTokens: number, count: number) {
    this.config = config;
    this.programs = programs;
    this.maxTokens = maxTokens;
    this.count = count;
  }

  static async open(config: ModelConfig, { maxTokens = SCORE_TOKENS, best = 0, ...running }: ScorerOptions): Promise<Scorer> {
    const count = Math.min(best, config.vocab);
    const programs = new Planned(plan => openScoreProgram(config, { ...running, plan, best: count }));
    return new Scorer(config, programs, maxTokens, count);
  }

  /** Natural-log probabilities, [pair][completion token]. */
  async score(parameters: Parameters, pairs: readonly ScorePair[]): Promise<number[][]> {
    return (await this.rank(parameters, pairs)).map(({ logprobs }) => logprobs);
  }

  /** The same with the best words of each place. */
  async rank(parameters: Parameters, pairs: readonly ScorePair[]): Promise<PairScore[]> {
    const results: PairScore[] = pairs.map(() => ({ logprobs: [], best: [] }));
    const places = new Map<PackedProblem, number>();
    for (const [i, { prompt, completion }] of pairs.entries())
      if (completion.length > 0) places.set({ prompt, completions: [{ tokens: completion, weights: completion.map(() => 1) }] }, i);
    for (const batch of batchesOf([...places.keys()], this.maxTokens)) {
      const plan = scoringPlan(this.config, batch, this.maxTokens);
      const { feeds, bindings } = packBatch(this.config, batch, plan);
      const program = await this.programs.program(plan);
      const outputs = await program.run(new Map<string, Data>([...feeds, ...parameters]), bindings);
      let from = 0;
      for (const problem of batch) {
        const to = from + problem.completions[0]!.tokens.length;
        results[places.get(problem)!] = this.read(outputs, from, to);
        from = to;
      }
    }
    return results;
  }

  private read(outputs: ReadonlyMap<string, Data>, from: number, to: number): PairScore {
    const logprobs = Array.from((outputs.get('logprobs') as Float32Array).subarray(from, to));
    const wordAt = (i: number): RankedWord => ({
      id: Number((outputs.get('words') as BigInt64Array)[i]!),
      logprob: (outputs.get('best') as Float32Array)[i]!,
    });
    const ranksOf = (place: number) => Array.from({ length: this.count }, (_, rank) => wordAt(place * this.count + rank));
    return { logprobs, best: this.count === 0 ? [] : logprobs.map((_, i) => ranksOf(from + i)) };
  }

  async close(): Promise<void> {
    await this.programs.close();
  }
}
