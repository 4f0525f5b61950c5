// How the server treats its clients: the key, strangers' names for this machine, bodies and queues beyond their bounds, clients that leave or do not read,
// and the end.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { openModel } from '../engine/weights/open.ts';
import { Interrupted } from '../errors.ts';
import { Admission } from './admission.ts';
import { apiRoutes } from './api.ts';
import { EventStream } from './events.ts';
import type { Serving } from './generate.ts';
import { type Exchange, HttpServer } from './http.ts';
import { Problem } from './problem.ts';
import { createServer, type ServeOptions } from './server.ts';

const path = join(import.meta.dirname, '../engine/weights/fixtures/micro');
const source = await openModel(path);
await source.close();
const model = { name: 'micro', aliases: [], tokenizer: source.tokenizer, vocab: source.config.vocab, context: 64 };

async function withServer(options: Partial<ServeOptions>, work: (url: string, close: (ms: number) => Promise<boolean>) => Promise<void>) {
  const defaults = { path, model, threads: 1, rows: 2, queue: 0, cacheBytes: 1e8, key: null, clock: () => 0, chance: () => 7 };
  const server = await createServer({ ...defaults, ...options });
  let closed: Promise<boolean> | null = null;
  const close = (ms: number) => (closed ??= server.close(ms));
  try {
    await work((await server.listen(0, '127.0.0.1')).url, close);
  } finally {
    await close(0);
  }
}

const JSON_TYPE = { 'content-type': 'application/json' };
const post = (url: string, body: object, headers: Record<string, string> = {}, signal: AbortSignal | null = null) =>
  fetch(`${url}/v1/completions`, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body), signal });
const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;

/** Long enough to be under way when the next request comes: the model never ends by itself within these. */
const LONG = { prompt: 'abc', n: 128, max_tokens: 60, temperature: 1, seed: 1 };
const SHORT = { prompt: 'abc', max_tokens: 2 };

test('a key is asked for everywhere but at /health, and only the right one will do', () =>
  withServer({ key: 'sesame' }, async url => {
    assert.equal((await fetch(`${url}/health`)).status, 200);
    assert.equal((await post(url, SHORT, { authorization: 'Bearer sesame' })).status, 200);
    for (const authorization of ['', 'Bearer sesam', 'Bearer sesamee', 'sesame', 'Basic sesame', 'Bearer']) {
      const refused = await post(url, SHORT, authorization === '' ? {} : { authorization });
      assert.deepEqual([refused.status, await codeOf(refused)], [401, 'invalid_api_key']);
    }
    assert.equal((await fetch(`${url}/v1/models`)).status, 401);
    assert.equal((await fetch(`${url}/v1/nothing`)).status, 401);
  }));

test('without a key a name that somebody else pointed here is refused', () =>
  withServer({}, async url => {
    const { port } = new URL(url);
    const asked = (host: string) =>
      new Promise<number | undefined>(resolve =>
        request({ port, host: '127.0.0.1', path: '/v1/models', headers: { host } }, r => resolve(r.resume().statusCode)).end(),
      );
    assert.deepEqual(
      await Promise.all(
        ['localhost', `127.0.0.1:${port}`, '[::1]:80', 'evil.example', `evil.example:${port}`, '127.0.0.1.evil.example'].map(asked),
      ),
      [200, 200, 200, 403, 403, 403],
    );
  }));

test('a body beyond the bound is refused, declared or not, and the next is answered', () =>
  withServer({ maxBodyBytes: 1000 }, async url => {
    const large = { prompt: 'x'.repeat(2000) };
    const declared = await post(url, large);
    assert.deepEqual([declared.status, await codeOf(declared)], [413, 'request_too_large']);
    const parts = new ReadableStream({
      start: controller => {
        for (let i = 0; i < 20; i++) controller.enqueue(Buffer.from('x'.repeat(200)));
        controller.close();
      },
    });
    const streamed = await fetch(`${url}/v1/completions`, {
      method: 'POST',
      headers: JSON_TYPE,
      body: parts,
      duplex: 'half',
    } as RequestInit);
    assert.equal(streamed.status, 413);
    assert.equal((await post(url, SHORT)).status, 200);
  }));

test('beyond the queue clients are asked to come again, and are answered when they do', () =>
  withServer({}, async url => {
    const long = post(url, { ...LONG, n: 16 });
    let refused = await post(url, SHORT);
    while (refused.status === 200) refused = await post(url, SHORT); // the long one has not come in yet
    assert.deepEqual([refused.status, await codeOf(refused)], [429, 'queue_full']);
    assert.ok(Number(refused.headers.get('retry-after')) >= 1);
    assert.equal((await long).status, 200);
    assert.equal((await post(url, SHORT)).status, 200);
  }));

test('what a client has left behind is taken back from the engine', async () => {
  for (const stream of [true, false]) {
    const begun = Promise.withResolvers<AbortSignal>();
    const never = Promise.withResolvers<never>();
    const serving: Serving = {
      sample: (_, options) => {
        begun.resolve(options!.signal!);
        options!.signal!.addEventListener('abort', () => never.reject(new Interrupted()));
        return never.promise;
      },
      score: () => never.promise,
    };
    const options = { model, serving, isAlive: () => true, rows: 1, queue: 0, stallMs: 1000, clock: () => 0, chance: () => 7 };
    const http = new HttpServer({ routes: apiRoutes(options), key: null, maxBodyBytes: 1000 });
    const { url } = await http.listen(0, '127.0.0.1');
    const gone = new AbortController();
    const left = post(url, { ...SHORT, stream }, {}, gone.signal).then(r => r.text());
    const signal = await begun.promise;
    assert.equal((await post(url, SHORT)).status, 429);
    gone.abort();
    await assert.rejects(left);
    if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve));
    assert.equal(await http.close(5000), true);
  }
});

test('a client that does not read is given up', async () => {
  const ended = Promise.withResolvers<number>();
  const act = async ({ response }: Exchange) => {
    const events = new EventStream(response, 50);
    const started = performance.now();
    response.on('close', () => ended.resolve(performance.now() - started));
    while (!response.destroyed) {
      if (events.isFull) await events.room();
      events.send('x'.repeat(100_000));
    }
  };
  const http = new HttpServer({ routes: [{ method: 'GET', path: '/', act }], key: null, maxBodyBytes: 10 });
  const { port } = await http.listen(0, '127.0.0.1');
  const socket = connect(port, '127.0.0.1').pause();
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
  assert.ok((await ended.promise) >= 50);
  socket.destroy();
  assert.equal(await http.close(5000), true);
});

test('a stop lets what is under way finish when there is time', () =>
  withServer({}, async (url, close) => {
    const under = post(url, { ...LONG, n: 2 });
    while ((await post(url, SHORT)).status === 200); // until the long one has all places: every answer is awaited
    const closed = close(20_000);
    const answer = (await (await under).json()) as { choices: unknown[] };
    assert.equal(answer.choices.length, 2);
    assert.equal(await closed, true);
    await assert.rejects(post(url, SHORT));
  }));

test('a stop without time ends answers and says so, in a stream as its last event', () =>
  withServer({ rows: 1 }, async (url, close) => {
    const stream = await post(url, { ...LONG, stream: true });
    const whole = stream.text();
    assert.equal(await close(0), false);
    const events = (await whole).trim().split('\n\n');
    assert.match(events.at(-1)!, /"message":"the server is stopping"/);
    assert.ok(!events.includes('data: [DONE]'));
  }));

test('the queue counts completions in and out, once each', () => {
  const admission = new Admission(2, 1);
  const first = admission.enter(2);
  const second = admission.enter(5); // one place is left: a large request may take it
  assert.equal(admission.inside, 7);
  assert.throws(
    () => admission.enter(1),
    (error: unknown) => error instanceof Problem && error.details.status === 429 && error.details.headers?.['retry-after'] === '4',
  );
  second();
  second();
  assert.equal(admission.inside, 2);
  admission.enter(1);
  first();
  assert.equal(admission.inside, 1);
});

test('a failure of ours is told without its inside, and reported here', async () => {
  const failures: unknown[] = [];
  const act = () => Promise.reject(new Error('secret'));
  const http = new HttpServer({
    routes: [{ method: 'GET', path: '/', act }],
    key: null,
    maxBodyBytes: 10,
    onFailure: e => failures.push(e),
  });
  const { url } = await http.listen(0, '127.0.0.1');
  const response = await fetch(url);
  assert.equal(response.status, 500);
  assert.doesNotMatch(await response.text(), /secret/);
  assert.match(String(failures[0]), /secret/);
  await http.close(0);
});

test('headers that do not come are not waited for', async () => {
  const http = new HttpServer({ routes: [], key: null, maxBodyBytes: 10, headersMs: 50 });
  const { port } = await http.listen(0, '127.0.0.1');
  const socket = connect(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost:');
  const heard = await new Promise<string>(resolve => {
    let text = '';
    socket.on('data', part => (text += part)).on('close', () => resolve(text));
  });
  assert.match(heard, /408/);
  await http.close(0);
});
