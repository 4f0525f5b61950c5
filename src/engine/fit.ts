// The M-step's inner loop: rows (a prompt, a completion, a weight) become steps of packed problems, epoch by epoch, in an order drawn from the seed.
// It does not know why a row is there or when to stop: its caller does.
import { EngineError } from '../errors.ts';
import { rngOf, seedOf, shuffled } from '../random.ts';
import type { FitSettings, StepReport } from '../requests.ts';
import type { PackedProblem } from './packing.ts';
import type { Parameters } from './parameters.ts';
import { learningRateAt } from './schedule.ts';
import type { Trainer } from './trainer.ts';

export interface TokenRow {
  readonly id: string;
  readonly prompt: readonly number[];
  /** Ids that are predicted, the end token included. */
  readonly completion: readonly number[];
  readonly weight: number;
}

/**
 * What a row gives each of its completion tokens, for each reduction, given the rows of its step. `mean` is the weight of a token on average over ALL
 * rows: a step's own average would let a step of nothing but light rows count as much as one of heavy ones.
 */
const tokenWeights: Readonly<Record<FitSettings['reduction'], (rows: readonly TokenRow[], mean: number) => (row: TokenRow) => number>> = {
  'token-mean': (rows, mean) => {
    const total = mean * tokensOf(rows);
    return row => row.weight / total;
  },
  'row-mean': rows => row => row.weight / row.completion.length / rows.length,
  sum: () => row => row.weight,
};

const tokensOf = (rows: readonly TokenRow[]): number => rows.reduce((sum, row) => sum + row.completion.length, 0);

const meanWeight = (rows: readonly TokenRow[]): number =>
  rows.reduce((sum, row) => sum + row.weight * row.completion.length, 0) / tokensOf(rows);

/** Rows of one step, those of a prompt together behind it. */
function packRows(rows: readonly TokenRow[], reduction: FitSettings['reduction'], mean: number): PackedProblem[] {
  const weightOf = tokenWeights[reduction](rows, mean);
  const byPrompt = new Map<string, { prompt: readonly number[]; completions: { tokens: readonly number[]; weights: number[] }[] }>();
  for (const row of rows) {
    const key = row.prompt.join(' ');
    const problem = byPrompt.get(key) ?? { prompt: row.prompt, completions: [] };
    problem.completions.push({ tokens: row.completion, weights: new Array<number>(row.completion.length).fill(weightOf(row)) });
    byPrompt.set(key, problem);
  }
  return [...byPrompt.values()];
}

export class EpochFit {
  private readonly trainer: Trainer;
  private readonly rows: readonly TokenRow[];
  private readonly settings: FitSettings;
  private kept: Parameters | null = null;
  private epochs = 0;
  private step = 0;

  constructor(trainer: Trainer, rows: readonly TokenRow[], settings: FitSettings) {
    this.trainer = trainer;
    this.rows = [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
    this.settings = settings;
  }

  get stepsPerEpoch(): number {
    return Math.ceil(this.rows.length / this.settings.batchSize);
  }

  /** What is trained, as it is now. */
  get parameters(): Parameters {
    return this.trainer.parameters;
  }

  /** Rows in this epoch's order: prompts shuffled, the rows of a prompt side by side, so that they share a step. */
  private order(): TokenRow[] {
    const byPrompt = new Map<string, TokenRow[]>();
    for (const row of this.rows) {
      const key = row.prompt.join(' ');
      byPrompt.set(key, [...(byPrompt.get(key) ?? []), row]);
    }
    return shuffled([...byPrompt.values()], rngOf(seedOf(this.settings.seed, 'epoch', this.epochs))).flat();
  }

  async epoch(onStep?: (report: StepReport) => void): Promise<{ loss: number; tokens: number }> {
    const rows = this.order();
    this.epochs += 1;
    const { batchSize, epochs, warmup, learningRate, schedule, reduction, maxSteps = Number.POSITIVE_INFINITY } = this.settings;
    const steps = Math.min(this.stepsPerEpoch * epochs, maxSteps);
    const mean = meanWeight(this.rows);
    let lossSum = 0;
    let tokenSum = 0;
    for (let from = 0; from < rows.length && this.step < maxSteps; from += batchSize) {
      const batch = rows.slice(from, from + batchSize);
      this.step += 1;
      const rate = learningRateAt(this.step, { peak: learningRate, warmupSteps: Math.round(warmup * steps), steps, schedule });
      const loss = await this.trainer.accumulate(packRows(batch, reduction, mean));
      const gradNorm = await this.trainer.apply(rate, this.settings);
      if (!Number.isFinite(loss) || !Number.isFinite(gradNorm))
        throw new EngineError(
          `training diverged at step ${this.step} of ${steps}: loss ${loss}, gradient norm ${gradNorm}; a smaller learning rate may help`,
        );
      const tokens = tokensOf(batch);
      onStep?.({ step: this.step, steps, loss, gradNorm, learningRate: rate, tokens });
      lossSum += loss * tokens;
      tokenSum += tokens;
    }
    return { loss: lossSum / tokenSum, tokens: tokenSum };
  }

  keep(): void {
    if (this.kept) for (const [name, data] of this.trainer.parameters) this.kept.get(name)!.set(data);
    else this.kept = new Map([...this.trainer.parameters].map(([name, data]) => [name, data.slice()]));
  }

  /** The kept ones, or the present ones. */
  best(): Parameters {
    return this.kept ?? this.trainer.parameters;
  }

  async close(): Promise<void> {
    await this.trainer.close();
  }
}
