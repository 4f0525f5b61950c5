// A thread of its own that adds up gradients of a part of each step. Weights and sums are shared memory: nothing but the problems crosses over. For small
// models, whose products are too small for two threads: they wait for each other more than they help.
import { Worker } from 'node:worker_threads';
import { EngineError } from '../errors.ts';
import type { ModelConfig } from './architecture.ts';
import { tokensOf } from './batches.ts';
import { isLarge } from './footprint.ts';
import type { GradientOptions, Trained } from './gradients.ts';
import type { PackedProblem } from './packing.ts';
import type { Parameters } from './parameters.ts';
import { type ErrorData, unpackError } from './protocol.ts';

export interface LaneStart {
  readonly config: ModelConfig;
  readonly weights: Trained;
  readonly sums: Parameters;
  readonly options: GradientOptions;
}

export type LaneReply = { readonly loss: number } | { readonly error: ErrorData };

export class GradientLane {
  readonly sums: Parameters;
  private readonly worker: Worker;
  private waiting: { resolve(loss: number): void; reject(error: Error): void } | null = null;
  private dead: EngineError | null = null;

  constructor(start: LaneStart) {
    this.sums = start.sums;
    const file = import.meta.url.endsWith('.ts') ? './gradient-worker.ts' : './gradient-worker.js';
    this.worker = new Worker(new URL(file, import.meta.url), { workerData: start });
    this.worker.on('message', (reply: LaneReply) => {
      const waiting = this.waiting;
      this.waiting = null;
      if ('loss' in reply) waiting?.resolve(reply.loss);
      else waiting?.reject(unpackError(reply.error));
    });
    this.worker.on('error', cause =>
      this.fail(new EngineError(`a thread of the fit died: ${cause instanceof Error ? cause.message : cause}`, { cause })),
    );
    this.worker.on('exit', code => this.fail(new EngineError(`a thread of the fit ended with code ${code}`)));
    this.worker.unref();
  }

  private fail(error: EngineError): void {
    this.dead ??= error;
    this.waiting?.reject(error);
    this.waiting = null;
  }

  /** As `Gradients.accumulate`; one call at a time. */
  accumulate(problems: readonly PackedProblem[]): Promise<number> {
    if (this.dead) return Promise.reject(this.dead);
    return new Promise<number>((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.worker.ref();
      this.worker.postMessage(problems);
    }).finally(() => this.worker.unref());
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}

/** How many engines share a step: one for each thread where the model is small, else one that has all threads. */
export const lanesOf = (c: ModelConfig, { threads, device = 'cpu' }: GradientOptions): number =>
  device === 'cpu' && !isLarge(c) ? threads : 1;

/** The same numbers in memory that threads share. */
export const shared = (parameters: Parameters): Parameters =>
  new Map(
    [...parameters].map(([name, data]) => {
      const copy = new Float32Array(new SharedArrayBuffer(data.byteLength));
      copy.set(data);
      return [name, copy];
    }),
  );

/**
 * A step's problems in so many parts of about as many tokens. Problems stay whole where there are enough of them, for their completions share the prompt;
 * else each one's completions are dealt out. A part may be empty.
 */
export function partsOf(problems: readonly PackedProblem[], count: number): PackedProblem[][] {
  const pieces = problems.length >= count ? problems : problems.flatMap(p => dealt(p, count));
  const parts = Array.from({ length: count }, () => ({ problems: [] as PackedProblem[], tokens: 0 }));
  for (const piece of [...pieces].sort((a, b) => tokensOf(b) - tokensOf(a))) {
    const lightest = parts.reduce((a, b) => (b.tokens < a.tokens ? b : a));
    lightest.problems.push(piece);
    lightest.tokens += tokensOf(piece);
  }
  return parts.map(p => p.problems);
}

const dealt = ({ prompt, completions }: PackedProblem, count: number): PackedProblem[] =>
  Array.from({ length: count }, (_, part) => ({ prompt, completions: completions.filter((_c, i) => i % count === part) })).filter(
    p => p.completions.length > 0,
  );
