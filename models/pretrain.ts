// The pre-training loop: documents in, weights out. It knows no model and no text: token rows come from a function, and an engine takes the
// steps. Rows of a step have nearly one length, because the engine pads them to the longest: eight batches are made at a time, sorted by
// length, cut, and taken in shuffled order.
import { rngOf, seedOf, shuffled } from '../src/random.ts';
import type { Schedule } from './sizes.ts';

export interface PretrainEngine {
  /** One optimizer update; the loss (nats per token, mean over all tokens but each row's first) is from before it. */
  step(batch: number[][], learningRate: number): Promise<{ loss: number }>;
  weights(): Promise<Map<string, Float32Array>>;
}

export interface PretrainOptions {
  readonly engine: PretrainEngine;
  readonly schedule: Schedule;
  readonly seed: number;
  /** Document i as tokens, its end token included. */
  readonly row: (i: number) => number[];
  /** Called after each step. */
  readonly onStep?: (progress: Progress) => void;
}

export interface Progress {
  readonly step: number;
  readonly loss: number;
  readonly learningRate: number;
  /** So far, without padding. */
  readonly tokens: number;
}

const pooled = 8;

/** Linear warm-up, then a cosine to a tenth. Steps count from 0. */
export function learningRateAt(step: number, { steps, learningRate, warmUp }: Schedule): number {
  if (step < warmUp) return (learningRate * (step + 1)) / warmUp;
  const done = (step - warmUp) / Math.max(1, steps - warmUp);
  return learningRate * (0.1 + 0.45 * (1 + Math.cos(Math.PI * done)));
}

/** The batches of one pool of documents: equal sizes, similar lengths within each, shuffled order. */
function poolBatches(pool: number, { schedule, seed, row }: PretrainOptions): number[][][] {
  const { batch } = schedule;
  const first = pool * pooled * batch;
  const rows = Array.from({ length: pooled * batch }, (_, i) => row(first + i)).sort((x, y) => x.length - y.length);
  const batches = Array.from({ length: pooled }, (_, b) => rows.slice(b * batch, (b + 1) * batch));
  return shuffled(batches, rngOf(seedOf('batches', seed, pool)));
}

/** All batches in order, as many as the schedule has steps. */
export function* batchesOf(options: PretrainOptions): Generator<number[][]> {
  const { steps } = options.schedule;
  for (let step = 0, pool = 0; step < steps; pool++) {
    for (const batch of poolBatches(pool, options).slice(0, steps - step)) {
      yield batch;
      step++;
    }
  }
}

/** Trains to the end of the schedule; the weights are the engine's. */
export async function pretrain(options: PretrainOptions): Promise<Map<string, Float32Array>> {
  const { engine, schedule, onStep } = options;
  let [step, tokens] = [0, 0];
  for (const batch of batchesOf(options)) {
    const learningRate = learningRateAt(step, schedule);
    const { loss } = await engine.step(batch, learningRate);
    step++;
    tokens += batch.reduce((sum, row) => sum + row.length, 0);
    onStep?.({ step, loss, learningRate, tokens });
  }
  return engine.weights();
}
