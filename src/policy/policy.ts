// What the loop asks of an engine: sample completions, score them, fit weights to weighted completions. Adapters: embedded
// (our own engine), scripted (tests). A model is named by where its weights lie; an adapter keeps the last ones loaded.
import type {
  Distance,
  FitRow,
  FitSettings,
  Generation,
  SampleProgress,
  SampleRequest,
  SamplingSettings,
  ScoreRow,
  StepReport,
} from '../requests.ts';

export type {
  Distance,
  FitRow,
  FitSettings,
  Generation,
  SampleProgress,
  SampleRequest,
  SamplingSettings,
  ScoreRow,
  StepReport,
} from '../requests.ts';

/** A fit under way. Opened by `fit`, closed by its opener. */
export interface Fit {
  /** Optimizer steps in one epoch. */
  readonly stepsPerEpoch: number;
  /** One pass over the rows, in an order drawn from the seed. */
  epoch(onStep?: (report: StepReport) => void, signal?: AbortSignal): Promise<{ readonly loss: number; readonly tokens: number }>;
  /** Samples from the weights as they are now (D_val early stopping). */
  sample(requests: readonly SampleRequest[], settings: SamplingSettings, signal?: AbortSignal): Promise<Generation[][]>;
  /** Remembers the weights as they are now as the ones to save. */
  keep(): Promise<void>;
  /** Writes the kept weights (the present ones if none were kept) as a checkpoint: a Hugging Face folder. `dir` must not exist. */
  save(dir: string): Promise<void>;
  close(): Promise<void>;
}

export interface Policy {
  /** Completions, [request][seed], in the order asked. The result is a pure function of (weights, requests, settings). */
  sample(
    model: string,
    requests: readonly SampleRequest[],
    settings: SamplingSettings,
    onProgress?: (progress: SampleProgress) => void,
    signal?: AbortSignal,
  ): Promise<Generation[][]>;
  /** How far what `sample` draws from is from the model itself, in nats per token; null or absent where it is the same. */
  distance?(model: string): Promise<Distance | null>;
  /** log p of each completion token, [row][token], natural log. */
  score(model: string, rows: readonly ScoreRow[]): Promise<number[][]>;
  /** Starts from the weights of `model`; the order of rows given does not matter, ids do. */
  fit(model: string, rows: readonly FitRow[], settings: FitSettings): Promise<Fit>;
  close(): Promise<void>;
}
