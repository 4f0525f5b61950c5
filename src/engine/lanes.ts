// Several engines, as a rule of one thread each, that share the work of a call: two threads in one small product wait for each other more than they help.
// Which completion goes to which engine depends on the call alone, so the same call gives the same bytes.
import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted } from '../errors.ts';
import type { Generation, SampleProgress, SampleRequest, SamplingSettings } from '../requests.ts';
import { EngineClient } from './client.ts';
import type { EngineOptions } from './engine.ts';
import type { RoundedWeights } from './rounded/open.ts';
import { Aborted } from './sampling.ts';

/** What a lane does of a call: its requests, and where their completions belong. */
interface Share {
  readonly requests: SampleRequest[];
  readonly places: { readonly request: number; readonly seeds: readonly number[] }[];
}

/** Requests are dealt out whole where there are enough of them (a prompt is then read once), else each one's seeds. */
export function shares(requests: readonly SampleRequest[], lanes: number): Share[] {
  const all = Array.from({ length: lanes }, (): Share => ({ requests: [], places: [] }));
  const isWhole = requests.length >= 2 * lanes;
  for (const [i, request] of requests.entries()) {
    const seeds = request.seeds.map((_, s) => s);
    for (const [lane, share] of all.entries()) {
      const mine = isWhole ? seeds.filter(() => i % lanes === lane) : seeds.filter(s => s % lanes === lane);
      if (mine.length === 0) continue;
      share.requests.push({ ...request, seeds: mine.map(s => request.seeds[s]!) });
      share.places.push({ request: i, seeds: mine });
    }
  }
  return all;
}

/** Bytes that the weights of all lanes may take together, and rows that make a lane worth having. */
const MOST_BYTES = 1e9;
const LEAST_ROWS = 8;

/** How many engines share a call of so many completions: as many as have work, and whose copies of the weights, of `bytes` each, find room. */
export const laneCount = ({ threads, rows, device = 'cpu' }: EngineOptions, bytes: number, draws: number): number =>
  device === 'cpu' ? Math.min(threads, Math.floor(MOST_BYTES / bytes), Math.floor(Math.min(rows, draws) / LEAST_ROWS)) : 1;

/** How often a call looks whether it is to stop, in milliseconds. */
const WATCH_INTERVAL = 50;

export class Lanes {
  private readonly engines: readonly EngineClient[];
  private readonly isAborted: () => boolean;
  /** The rounded form each engine was given last. */
  private given: { readonly path: string; readonly weights: RoundedWeights } | null = null;

  /** `options`: of each engine, but for the rows, which they share. */
  constructor(count: number, options: EngineOptions, isAborted: () => boolean) {
    const one = { ...options, rows: Math.ceil(options.rows / count) };
    this.engines = Array.from({ length: count }, () => new EngineClient(one));
    this.isAborted = isAborted;
  }

  /** Completions [request][seed] of the model at `path`, or of its rounded form. */
  async sample(
    path: string,
    rounded: RoundedWeights | null,
    requests: readonly SampleRequest[],
    settings: SamplingSettings,
    onProgress?: (p: SampleProgress) => void,
  ): Promise<Generation[][]> {
    const parts = shares(requests, this.engines.length);
    const told = parts.map((): SampleProgress => ({ completions: 0, tokens: 0 }));
    const controller = new AbortController();
    const ended = new AbortController();
    void this.watch(controller, ended.signal);
    try {
      await this.give(path, rounded);
      const working = parts.map(async (part, lane) => {
        const progress = (p: SampleProgress) => {
          told[lane] = p;
          onProgress?.(told.reduce((a, b) => ({ completions: a.completions + b.completions, tokens: a.tokens + b.tokens })));
        };
        return part.requests.length === 0
          ? []
          : this.engines[lane]!.call('sample', [path, part.requests, settings], { onProgress: progress, signal: controller.signal });
      });
      for (const lane of working) lane.catch(() => controller.abort()); // then the others need not go on
      await Promise.allSettled(working); // an engine that is still busy would take the next call for this one
      return together(requests, parts, await Promise.all(working));
    } catch (error) {
      throw error instanceof Interrupted ? new Aborted() : error;
    } finally {
      ended.abort();
    }
  }

  private async watch(controller: AbortController, ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      if (this.isAborted()) controller.abort();
      await sleep(WATCH_INTERVAL);
    }
  }

  private async give(path: string, weights: RoundedWeights | null): Promise<void> {
    if (!weights || (this.given?.path === path && this.given.weights === weights)) return;
    await Promise.all(this.engines.map(engine => engine.call('adopt', [path, weights])));
    this.given = { path, weights };
  }

  /** Lets go of the models. */
  async unload(): Promise<void> {
    this.given = null;
    await Promise.all(this.engines.map(engine => engine.call('unload', [])));
  }

  async close(): Promise<void> {
    await Promise.all(this.engines.map(engine => engine.close()));
  }
}

function together(requests: readonly SampleRequest[], parts: readonly Share[], sampled: readonly Generation[][][]): Generation[][] {
  const all = requests.map(r => new Array<Generation>(r.seeds.length));
  for (const [lane, { places }] of parts.entries())
    for (const [i, { request, seeds }] of places.entries())
      for (const [j, seed] of seeds.entries()) all[request]![seed] = sampled[lane]![i]![j]!;
  return all;
}
