// A model behind HTTP: opens the engine, its routes and the server, and closes them in order.
import { EngineClient } from '../engine/client.ts';
import type { Device } from '../engine/devices/devices.ts';
import { LiveClient } from '../engine/live-client.ts';
import type { Precision } from '../requests.ts';
import { type ApiOptions, apiRoutes } from './api.ts';
import { HttpServer } from './http.ts';
import type { ServedModel } from './served-model.ts';

export interface ServeOptions extends Pick<ApiOptions, 'rows' | 'queue' | 'clock' | 'chance' | 'onFailure'> {
  /** Where the weights lie. */
  readonly path: string;
  readonly model: ServedModel;
  /** Threads of one operation. */
  readonly threads: number;
  /** What completions are sampled in (default: fp32); texts are scored in fp32. */
  readonly precision?: Precision;
  /** Where it computes (default: cpu); one that was tried. */
  readonly device?: Device;
  /** Bytes for keys and values of what is under way. */
  readonly cacheBytes: number;
  readonly key: string | null;
  readonly maxBodyBytes?: number;
  readonly stallMs?: number;
  readonly headersMs?: number;
  readonly onAnswer?: (method: string, path: string, status: number) => void;
}

export interface ModelServer {
  /** Port 0 takes a free one. */
  listen(port: number, host: string): Promise<{ readonly url: string; readonly port: number }>;
  /** Rejects when the engine is gone without having been asked. */
  readonly ended: Promise<void>;
  /** Stops accepting, lets what is under way finish for so long, then ends it. True when nothing had to be ended. */
  close(graceMs: number): Promise<boolean>;
}

/** Padded tokens of a batch that is scored. */
const SCORE_TOKENS = 2048;
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const STALL_MS = 30_000;

/** Opens the model (throws ModelError) and gives its server, which does not listen yet. */
export async function createServer(options: ServeOptions): Promise<ModelServer> {
  const {
    path,
    model,
    threads,
    device = 'cpu',
    precision = 'fp32',
    rows,
    cacheBytes,
    key,
    maxBodyBytes = MAX_BODY_BYTES,
    stallMs = STALL_MS,
    headersMs,
    onAnswer,
  } = options;
  const engine = new EngineClient({ threads, rows, device, precision, maxTokens: SCORE_TOKENS });
  let isAlive = true;
  try {
    const live = await LiveClient.open(engine, path, { rows, context: model.context, cacheBytes });
    const ended = live.ended.finally(() => {
      isAlive = false;
    });
    ended.catch(() => undefined); // whoever waits for it hears of it; nobody need
    const { onFailure } = options;
    const routes = apiRoutes({ ...options, serving: live, isAlive: () => isAlive, stallMs });
    const http = new HttpServer({
      routes,
      key,
      maxBodyBytes,
      stallMs,
      ...(headersMs !== undefined && { headersMs }),
      ...(onAnswer && { onAnswer }),
      ...(onFailure && { onFailure }),
    });
    return {
      listen: (port, host) => http.listen(port, host),
      ended,
      async close(graceMs) {
        const isClean = await http.close(graceMs);
        if (isAlive) await live.close();
        await engine.close();
        return isClean;
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}
