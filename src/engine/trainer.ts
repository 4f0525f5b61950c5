// Weights being fitted: gradients of packed batches added up, then one AdamW update, all in place. It knows neither epochs nor checkpoints nor
// which rows are good: fit.ts drives it. Memory: weights, sums of gradients and two moments, four times the model, and a fifth time once an epoch is kept
// (fit.ts). With an adapter the model is there once and stays as it is; sums and moments are the adapter's alone.
import type { ModelConfig } from './architecture.ts';
import { batchesOf } from './batches.ts';
import { usualTokens } from './footprint.ts';
import type { Data, Program, Running } from './graph/program.ts';
import { type Adapter, adapterShapes } from './lora/adapter.ts';
import { type PackedProblem, packBatch } from './packing.ts';
import { type Parameters, parameterShapes } from './parameters.ts';
import { Planned, trainingPlan } from './plan.ts';
import { GRADIENT_NORM, openGradientProgram, openUpdateProgram, sumName } from './programs.ts';

export interface AdamW {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Largest norm of all gradients together; 0: no limit. */
  readonly clip: number;
}

export interface TrainerOptions extends Running {
  /** Tokens of one batch (batches.ts says how they are counted): bounds the memory of activations. A step of more is several batches. */
  readonly maxTokens?: number;
}

const NO_LIMIT = 3e38;

interface Weights {
  readonly trained: Parameters;
  readonly frozen: Parameters;
}

interface Programs {
  readonly gradients: Planned<Program>;
  readonly update: Program;
}

export class Trainer {
  readonly config: ModelConfig;
  /** What is trained: all weights, or an adapter's tensors. */
  readonly parameters: Parameters;
  /** What stays as it is. */
  private readonly frozen: Parameters;
  private readonly programs: Planned<Program>;
  private readonly update: Program;
  private readonly options: TrainerOptions;
  private readonly sums = new Map<string, Float32Array>();
  private readonly moments = new Map<string, Float32Array>();
  private readonly loss = new Float32Array(1);
  private steps = 0;

  private constructor(config: ModelConfig, weights: Weights, programs: Programs, options: TrainerOptions) {
    this.config = config;
    this.parameters = weights.trained;
    this.frozen = weights.frozen;
    this.programs = programs.gradients;
    this.update = programs.update;
    this.options = options;
    for (const [name, { length }] of weights.trained) {
      this.sums.set(sumName(name), new Float32Array(length));
      for (const state of ['m', 'v']) this.moments.set(`${state} ${name}`, new Float32Array(length));
    }
  }

  /** Takes the parameters over, or the adapter where one is given: they change with every step. */
  static async open(config: ModelConfig, parameters: Parameters, options: TrainerOptions, adapter?: Adapter): Promise<Trainer> {
    const gradients = new Planned(plan => openGradientProgram(config, plan, { ...options, keepsMemory: !plan.recomputes }, adapter));
    const update = await openUpdateProgram(adapter ? adapterShapes(config, adapter) : parameterShapes(config), options);
    const weights = adapter ? { trained: adapter.tensors, frozen: parameters } : { trained: parameters, frozen: new Map() };
    return new Trainer(config, weights, { gradients, update }, options);
  }

  /** Adds the gradients of these problems to the running sums; gives the loss, the weighted sum over all completion tokens. */
  async accumulate(problems: readonly PackedProblem[]): Promise<number> {
    let loss = 0;
    const { maxTokens = usualTokens(this.config) } = this.options;
    for (const batch of batchesOf(problems, maxTokens)) {
      const plan = trainingPlan(this.config, batch, maxTokens);
      const packed = packBatch(this.config, batch, plan);
      const gradient = await this.programs.program(plan);
      const into = new Map<string, Data>([...this.sums, ['loss', this.loss]]);
      await gradient.runInPlace(
        new Map<string, Data>([...packed.feeds, ...this.frozen, ...this.parameters, ...this.sums]),
        into,
        packed.bindings,
      );
      loss += this.loss[0]!;
    }
    return loss;
  }

  /** The running sums, by what is trained. Read-only for callers; cleared by `apply`. */
  gradients(): Parameters {
    return new Map([...this.parameters.keys()].map(name => [name, this.sums.get(sumName(name))!]));
  }

  /** One AdamW update from the running sums, which are cleared. Gives the norm of the gradient before clipping. */
  async apply(learningRate: number, optimizer: AdamW): Promise<number> {
    this.steps += 1;
    const { beta1, beta2, epsilon, weightDecay, clip } = optimizer;
    const scalars: Record<string, number> = {
      rate: learningRate,
      decay: weightDecay,
      beta1,
      beta2,
      correction1: 1 - beta1 ** this.steps,
      correction2: 1 - beta2 ** this.steps,
      epsilon,
      clip: clip > 0 ? clip : NO_LIMIT,
    };
    const norm = new Float32Array(1);
    const state = [...this.parameters, ...this.moments];
    await this.update.runInPlace(
      new Map<string, Data>([...state, ...this.sums, ...Object.entries(scalars).map(([k, x]) => [k, Float32Array.of(x)] as const)]),
      new Map<string, Data>([...state, [GRADIENT_NORM, norm]]),
    );
    for (const sum of this.sums.values()) sum.fill(0);
    return norm[0]!;
  }

  async close(): Promise<void> {
    await this.programs.close();
    await this.update.close();
  }
}
