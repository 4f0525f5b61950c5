// What the Hugging Face Hub says about a repository (datasets/openai/gsm8k, models/openai-community/gpt2): the files of a revision, and of one
// file its size, its hash and where its bytes are. Two endpoints, read only. Not @huggingface/hub: version 2.17.5 checks neither size nor hash of what it has downloaded, starts again from nothing, and
// prints to the console; a data set or a model that is cut short without a word is what a training run must not be fed.
import { setTimeout as sleep } from 'node:timers/promises';
import { DataError } from '../errors.ts';

export interface Hub {
  /** https://huggingface.co, or a mirror. */
  readonly endpoint: string;
  readonly token?: string;
  readonly signal?: AbortSignal;
  /** What will do where the network is missing, for its message. */
  readonly otherwise?: string;
  /** Told of the bytes of a file that are here, while they come. */
  onBytes?(file: string, have: number, size: number | null): void;
  /** Waits before the second and every later attempt. */
  readonly retryMs?: readonly number[];
}

export interface Revision {
  /** The commit that a branch or tag stands for. */
  readonly commit: string;
  readonly files: readonly string[];
}

export interface FileFacts {
  /** The name of the file's bytes in the cache: the SHA-256 of a large file, git's SHA-1 of a small one. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number | null;
}

const RETRY_MS = [500, 2000, 5000];
const MOST_REDIRECTS = 5;

const urlOf = (hub: Hub, path: string): string => `${hub.endpoint.replace(/\/+$/, '')}/${path}`;
const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** A repository as a person names it: without its kind. */
export const idOf = (repo: string): string => repo.replace(/^(datasets|models)\//, '');

/** The address of a file's bytes. Models stand at the root of the Hub. */
export const fileUrl = (hub: Hub, repo: string, commit: string, file: string): string =>
  urlOf(hub, `${encoded(repo.replace(/^models\//, ''))}/resolve/${encodeURIComponent(commit)}/${encoded(file)}`);

/** The commit and the files of a repository. Throws DataError, naming what to do. */
export async function readRevision(hub: Hub, repo: string, revision: string): Promise<Revision> {
  const url = urlOf(hub, `api/${encoded(repo)}/revision/${encodeURIComponent(revision)}`);
  const response = await request(hub, url, {});
  if (!response.ok) throw refusal(response, `${idOf(repo)} at ${revision}`);
  const { sha, siblings } = (await response.json()) as {
    readonly sha?: unknown;
    readonly siblings?: readonly { readonly rfilename?: unknown }[];
  };
  const files = (Array.isArray(siblings) ? siblings : []).flatMap(s => (isSafe(s.rfilename) ? [s.rfilename] : []));
  if (typeof sha !== 'string' || !/^[0-9a-f]{40}$/.test(sha)) throw new DataError(`${url} does not answer as the Hub does`);
  return { commit: sha, files };
}

/** A path that stays inside the folder of its repository. */
const isSafe = (path: unknown): path is string =>
  typeof path === 'string' &&
  path !== '' &&
  !path.startsWith('/') &&
  !/[\\\0]/.test(path) &&
  !path.split('/').some(part => part === '..' || part === '.' || part === '');

/** Hash and size of a file, without its bytes. A large file is redirected to a store of its own; the facts stand on the redirect. */
export async function readFacts(hub: Hub, repo: string, commit: string, file: string): Promise<FileFacts> {
  let url = fileUrl(hub, repo, commit, file);
  for (let i = 0; i < MOST_REDIRECTS; i++) {
    const response = await request(hub, url, { method: 'HEAD', redirect: 'manual', headers: { 'Accept-Encoding': 'identity' } });
    const { headers, status } = response;
    const isRedirect = status >= 300 && status < 400;
    if (!isRedirect && !response.ok) throw refusal(response, `${idOf(repo)}/${file}`);
    const etag = (headers.get('x-linked-etag') ?? (isRedirect ? null : headers.get('etag')))?.replace(/^W\//, '').replaceAll('"', '');
    const size = headers.get('x-linked-size') ?? (isRedirect ? null : headers.get('content-length'));
    if (etag && /^[\w.-]+$/.test(etag)) return { etag, size: size === null ? null : Number(size) };
    const location = headers.get('location');
    if (!isRedirect || !location) throw new DataError(`${url} gives no ETag, so what it sends cannot be checked`);
    url = new URL(location, url).href;
  }
  throw new DataError(`${idOf(repo)}/${file}: more than ${MOST_REDIRECTS} redirects`);
}

/** One request, tried again where the network or the server was at fault. */
export async function request(hub: Hub, url: string, init: RequestInit): Promise<Response> {
  const waits = hub.retryMs ?? RETRY_MS;
  const isOurs = new URL(url).origin === new URL(hub.endpoint).origin;
  const headers = {
    ...(hub.token && isOurs && { Authorization: `Bearer ${hub.token}` }),
    ...(init.headers as Record<string, string> | undefined),
  };
  for (let attempt = 0; ; attempt++) {
    const result = await fetch(url, { ...init, headers, ...(hub.signal && { signal: hub.signal }) }).catch((cause: unknown) => ({ cause }));
    if (hub.signal?.aborted) throw hub.signal.reason;
    const isLast = attempt >= waits.length;
    if ('status' in result && (isLast || !isPassing(result.status))) return result;
    if (isLast) throw unreachable(hub, result as { readonly cause: unknown });
    await sleep(waits[attempt]);
  }
}

const isPassing = (status: number): boolean => status === 429 || status >= 500;

function unreachable(hub: Hub, { cause }: { readonly cause: unknown }): DataError {
  const otherwise = hub.otherwise === undefined ? '' : `; ${hub.otherwise}`;
  return new DataError(`${hub.endpoint} cannot be reached (HF_ENDPOINT names a mirror${otherwise})`, { cause });
}

const WHY: Readonly<Record<number, string>> = {
  401: 'is private, gated or not there; HF_TOKEN holds a token that may read it',
  403: 'is gated; accept its terms on its page and set HF_TOKEN',
  404: 'is not on the Hub',
  429: 'was asked for too often; wait, or set HF_TOKEN',
};

function refusal({ status }: Response, what: string): DataError {
  return new DataError(`${what} ${WHY[status] ?? `could not be read (HTTP ${status})`}`);
}
