// One file of a repository into the cache. Bytes go to blobs/ETAG.incomplete; only when their number and their hash are those that the Hub
// named do they become blobs/ETAG, and only then does the snapshot name them. What an earlier attempt has left is gone on with; where
// that turns out wrong the file is fetched once more from its beginning.
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, statSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { DataError } from '../errors.ts';
import { blobPath, refPath, snapshotPath } from './cache.ts';
import { type FileFacts, fileUrl, type Hub, idOf, readFacts, request } from './hub.ts';

export interface Wanted {
  readonly repo: string;
  readonly commit: string;
  readonly file: string;
}

/** The path of the file in the cache; downloads what is missing. Throws DataError when what came is not what the Hub named. */
export async function fetchToCache(hub: Hub, hubCache: string, wanted: Wanted): Promise<string> {
  const pointer = join(snapshotPath(hubCache, wanted.repo, wanted.commit), wanted.file);
  if (existsSync(pointer)) return pointer;
  const facts = await readFacts(hub, wanted.repo, wanted.commit, wanted.file);
  const blob = blobPath(hubCache, wanted.repo, facts.etag);
  if (!existsSync(blob)) await download(hub, wanted, facts, blob);
  await point(pointer, blob);
  return pointer;
}

async function download(hub: Hub, wanted: Wanted, facts: FileFacts, blob: string): Promise<void> {
  const part = `${blob}.incomplete`;
  await mkdir(dirname(blob), { recursive: true });
  const hadPart = sizeOf(part) > 0;
  await receive(hub, wanted, facts, part);
  let wrong = await whatIsWrong(part, facts);
  if (wrong !== null && hadPart) {
    await rm(part, { force: true });
    await receive(hub, wanted, facts, part);
    wrong = await whatIsWrong(part, facts);
  }
  if (wrong === null) return rename(part, blob);
  // A short file is kept, to be gone on with; a wrong one is of no use.
  if (!wrong.isShort) await rm(part, { force: true });
  throw new DataError(`${idOf(wanted.repo)}/${wanted.file} did not arrive whole: ${wrong.why}; give the same command again`);
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** Appends what is missing to the part, or writes it anew where the server sends the whole. A broken connection leaves the part shorter. */
async function receive(hub: Hub, { repo, commit, file }: Wanted, { size }: FileFacts, part: string): Promise<void> {
  const have = size !== null && sizeOf(part) < size ? sizeOf(part) : 0;
  const headers = { 'Accept-Encoding': 'identity', ...(have > 0 && { Range: `bytes=${have}-` }) };
  const response = await request(hub, fileUrl(hub, repo, commit, file), { headers });
  if (!response.ok || response.body === null) throw new DataError(`${idOf(repo)}/${file} could not be read (HTTP ${response.status})`);
  const isRest = response.status === 206 && new RegExp(`^bytes ${have}-`).test(response.headers.get('content-range') ?? '');
  if (response.status === 206 && !isRest) throw new DataError(`${idOf(repo)}/${file}: the server sent another part than it was asked for`);
  let done = isRest ? have : 0;
  try {
    const body = Readable.fromWeb(response.body as ReadableStream);
    const counted = body.map((chunk: Uint8Array) => {
      done += chunk.length;
      hub.onBytes?.(file, done, size);
      return chunk;
    });
    await pipeline(counted, createWriteStream(part, { flags: isRest ? 'a' : 'w' }));
  } catch (cause) {
    if (hub.signal?.aborted) throw hub.signal.reason;
    if (!isBrokenOff(cause)) throw new DataError(`${part} cannot be written`, { cause });
  }
}

/** The connection broke, not the disk: what undici and the sockets call it. */
function isBrokenOff(cause: unknown): boolean {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? '';
  return (
    cause instanceof TypeError ||
    code.startsWith('UND_ERR') ||
    ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ERR_STREAM_PREMATURE_CLOSE'].includes(code)
  );
}

interface Wrong {
  readonly why: string;
  readonly isShort: boolean;
}

async function whatIsWrong(part: string, { etag, size }: FileFacts): Promise<Wrong | null> {
  const have = sizeOf(part);
  if (size !== null && have !== size) return { why: `${have} of ${size} bytes`, isShort: have < size };
  const hash = hashNamedBy(etag, have);
  if (hash === null) return null;
  await pipeline(createReadStream(part), hash, { end: false });
  return hash.digest('hex') === etag ? null : { why: 'its hash is not the one that the Hub names', isShort: false };
}

/** 64 digits are the SHA-256 of the bytes, 40 git's SHA-1 of a blob; anything else says nothing about them. */
function hashNamedBy(etag: string, size: number): Hash | null {
  if (/^[0-9a-f]{64}$/.test(etag)) return createHash('sha256');
  return /^[0-9a-f]{40}$/.test(etag) ? createHash('sha1').update(`blob ${size}\0`) : null;
}

async function point(pointer: string, blob: string): Promise<void> {
  await mkdir(dirname(pointer), { recursive: true });
  try {
    await symlink(relative(dirname(pointer), blob), pointer);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    // Windows lets only some users make links; the cache of Python copies there as well.
    if (code !== 'EPERM') throw new DataError(`${pointer} cannot be written`, { cause });
    await copyFile(blob, pointer);
  }
}

/** Notes which commit a branch or tag stands for. */
export async function writeRef(hubCache: string, repo: string, revision: string, commit: string): Promise<void> {
  const path = refPath(hubCache, repo, revision);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, commit);
}
