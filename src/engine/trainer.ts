// Weights being fitted: gradients of packed batches added up, then one AdamW update, all in place. It knows neither epochs nor checkpoints nor
// which rows are good: fit.ts drives it. Memory: weights, sums of gradients and two moments, four times the model, and a fifth time once an epoch is kept
// (fit.ts). With an adapter the model is there once and stays as it is; sums and moments are the adapter's alone.
import type { ModelConfig } from './architecture.ts';
import { GradientLane, lanesOf, partsOf, shared } from './gradient-lane.ts';
import { type GradientOptions, Gradients, type Trained } from './gradients.ts';
import { type Adapter, adapterShapes } from './lora/adapter.ts';
import type { PackedProblem } from './packing.ts';
import { type Parameters, parameterShapes } from './parameters.ts';
import { type AdamW, Update } from './update.ts';

export type TrainerOptions = GradientOptions;

const zeros = (like: Parameters): Parameters => new Map([...like].map(([name, { length }]) => [name, new Float32Array(length)]));

export class Trainer {
  readonly config: ModelConfig;
  /** What is trained: all weights, or an adapter's tensors. */
  readonly parameters: Parameters;
  private readonly own: Gradients;
  private readonly lanes: readonly GradientLane[];
  private readonly update: Update;

  private constructor(config: ModelConfig, weights: Trained, update: Update, options: TrainerOptions) {
    const count = lanesOf(config, options);
    this.config = config;
    this.parameters = weights.trained;
    this.update = update;
    this.own = new Gradients(config, weights, zeros(weights.trained), count > 1 ? { ...options, threads: 1 } : options);
    this.lanes = Array.from(
      { length: count - 1 },
      () => new GradientLane({ config, weights, sums: shared(zeros(weights.trained)), options: { ...options, threads: 1 } }),
    );
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
    const update = await Update.open(adapter ? adapterShapes(config, adapter) : parameterShapes(config), options);
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
    const norm = await this.update.apply(this.parameters, this.own.sums, learningRate, optimizer);
    for (const sum of this.own.sums.values()) sum.fill(0);
    return norm;
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
