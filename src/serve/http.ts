// A small HTTP server with manners: routes from a table, bodies and headers bounded in size and time, an optional key, errors in one form, a client that is
// gone known to the work it asked for, and an end that lets what is under way finish. It knows nothing of models (api.ts does).
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer as createNodeServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jsonOf } from './body.ts';
import { badRequest, Problem, unavailable } from './problem.ts';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborted when the client is gone, and when the server cannot wait any longer (`isStopping`). */
  readonly signal: AbortSignal;
  readonly isStopping: boolean;
  /** The body. Throws Problem. */
  json(): Promise<Readonly<Record<string, unknown>>>;
  /** Answers with JSON. */
  reply(status: number, body: unknown, headers?: Readonly<Record<string, string>>): void;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  /** The whole path, or all paths below one that ends in `/`. */
  readonly path: string;
  /** Whether it is answered without the key. */
  readonly isOpen?: boolean;
  /** Throws Problem for what the client did wrong; anything else is ours. */
  act(exchange: Exchange): Promise<void>;
}

export interface HttpOptions {
  readonly routes: readonly Route[];
  /** Asked for as `Authorization: Bearer KEY`; null: no key. */
  readonly key: string | null;
  readonly maxBodyBytes: number;
  /** Milliseconds in which a client must have sent its headers, its whole request, and read something of an answer. */
  readonly headersMs?: number;
  readonly requestMs?: number;
  readonly stallMs?: number;
  /** Told of every answer: for a log. */
  readonly onAnswer?: (method: string, path: string, status: number) => void;
  /** Told of failures that are ours. */
  readonly onFailure?: (error: unknown) => void;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;
export const isLoopback = (host: string): boolean => LOOPBACK.test(host) || host === '::1';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export class HttpServer {
  private readonly options: Required<Pick<HttpOptions, 'headersMs' | 'requestMs' | 'stallMs'>> & HttpOptions;
  private readonly server: Server;
  private readonly open = new Set<{ readonly stop: AbortController; isStopping: boolean }>();
  private isClosing = false;
  private checksHost = false;
  private wake: (() => void) | null = null;

  constructor(options: HttpOptions) {
    this.options = { headersMs: 10_000, requestMs: 60_000, stallMs: 30_000, ...options };
    const { headersMs, requestMs } = this.options;
    this.server = createNodeServer(
      {
        headersTimeout: headersMs,
        requestTimeout: requestMs,
        connectionsCheckingInterval: Math.min(1000, headersMs),
        keepAliveTimeout: 5000,
      },
      (request, response) => void this.handle(request, response),
    );
  }

  get stallMs(): number {
    return this.options.stallMs;
  }

  /** Port 0 takes a free one. Resolves to the address that is listened on. */
  async listen(port: number, host: string): Promise<{ readonly url: string; readonly port: number }> {
    // Without a key only pages that are told so by name may ask: not one whose name was made to point here.
    this.checksHost = this.options.key === null && isLoopback(host);
    await new Promise<void>((resolve, reject) => this.server.once('error', reject).listen(port, host, resolve));
    const { address, family, port: given } = this.server.address() as AddressInfo;
    return { url: `http://${family === 'IPv6' ? `[${address}]` : address}:${given}`, port: given };
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { onAnswer, onFailure } = this.options;
    const path = (request.url ?? '/').split('?', 1)[0]!;
    const entry = { stop: new AbortController(), isStopping: false };
    this.open.add(entry);
    response.on('close', () => {
      this.open.delete(entry);
      entry.stop.abort();
      onAnswer?.(request.method ?? '', path, response.statusCode);
      if (this.open.size === 0) this.wake?.();
    });
    const exchange = this.exchangeOf(request, response, entry);
    try {
      if (this.isClosing) throw unavailable('the server is stopping');
      await this.routeOf(request, path).act(exchange);
    } catch (error) {
      if (response.destroyed || response.headersSent) return void response.destroy();
      if (!(error instanceof Problem)) onFailure?.(error);
      const problem = error instanceof Problem ? error : failure();
      exchange.reply(problem.details.status, problem.body, problem.details.headers);
    } finally {
      request.resume(); // what is left of a body that was refused is not kept
    }
  }

  private exchangeOf(request: IncomingMessage, response: ServerResponse, entry: { stop: AbortController; isStopping: boolean }): Exchange {
    return {
      request,
      response,
      signal: entry.stop.signal,
      get isStopping() {
        return entry.isStopping;
      },
      json: () => jsonOf(request, this.options.maxBodyBytes),
      reply: (status, body, headers = {}) => {
        const bytes = Buffer.from(JSON.stringify(body));
        const closing = this.isClosing ? { connection: 'close' } : {};
        response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length, ...closing, ...headers });
        response.setTimeout(this.options.stallMs, () => response.destroy());
        response.end(bytes);
      },
    };
  }

  /** Throws Problem: 403 for another host's name, 404, 405, 401. */
  private routeOf(request: IncomingMessage, path: string): Route {
    const { host = '' } = request.headers;
    if (this.checksHost && !isLoopback(host))
      throw badRequest(`the host ${JSON.stringify(host.slice(0, 100))} is not this machine's own name`, {
        status: 403,
        code: 'wrong_host',
      });
    const routes = this.options.routes.filter(r => (r.path.endsWith('/') ? path.startsWith(r.path) : path === r.path));
    const route = routes.find(r => r.method === request.method);
    if (!(route ?? routes[0])?.isOpen) this.checkKey(request);
    if (route) return route;
    if (routes.length === 0) throw badRequest(`there is nothing at ${path.slice(0, 200)}`, { status: 404, code: 'not_found' });
    const allow = routes.map(r => r.method).join(', ');
    throw badRequest(`${path} takes ${allow}, not ${request.method}`, { status: 405, code: 'method_not_allowed', headers: { allow } });
  }

  /** Compared by digest, in constant time: neither the length nor the first wrong character can be told from how long it takes. */
  private checkKey(request: IncomingMessage): void {
    const { key } = this.options;
    if (key === null) return;
    const given = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (timingSafeEqual(digest(given), digest(key))) return;
    const message = given === '' ? 'a key is needed: Authorization: Bearer KEY' : 'the key is wrong';
    throw badRequest(message, { status: 401, code: 'invalid_api_key', headers: { 'www-authenticate': 'Bearer' } });
  }

  /** Accepts no more, waits so long for what is under way, then ends it. True when nothing had to be ended. */
  async close(graceMs: number): Promise<boolean> {
    this.isClosing = true;
    this.server.close();
    this.server.closeIdleConnections();
    const isClean = await this.emptied(graceMs);
    for (const entry of this.open) {
      entry.isStopping = true;
      entry.stop.abort();
    }
    if (!isClean) await this.emptied(LAST_WORDS_MS);
    this.server.closeAllConnections();
    return isClean;
  }

  private async emptied(ms: number): Promise<boolean> {
    if (this.open.size === 0) return true;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.wake = resolve;
    await promise;
    clearTimeout(timer);
    this.wake = null;
    return this.open.size === 0;
  }
}

/** For clients to hear that they are cut off. */
const LAST_WORDS_MS = 1000;

const failure = (): Problem =>
  new Problem('the server failed at this request', { status: 500, type: 'server_error', code: 'internal_error' });
