// The engine as the rest of the program sees it: the methods of Engine, called across a thread. Importing this loads no native module.
import { Worker } from 'node:worker_threads';
import { EngineError, Interrupted } from '../errors.ts';
import type { EngineOptions } from './engine.ts';
import type { LiveAsk } from './live-messages.ts';
import type { Aside, Method, Reply, Request, Result, WorkerStart } from './protocol.ts';
import { unpackError } from './protocol.ts';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((progress: never) => void) | undefined;
}

/** The engine stopped because it was asked to (sampling.ts, engine.ts), not because something broke. */
const wasAborted = (error: Error): boolean => error.cause instanceof Error && error.cause.name === 'Aborted';

export class EngineClient {
  private readonly worker: Worker;
  private readonly abort = new Int32Array(new SharedArrayBuffer(4));
  private readonly waiting = new Map<number, Waiting>();
  private next = 1;
  private dead: EngineError | null = null;

  constructor(options: EngineOptions) {
    const start: WorkerStart = { options, abort: this.abort.buffer };
    // Run from source the worker is TypeScript, in a built package JavaScript.
    const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
    this.worker = new Worker(new URL(file, import.meta.url), { workerData: start });
    this.worker.on('message', (reply: Reply) => this.receive(reply));
    this.worker.on('error', cause =>
      this.failAll(new EngineError(`the engine's thread died: ${cause instanceof Error ? cause.message : cause}`, { cause })),
    );
    this.worker.on('exit', code => this.failAll(new EngineError(`the engine's thread ended with code ${code}`)));
    this.worker.unref();
  }

  call<M extends Method>(
    method: M,
    args: readonly unknown[],
    options: { readonly onProgress?: (progress: never) => void; readonly signal?: AbortSignal } = {},
  ): Promise<Result<M>> {
    const { onProgress, signal } = options;
    if (this.dead) return Promise.reject(this.dead);
    if (signal?.aborted) return Promise.reject(new Interrupted());
    const id = this.next++;
    const stop = () => Atomics.store(this.abort, 0, 1);
    signal?.addEventListener('abort', stop, { once: true });
    this.worker.ref();
    const answer = new Promise<unknown>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, onProgress });
      const request: Request = { id, method, args };
      try {
        this.worker.postMessage(request);
      } catch (cause) {
        this.waiting.delete(id);
        reject(
          new EngineError(`what was asked of the engine is not plain data: ${cause instanceof Error ? cause.message : cause}`, { cause }),
        );
      }
    });
    return (answer as Promise<Result<M>>)
      .catch((error: Error) => {
        throw signal?.aborted && wasAborted(error) ? new Interrupted() : error;
      })
      .finally(() => {
        signal?.removeEventListener('abort', stop);
        Atomics.store(this.abort, 0, 0);
        if (this.waiting.size === 0) this.worker.unref();
      });
  }

  /** Hands something to the `live` call under way. */
  ask(ask: LiveAsk): void {
    const aside: Aside = { ask };
    this.worker.postMessage(aside);
  }

  private receive(reply: Reply): void {
    const waiting = this.waiting.get(reply.id);
    if (!waiting) return;
    if (reply.kind === 'progress') {
      waiting.onProgress?.(reply.progress as never);
      return;
    }
    this.waiting.delete(reply.id);
    if (reply.kind === 'result') waiting.resolve(reply.result);
    else waiting.reject(unpackError(reply.error));
  }

  private failAll(error: EngineError): void {
    this.dead ??= error;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
