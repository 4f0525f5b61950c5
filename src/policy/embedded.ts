// The policy that needs nothing but this package: our own engine, in a worker thread.
import { EngineClient } from '../engine/client.ts';
import type { Device } from '../engine/devices/devices.ts';
import type { Precision } from '../requests.ts';
import type { Fit, Policy } from './policy.ts';

export interface EmbeddedOptions {
  /** Threads of one operation; the same run needs the same number. */
  readonly threads: number;
  /** Completions under way at a time. */
  readonly rows: number;
  /** Tokens of one training or scoring batch: bounds memory. Absent: what is usual for a model of that size. */
  readonly maxTokens?: number;
  /** What models are sampled in. */
  readonly precision?: Precision;
  /** Where it computes (default: cpu); one that was tried. */
  readonly device?: Device;
}

function fitOf(engine: EngineClient, stepsPerEpoch: number): Fit {
  return {
    stepsPerEpoch,
    epoch: (onStep, signal) => engine.call('fitEpoch', [], { ...(onStep && { onProgress: onStep }), ...(signal && { signal }) }),
    sample: (requests, settings, signal) => engine.call('fitSample', [requests, settings], { ...(signal && { signal }) }),
    keep: () => engine.call('fitKeep', []),
    save: dir => engine.call('fitSave', [dir]),
    close: () => engine.call('fitClose', []),
  };
}

export async function openEmbeddedPolicy({
  threads,
  rows,
  maxTokens,
  precision = 'fp32',
  device = 'cpu',
}: EmbeddedOptions): Promise<Policy> {
  const engine = new EngineClient({ threads, rows, precision, device, ...(maxTokens !== undefined && { maxTokens }) });
  return {
    sample: (model, requests, settings, onProgress, signal) =>
      engine.call('sample', [model, requests, settings], { ...(onProgress && { onProgress }), ...(signal && { signal }) }),
    distance: model => engine.call('distance', [model]),
    score: (model, rows) => engine.call('score', [model, rows]),
    fit: async (model, rows, settings) => fitOf(engine, (await engine.call('fitOpen', [model, rows, settings])).stepsPerEpoch),
    close: () => engine.close(),
  };
}
