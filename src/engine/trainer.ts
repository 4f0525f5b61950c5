// Weights being fitted: gradients of packed batches added up, then one AdamW update, all in place. It knows neither epochs nor checkpoints nor
// which rows are good: fit.ts drives it. Memory: weights, sums of gradients and two moments, four times the model, and a fifth time once an epoch is kept
// (fit.ts). With an adapter the model is there once and stays as it is; sums and moments are the adapter's alone.
import type { ModelConfig } from './architecture.ts';
import { GradientLane, lanesOf, partsOf, shared } from './gradient-lane.ts';
import { type GradientOptions, Gradients, type Trained } from './gradients.ts';
import type { Data, Program } from './graph/program.ts';
import { type Adapter, adapterShapes } from './lora/adapter.ts';
import type { PackedProblem } from './packing.ts';
import { type Parameters, parameterShapes } from './parameters.ts';
import { GRADIENT_NORM, openUpdateProgram, sumName } from './programs.ts';

export interface AdamW {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Largest norm of all gradients together; 0: no limit. */
  readonly clip: number;
}

export type TrainerOptions = GradientOptions;

const NO_LIMIT = 3e38;

const zeros = (like: Parameters, prefix = ''): Parameters =>
  new Map([...like].map(([name, { length }]) => [prefix + name, new Float32Array(length)]));

export class Trainer {
  readonly config: ModelConfig;
  /** What is trained: all weights, or an adapter's tensors. */
  readonly parameters: Parameters;
  private readonly own: Gradients;
  private readonly lanes: readonly GradientLane[];
  private readonly update: Program;
  private readonly moments: Parameters;
  private steps = 0;

  private constructor(config: ModelConfig, weights: Trained, update: Program, options: TrainerOptions) {
    const count = lanesOf(config, options);
    this.config = config;
    this.parameters = weights.trained;
    this.update = update;
    this.own = new Gradients(config, weights, zeros(weights.trained), count > 1 ? { ...options, threads: 1 } : options);
    this.lanes = Array.from(
      { length: count - 1 },
      () => new GradientLane({ config, weights, sums: shared(zeros(weights.trained)), options: { ...options, threads: 1 } }),
    );
    this.moments = new Map(['m ', 'v '].flatMap(state => [...zeros(weights.trained, state)]));
  }

  /** Takes the parameters over, or the adapter where one is given: they change with every step. */
  static async open(config: ModelConfig, parameters: Parameters, options: TrainerOptions, adapter?: Adapter): Promise<Trainer> {
    const held = lanesOf(config, options) > 1 ? shared : (given: Parameters) => given;
    const weights = adapter
      ? {
          trained: held(adapter.tensors),
          frozen: held(parameters),
          lora: { rank: adapter.rank, alpha: adapter.alpha, targets: adapter.targets },
        }
      : { trained: held(parameters), frozen: new Map() };
    const update = await openUpdateProgram(adapter ? adapterShapes(config, adapter) : parameterShapes(config), options);
    return new Trainer(config, weights, update, options);
  }

  /** Adds the gradients of these problems to the running sums; gives the loss, the weighted sum over all completion tokens. */
  async accumulate(problems: readonly PackedProblem[]): Promise<number> {
    const [mine, ...others] = partsOf(problems, this.lanes.length + 1);
    const busy = this.lanes.map((lane, i) => (others[i]!.length > 0 ? lane.accumulate(others[i]!) : 0));
    const losses = [this.own.accumulate(mine!), ...busy];
    await Promise.allSettled(losses); // nobody writes to the sums any more
    const loss = (await Promise.all(losses)).reduce((a, b) => a + b, 0);
    for (const lane of this.lanes) for (const [name, sum] of lane.sums) moveInto(this.own.sums.get(name)!, sum);
    return loss;
  }

  /** The running sums, by what is trained. Read-only for callers; cleared by `apply`. */
  gradients(): Parameters {
    return this.own.sums;
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
    const sums = [...this.own.sums].map(([name, sum]) => [sumName(name), sum] as const);
    await this.update.runInPlace(
      new Map<string, Data>([...state, ...sums, ...Object.entries(scalars).map(([k, x]) => [k, Float32Array.of(x)] as const)]),
      new Map<string, Data>([...state, [GRADIENT_NORM, norm]]),
    );
    for (const sum of this.own.sums.values()) sum.fill(0);
    return norm[0]!;
  }

  async close(): Promise<void> {
    await this.own.close();
    await Promise.all(this.lanes.map(lane => lane.close()));
    await this.update.close();
  }
}

/** Adds what a lane has summed up, and clears it. */
function moveInto(sum: Float32Array, part: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!;
  part.fill(0);
}
