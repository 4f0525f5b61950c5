// A model that is being served, as the server sees it: live.ts, called across a thread. Every request is a promise; a signal takes it back.
import { EngineError, Interrupted } from '../errors.ts';
import type { Generation } from '../requests.ts';
import type { EngineClient } from './client.ts';
import type { LiveLimits, LiveNews, LiveSample, LiveToken, Scored } from './live-messages.ts';
import { unpackError } from './protocol.ts';

export interface LiveOptions {
  readonly onToken?: (token: LiveToken) => void;
  /** Told of every completion that is whole. */
  readonly onDone?: (draw: number, generation: Generation) => void;
  readonly signal?: AbortSignal;
}

interface Waiting {
  readonly onNews: (news: Exclude<LiveNews, { kind: 'open' | 'failed' }>) => void;
  readonly reject: (error: Error) => void;
}

export class LiveClient {
  private readonly engine: EngineClient;
  private readonly waiting = new Map<number, Waiting>();
  private next = 1;
  private failure: Error | null = null;
  /** Settles when the model is no longer served; rejects where that was not asked for. */
  readonly ended: Promise<void>;

  private constructor(engine: EngineClient, path: string, limits: LiveLimits, onOpen: () => void) {
    this.engine = engine;
    const onProgress = (news: readonly LiveNews[]) => {
      for (const item of news) if (item.kind === 'open') onOpen();
      for (const item of news) this.receive(item);
    };
    this.ended = engine.call('live', [path, limits], { onProgress }).then(
      () => this.failAll(new Interrupted('the model is no longer served')),
      error => {
        this.failAll(error);
        throw error;
      },
    );
  }

  /** Throws ModelError. One model at a time is served by an engine. */
  static async open(engine: EngineClient, path: string, limits: LiveLimits): Promise<LiveClient> {
    const opened = Promise.withResolvers<void>();
    const client = new LiveClient(engine, path, limits, opened.resolve);
    await Promise.race([opened.promise, client.ended]);
    return client;
  }

  /** Completions, one a seed, in the order of the seeds. Rejects with Interrupted when the signal takes it back. */
  sample(ask: LiveSample, { onToken, onDone, signal }: LiveOptions = {}): Promise<Generation[]> {
    const generations = new Array<Generation>(ask.seeds.length);
    let left = ask.seeds.length;
    return this.request<Generation[]>(signal, (id, resolve) => {
      this.engine.ask({ kind: 'sample', id, ask });
      return news => {
        if (news.kind === 'token') onToken?.(news);
        if (news.kind !== 'done') return;
        generations[news.draw] = news.generation;
        left -= 1;
        onDone?.(news.draw, news.generation);
        if (left === 0) resolve(generations);
      };
    });
  }

  /** log p of every token after the first, and the best words of each of these places. */
  score(tokens: readonly number[], best: number, signal?: AbortSignal): Promise<Scored> {
    return this.request<Scored>(signal, (id, resolve) => {
      this.engine.ask({ kind: 'score', id, tokens, best });
      return news => {
        if (news.kind === 'scored') resolve({ logprobs: news.logprobs, best: news.best });
      };
    });
  }

  private async request<T>(
    signal: AbortSignal | undefined,
    begin: (id: number, resolve: (value: T) => void) => Waiting['onNews'],
  ): Promise<T> {
    if (this.failure) throw this.failure;
    if (signal?.aborted) throw new Interrupted();
    const id = this.next++;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const cancel = () => {
      this.engine.ask({ kind: 'cancel', id });
      reject(new Interrupted());
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      this.waiting.set(id, { onNews: begin(id, resolve), reject });
      return await promise;
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.waiting.delete(id);
    }
  }

  private receive(news: LiveNews): void {
    if (news.kind === 'open') return;
    const waiting = this.waiting.get(news.id);
    if (news.kind !== 'failed') waiting?.onNews(news);
    else waiting?.reject(new EngineError('the engine failed at this request', { cause: unpackError(news.error) }));
  }

  private failAll(error: Error): void {
    this.failure = error;
    for (const { reject } of this.waiting.values()) reject(error);
  }

  /** Ends the service; requests under way are rejected with Interrupted. */
  async close(): Promise<void> {
    this.engine.ask({ kind: 'close' });
    await this.ended;
  }
}
