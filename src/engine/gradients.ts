// Sums of gradients over packed problems, batch by batch, added up in place. One thread's part of a step: trainer.ts has one, and a further one in each
// lane (gradient-lane.ts).

import type { ModelConfig } from './architecture.ts';
import { batchesOf } from './batches.ts';
import { USUAL_TOKENS } from './footprint.ts';
import type { Data, Program, Running } from './graph/program.ts';
import type { LoraShape } from './lora/adapter.ts';
import { type PackedProblem, packBatch } from './packing.ts';
import type { Parameters } from './parameters.ts';
import { Planned, trainingPlan } from './plan.ts';
import { openGradientProgram, sumName } from './programs.ts';

export interface GradientOptions extends Running {
  /** Tokens of one batch (batches.ts says how they are counted): bounds the memory of activations. A step of more is several batches. */
  readonly maxTokens?: number;
}

/** What is trained, what stays as it is, and the adapter's shape where it is an adapter that is trained. */
export interface Trained {
  readonly trained: Parameters;
  readonly frozen: Parameters;
  readonly lora?: LoraShape;
}

export class Gradients {
  /** The running sums, by what is trained. */
  readonly sums: Parameters;
  private readonly config: ModelConfig;
  private readonly weights: Trained;
  private readonly programs: Planned<Program>;
  private readonly maxTokens: number;
  private readonly loss = new Float32Array(1);

  constructor(config: ModelConfig, weights: Trained, sums: Parameters, options: GradientOptions) {
    this.config = config;
    this.weights = weights;
    this.sums = sums;
    this.maxTokens = options.maxTokens ?? USUAL_TOKENS;
    this.programs = new Planned(plan => openGradientProgram(config, plan, { ...options, keepsMemory: !plan.recomputes }, weights.lora));
  }

  /** Adds the gradients of these problems to the sums; gives the loss, the weighted sum over all completion tokens. */
  async accumulate(problems: readonly PackedProblem[]): Promise<number> {
    let loss = 0;
    const sums = [...this.sums].map(([name, sum]) => [sumName(name), sum] as const);
    const { frozen, trained } = this.weights;
    for (const batch of batchesOf(problems, this.maxTokens)) {
      const plan = trainingPlan(this.config, batch, this.maxTokens);
      const packed = packBatch(this.config, batch, plan);
      const gradient = await this.programs.program(plan);
      const given = new Map<string, Data>([...packed.feeds, ...frozen, ...trained, ...sums]);
      await gradient.runInPlace(given, new Map<string, Data>([...sums, ['loss', this.loss]]), packed.bindings);
      loss += this.loss[0]!;
    }
    return loss;
  }

  async close(): Promise<void> {
    await this.programs.close();
  }
}
