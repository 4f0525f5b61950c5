// Pulling, against a server on this machine that answers as the Hub does: the list of a revision, facts on HEAD, large files behind a redirect,
// ranges, refusals, and every way in which bytes go missing. The bytes come over real sockets.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { ConfigError, DataError } from '../errors.ts';
import { blobPath, refPath, repoFolder } from './cache.ts';
import { type PullOptions, pull, pulledFiles } from './pull.ts';

const COMMIT = 'c0ffee'.padEnd(40, '0');
const REPO = 'openai/gsm8k';
const FULL = `datasets/${REPO}`;
const TRAIN = Buffer.from('{"question": "train", "answer": "#### 1"}\n'.repeat(9000));
const TEST = Buffer.from('{"question": "test", "answer": "#### 2"}\n'.repeat(10));

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const gitHash = (bytes: Uint8Array) => createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

/** A large file, kept in a store of its own, and a small one. */
const FILES: Readonly<Record<string, { readonly bytes: Buffer; readonly isLarge: boolean }>> = {
  'main/train-00000-of-00001.parquet': { bytes: TRAIN, isLarge: true },
  'main/test-00000-of-00001.parquet': { bytes: TEST, isLarge: false },
  'socratic/train-00000-of-00001.parquet': { bytes: Buffer.from('other'), isLarge: false },
  'README.md': { bytes: Buffer.from('# GSM8K'), isLarge: false },
};

type Trouble = 'cut' | 'cut-always' | 'flip' | 'busy' | 'no-range' | 'gated' | 'no-etag' | 'escape';
let troubles: Set<Trouble> = new Set();
let requests: string[] = [];
let authorizations: (readonly [isStore: boolean, value: string | undefined])[] = [];
let root = '';
/** The same server by another name: to a client another host. */
let store = '';
const hubCaches: string[] = [];

function answer(request: IncomingMessage, response: ServerResponse): ServerResponse {
  const url = new URL(request.url ?? '/', root);
  requests.push(`${request.method} ${url.pathname}${request.headers.range ? ` ${request.headers.range}` : ''}`);
  authorizations.push([url.pathname.startsWith('/store/'), request.headers.authorization]);
  if (troubles.delete('busy')) return response.writeHead(503).end();
  if (troubles.has('gated')) return response.writeHead(403).end();
  if (url.pathname === `/api/datasets/${REPO}/revision/main`) {
    const names = [...Object.keys(FILES), ...(troubles.has('escape') ? ['main/train-../../../../evil.parquet'] : [])];
    return response.end(JSON.stringify({ id: REPO, sha: COMMIT, siblings: names.map(rfilename => ({ rfilename })) }));
  }
  const stored = /^\/store\/(.+)$/.exec(url.pathname)?.[1];
  const asked = new RegExp(`^/datasets/${REPO}/resolve/${COMMIT}/(.+)$`).exec(url.pathname)?.[1];
  const file = FILES[decodeURIComponent(stored ?? asked ?? '')];
  if (!file) return response.writeHead(404).end();
  if (stored !== undefined || !file.isLarge) return send(request, response, file.bytes);
  return response
    .writeHead(302, {
      'X-Repo-Commit': COMMIT,
      'X-Linked-ETag': `"${sha256(file.bytes)}"`,
      'X-Linked-Size': file.bytes.length,
      Location: `${store}/store/${asked}`,
    })
    .end();
}

function send(request: IncomingMessage, response: ServerResponse, bytes: Buffer): ServerResponse {
  const from = troubles.has('no-range') ? 0 : Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const rest = bytes.subarray(from);
  const headers = { 'Content-Length': rest.length, ...(troubles.has('no-etag') ? {} : { ETag: `"${gitHash(bytes)}"` }) };
  response.writeHead(
    from > 0 ? 206 : 200,
    from > 0 ? { ...headers, 'Content-Range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : headers,
  );
  if (request.method === 'HEAD') return response.end();
  if (troubles.delete('cut') || troubles.has('cut-always')) {
    response.write(rest.subarray(0, Math.ceil(rest.length / 2)), () => setTimeout(() => response.destroy(), 20));
    return response;
  }
  return response.end(troubles.delete('flip') ? Buffer.from(rest.map((byte, i) => (i === 5 ? byte ^ 1 : byte))) : rest);
}

const server = createServer(answer);
before(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  store = `http://localhost:${(server.address() as AddressInfo).port}`;
  root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.close();
  for (const dir of hubCaches) rmSync(dir, { recursive: true, force: true });
});
afterEach(() => {
  troubles = new Set();
  requests = [];
  authorizations = [];
});

function optionsOf(more: Partial<PullOptions> = {}): PullOptions {
  const hubCache = mkdtempSync(join(tmpdir(), 'rest-em-hub-'));
  hubCaches.push(hubCache);
  return { hub: { endpoint: root, retryMs: [1, 1] }, hubCache, isOffline: false, revision: 'main', ...more };
}

async function complaint(work: Promise<unknown>, kind: typeof DataError | typeof ConfigError = DataError): Promise<string> {
  const error = await work.then(
    () => assert.fail('it was pulled'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof kind, String(error));
  return error.message;
}

test('a set is pulled into the layout of the Hub cache, large and small files, and only its own splits', async () => {
  const options = optionsOf();
  const pulled = await pull('gsm8k', options);
  assert.deepEqual(
    pulled.map(p => [p.split, p.repo, p.commit, p.files.length]),
    [
      ['train', REPO, COMMIT, 1],
      ['test', REPO, COMMIT, 1],
    ],
  );
  const [train, small] = [pulled[0]!.files[0]!, pulled[1]!.files[0]!];
  assert.equal(train, join(options.hubCache, 'datasets--openai--gsm8k/snapshots', COMMIT, 'main/train-00000-of-00001.parquet'));
  assert.deepEqual(readFileSync(train), TRAIN);
  assert.deepEqual(readFileSync(small), TEST);
  assert.ok(lstatSync(train).isSymbolicLink());
  assert.deepEqual(readdirSync(join(repoFolder(options.hubCache, FULL), 'blobs')).sort(), [sha256(TRAIN), gitHash(TEST)].sort());
  assert.equal(readFileSync(refPath(options.hubCache, FULL, 'main'), 'utf8'), COMMIT);
});

test('what is in the cache is not fetched again, and serves without a network', async () => {
  const options = optionsOf();
  const first = await pull('gsm8k', options);
  requests = [];
  assert.deepEqual(await pull('gsm8k', options), first);
  assert.deepEqual(requests, Array(2).fill(`GET /api/datasets/${REPO}/revision/main`));
  requests = [];
  assert.deepEqual(await pull('gsm8k', { ...options, isOffline: true }), first);
  assert.deepEqual(requests, []);
  assert.deepEqual(pulledFiles('gsm8k', options.hubCache), { train: first[0]!.files, test: first[1]!.files });
});

test('offline and not in the cache: the line says what to do, and that a local file will do', async () => {
  const message = await complaint(pull('gsm8k', optionsOf({ isOffline: true })));
  assert.match(message, /openai\/gsm8k is not in .*HF_HUB_OFFLINE is set: .*train: FILE, test: FILE/);
  assert.deepEqual(requests, []);
});

test('no network: the line names the mirror setting and the way without', async () => {
  const message = await complaint(pull('gsm8k', optionsOf({ hub: { endpoint: 'http://127.0.0.1:1', retryMs: [] } })));
  assert.match(message, /127\.0\.0\.1:1 cannot be reached \(HF_ENDPOINT .*train: FILE/);
});

test('a download that is cut off is refused, kept, and gone on with where it stopped', async () => {
  const options = optionsOf();
  troubles.add('cut');
  assert.match(await complaint(pull('gsm8k', options)), /did not arrive whole: \d+ of \d+ bytes; give the same command again/);
  const blob = blobPath(options.hubCache, FULL, sha256(TRAIN));
  assert.deepEqual([existsSync(blob), existsSync(`${blob}.incomplete`), pulledFiles('gsm8k', options.hubCache)], [false, true, {}]);
  requests = [];
  const [train] = await pull('gsm8k', options);
  assert.deepEqual(readFileSync(train!.files[0]!), TRAIN);
  assert.ok(
    requests.some(line => /^GET \/store\/.* bytes=\d+-$/.test(line)),
    requests.join('\n'),
  );
  assert.ok(!existsSync(`${blob}.incomplete`));
});

test('a server without ranges sends the whole again, and a part that was wrong is thrown away', async () => {
  const options = optionsOf();
  troubles.add('cut');
  await complaint(pull('gsm8k', options));
  troubles.add('no-range');
  assert.deepEqual(readFileSync((await pull('gsm8k', options))[0]!.files[0]!), TRAIN);
  const other = optionsOf();
  troubles = new Set(['cut']);
  await complaint(pull('gsm8k', other));
  writeFileSync(`${blobPath(other.hubCache, FULL, sha256(TRAIN))}.incomplete`, 'what somebody else left');
  assert.deepEqual(readFileSync((await pull('gsm8k', other))[0]!.files[0]!), TRAIN);
});

test('bytes that are not those that the Hub named are refused, however many there are', async () => {
  for (const [name, trouble] of [
    ['gsm8k', 'flip'],
    ['gsm8k', 'cut-always'],
  ] as const) {
    const options = optionsOf();
    troubles = new Set([trouble]);
    assert.match(await complaint(pull(name, options)), /did not arrive whole/);
    assert.ok(!existsSync(refPath(options.hubCache, FULL, 'main')));
  }
});

test('a small file is checked as well, by the hash that git gives it', async () => {
  const options = optionsOf();
  const [train] = await pull('gsm8k', options);
  rmSync(join(repoFolder(options.hubCache, FULL), 'blobs', gitHash(TEST)));
  rmSync(train!.files[0]!.replace('train', 'test'));
  troubles.add('flip');
  assert.match(await complaint(pull('gsm8k', options)), /test-00000.*its hash is not the one that the Hub names/);
});

test('a busy server is asked again; a token goes to the Hub and to nobody else', async () => {
  troubles.add('busy');
  await pull('gsm8k', optionsOf({ hub: { endpoint: root, retryMs: [1], token: 'hf_x' } }));
  assert.equal(requests[0], requests[1]);
  assert.ok(authorizations.some(([isStore]) => isStore));
  for (const [isStore, value] of authorizations) assert.equal(value, isStore ? undefined : 'Bearer hf_x');
});

test('what is gated, missing or unknown is named with the way out', async () => {
  assert.match(await complaint(pull('openai/none', optionsOf())), /openai\/none at main is not on the Hub/);
  assert.match(await complaint(pull('gsm8k', optionsOf({ revision: 'v9' }))), /openai\/gsm8k at v9 is not on the Hub/);
  assert.match(await complaint(pull('gsm9k', optionsOf()), ConfigError), /gsm9k: no data set we know; known: .*gsm8k/);
  assert.match(await complaint(pull('mawps', optionsOf()), ConfigError), /mawps: is not pulled: .*local files/);
  troubles.add('gated');
  assert.match(await complaint(pull('gsm8k', optionsOf())), /is gated; .*HF_TOKEN/);
  troubles = new Set(['no-etag']);
  assert.match(await complaint(pull('gsm8k', optionsOf())), /gives no ETag, so what it sends cannot be checked/);
});

test('an id pulls every file of rows, and no path leaves its folder', async () => {
  troubles.add('escape');
  const options = optionsOf();
  const [all] = await pull(REPO, options);
  assert.deepEqual(
    all!.files.map(file => file.split(`${COMMIT}/`)[1]),
    ['main/test-00000-of-00001.parquet', 'main/train-00000-of-00001.parquet', 'socratic/train-00000-of-00001.parquet'],
  );
});
