// A served model under load: many requests at once of every kind, clients that leave, that do not read, that send rubbish or far too much. What is answered
// is right to the token, and what is left afterwards is nothing: no row, no place in the queue, no memory.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import OpenAI, { APIError } from 'openai';
import { openModel } from '../../src/engine/weights/open.ts';
import { rngOf } from '../../src/random.ts';
import { createServer, type ModelServer } from '../../src/serve/server.ts';

const path = join(import.meta.dirname, '../../models/tiny-s');
const PROMPTS = ['12+7=', 'Question: Tom has 3 apples and buys 4. How many?\nAnswer:', 'a', 'x'.repeat(300)];

describe('a served model under load', () => {
  let server: ModelServer;
  let url = '';
  let client: OpenAI;
  before(async () => {
    const source = await openModel(path);
    await source.close();
    const model = { name: 'tiny-s', aliases: [], tokenizer: source.tokenizer, vocab: source.config.vocab, context: 512 };
    const options = {
      path,
      model,
      threads: 2,
      rows: 24,
      queue: 400,
      cacheBytes: 2e8,
      key: null,
      clock: Date.now,
      chance: () => 5,
      stallMs: 2000,
    };
    server = await createServer(options);
    url = (await server.listen(0, '127.0.0.1')).url;
    client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'x', maxRetries: 0 });
  });
  after(async () => {
    assert.equal(await server.close(5000), true);
  });

  /** Requests of every kind, drawn from a seed. */
  function bodyOf(i: number) {
    const rng = rngOf(i);
    return {
      model: 'tiny-s',
      prompt: PROMPTS[rng.below(PROMPTS.length)]!,
      max_tokens: 1 + rng.below(60),
      temperature: [0, 0.7, 1, 1.3][rng.below(4)]!,
      top_p: [1, 0.9][rng.below(2)]!,
      top_k: [0, 5, 40, 100][rng.below(4)]!,
      n: 1 + rng.below(3),
      seed: i,
      stop: [null, ['.'], ['\n', '=']][rng.below(3)]!,
    };
  }
  const texts = async (i: number) => (await client.completions.create(bodyOf(i))).choices.map(c => [c.text, c.finish_reason]);
  const KINDS = Array.from({ length: 50 }, (_, i) => i);

  async function streamed(i: number): Promise<(string | null)[][]> {
    const choices: (string | null)[][] = Array.from({ length: bodyOf(i).n }, () => ['', null]);
    for await (const chunk of await client.completions.create({ ...bodyOf(i), stream: true })) {
      for (const { index, text, finish_reason } of chunk.choices) {
        choices[index]![0] += text;
        choices[index]![1] ??= finish_reason;
      }
    }
    return choices;
  }

  /** Leaves after a random while, in the middle of a stream or of waiting. */
  async function leave(i: number): Promise<void> {
    const gone = new AbortController();
    const answer = client.completions.create({ ...bodyOf(i), n: 20, max_tokens: 300, stream: i % 2 === 0 }, { signal: gone.signal });
    const read = answer.then(async a => {
      if (Symbol.asyncIterator in a) for await (const _ of a);
    });
    await sleep(i * 5);
    gone.abort();
    await read.catch(error => assert.match(String(error), /abort/i));
  }

  /** Asks for much and reads nothing. */
  async function stall(): Promise<void> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1').pause();
    socket.on('error', () => undefined);
    const body = JSON.stringify({ prompt: 'a', n: 20, max_tokens: 300, logprobs: 20, stream: true });
    socket.write(
      `POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await sleep(5000);
    socket.destroy();
  }

  /** Bytes that are no request. */
  function rubbish(i: number): Promise<string> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const head = 'POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
    const noise = randomBytes(2000);
    const sent = [
      noise,
      `${head}content-length: -5\r\n\r\n`,
      `${head}transfer-encoding: chunked\r\n\r\nzz\r\n`,
      `${head}content-length: 2000\r\n\r\n`,
    ];
    socket.write(sent[i % 4]!);
    if (i % 4 === 3) socket.write(noise);
    return new Promise(resolve => {
      let heard = '';
      socket.on('data', part => (heard += part));
      socket.on('error', () => resolve(heard));
      socket.on('close', () => resolve(heard));
      setTimeout(() => socket.end(), 500);
    });
  }

  async function tooMuch(): Promise<number> {
    const body = JSON.stringify({ prompt: 'x'.repeat(10 * 1024 * 1024) });
    return (await fetch(`${url}/v1/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status;
  }

  /** Everybody at once; what the well-behaved were answered. */
  async function storm() {
    const [together, streams, refused, heard] = await Promise.all([
      Promise.all(KINDS.map(texts)),
      Promise.all(KINDS.map(streamed)),
      Promise.all(Array.from({ length: 8 }, tooMuch)),
      Promise.all(Array.from({ length: 16 }, (_, i) => rubbish(i))),
      Promise.all(Array.from({ length: 20 }, (_, i) => leave(i))),
      Promise.all(Array.from({ length: 3 }, stall)),
    ]);
    return { together, streams, refused, heard };
  }

  test('fifty requests at once, among clients of every bad manner, are answered as they are alone', { timeout: 600_000 }, async () => {
    const alone = [];
    for (const i of KINDS) alone.push(await texts(i));
    const { together, streams, refused, heard } = await storm();
    assert.deepEqual(together, alone);
    assert.deepEqual(streams, alone);
    assert.deepEqual(new Set(refused), new Set([413]));
    assert.ok(heard.every(text => /^HTTP\/1\.1 400/.test(text)));
  });

  test('what one storm took is enough for the next: nothing piles up', { timeout: 600_000 }, async () => {
    // the clients live in this process too: what they have thrown away is collected before memory is read
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const after = async (): Promise<number> => {
      await storm();
      collect();
      return process.memoryUsage().rss;
    };
    await after();
    const second = await after();
    const third = await after();
    assert.ok(third - second < 200e6, `${((third - second) / 1e6).toFixed(0)} MB more than after the storm before`);
  });

  test('beyond the queue everybody is told to come again, and nobody is forgotten', { timeout: 600_000 }, async () => {
    const asked = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) => client.completions.create({ ...bodyOf(i), n: 40, max_tokens: 10 })),
    );
    const refused = asked.flatMap(a => (a.status === 'rejected' ? [a.reason] : []));
    assert.ok(refused.length > 0 && refused.length < 40, `${refused.length} refused`);
    for (const error of refused) {
      assert.ok(error instanceof APIError && error.status === 429);
      assert.ok(Number(error.headers!.get('retry-after')) >= 1);
    }
    for (const a of asked) if (a.status === 'fulfilled') assert.equal(a.value.choices.length, 40);
    assert.deepEqual(await texts(3), await texts(3));
  });
});
