// A served model: what a request says does not depend on what else is under way, whatever comes, goes or fails meanwhile.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Interrupted } from '../errors.ts';
import type { SamplingSettings } from '../requests.ts';
import { EngineClient } from './client.ts';
import { Engine } from './engine.ts';
import { Inbox } from './inbox.ts';
import { LiveClient } from './live-client.ts';
import type { LiveAsk, LiveSample, LiveToken } from './live-messages.ts';

const micro = join(import.meta.dirname, 'weights/fixtures/micro');
const LIMITS = { rows: 4, context: 64, cacheBytes: 1e8 };
const prompts = [[5, 6, 7], [100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110], [9, 30], Array.from({ length: 40 }, (_, i) => 40 + i)];
const settings: readonly SamplingSettings[] = [
  { temperature: 1, topK: 0, topP: 1, maxTokens: 12, stop: [] },
  { temperature: 0, topK: 0, topP: 1, maxTokens: 9, stop: [] },
  { temperature: 0.7, topK: 40, topP: 1, maxTokens: 40, stop: [] },
  { temperature: 1.3, topK: 0, topP: 0.9, maxTokens: 16, stop: ['c', 'f', 'xx', '.', 'S', 'e', 'a', '3'] },
  { temperature: 1.5, topK: 100, topP: 1, maxTokens: 11, stop: [] },
];

const asks: readonly LiveSample[] = settings.flatMap((s, i) =>
  [i % 4, (i + 2) % 4].map(j => ({
    prompt: prompts[j]!,
    seeds: Array.from({ length: 1 + (i % 3) }, (_, d) => 100 * i + 10 * j + d),
    settings: s,
    best: 0,
  })),
);

describe('a served model', () => {
  const engine = new EngineClient({ threads: 1, rows: 4, maxTokens: 256 });
  let live: LiveClient;
  before(async () => {
    live = await LiveClient.open(engine, micro, LIMITS);
  });
  after(async () => {
    await live.close();
    await engine.close();
  });

  /** What each says by itself, one row at a time. */
  const alone = (async () => {
    const other = new EngineClient({ threads: 1, rows: 1, maxTokens: 256 });
    const single = await LiveClient.open(other, micro, { ...LIMITS, rows: 1 });
    const said: number[][][] = [];
    for (const ask of asks) said.push((await single.sample(ask)).map(g => [...g.tokens]));
    await single.close();
    await other.close();
    return said;
  })();

  test('a greedy request says what the sampler of runs says', async () => {
    const runs = new EngineClient({ threads: 1, rows: 4, maxTokens: 256 });
    for (const { prompt, seeds, settings: s } of asks.filter(ask => ask.settings.temperature === 0)) {
      const request = { id: 'a', prompt: { kind: 'text', text: '' } as const, prefix: prompt, seeds };
      const expected = (await runs.call('sample', [micro, [request], s]))[0]!;
      assert.deepEqual(
        (await live.sample({ prompt, seeds, settings: s, best: 0 })).map(g => [g.tokens, g.finish]),
        expected.map(g => [g.tokens, g.finish]),
      );
    }
    await runs.close();
  });

  test('requests of all kinds at once say what each says by itself', async () => {
    const together = await Promise.all(asks.map(ask => live.sample(ask)));
    assert.deepEqual(
      together.map(row => row.map(g => g.tokens)),
      await alone,
    );
    assert.ok(new Set(together.flat().map(g => g.tokens.length)).size > 3, 'they end at different times');
    assert.ok(together.flat().some(g => g.finish === 'stop'));
  });

  test('log-probabilities told while sampling are those of scoring, the best words among them', async () => {
    const told: LiveToken[] = [];
    const [generation] = await live.sample({ ...asks[0]!, seeds: [3], best: 5 }, { onToken: token => told.push(token) });
    assert.deepEqual(
      told.map(t => t.token),
      generation!.tokens,
    );
    const ids = [...asks[0]!.prompt, ...generation!.tokens];
    const scored = await live.score(ids, 5);
    const from = asks[0]!.prompt.length - 1;
    for (const [i, { logprob, best }] of told.entries()) {
      assert.ok(Math.abs(logprob - scored.logprobs[from + i]!) < 1e-4);
      assert.deepEqual([best.length, scored.best[from + i]!.length], [5, 5]);
      for (const [rank, word] of best.entries()) assert.ok(Math.abs(word.logprob - scored.best[from + i]![rank]!.logprob) < 1e-4);
    }
    assert.deepEqual((await live.score(ids, 0)).best, []);
    assert.equal((await live.score([7], 3)).logprobs.length, 0);
  });

  test('a text’s own word has the very number it has among the best', async () => {
    const [generation] = await live.sample({ ...asks[1]!, settings: settings[1]!, seeds: [0] });
    const ids = [...asks[1]!.prompt, ...generation!.tokens];
    const { logprobs, best } = await live.score(ids, 20);
    const shared = logprobs.filter((p, i) => best[i]!.some(w => w.id === ids[i + 1] && w.logprob === p));
    const listed = logprobs.filter((_, i) => best[i]!.some(w => w.id === ids[i + 1]));
    assert.ok(listed.length >= generation!.tokens.length - 1);
    assert.equal(shared.length, listed.length);
  });

  test('a request that is taken back leaves at once, and its neighbours go on as if it had not been', async () => {
    const [wanted] = await alone;
    const stop = new AbortController();
    let heard = 0;
    const long = { ...asks[0]!, seeds: Array.from({ length: 30 }, (_, i) => 1000 + i) };
    const taken = live.sample(long, { signal: stop.signal, onToken: () => ++heard === 8 && stop.abort() });
    const kept = live.sample(asks[0]!);
    await assert.rejects(taken, Interrupted);
    const before = heard;
    assert.deepEqual(
      (await kept).map(g => g.tokens),
      wanted,
    );
    assert.equal(heard, before);
    await assert.rejects(live.sample(asks[0]!, { signal: AbortSignal.abort() }), Interrupted);
  });

  test('a large request does not keep a small one out', async () => {
    const ended: string[] = [];
    const large = live.sample({ ...asks[0]!, seeds: Array.from({ length: 40 }, (_, i) => i) }).then(() => ended.push('large'));
    const small = live.sample(asks[1]!).then(() => ended.push('small'));
    await Promise.all([large, small]);
    assert.deepEqual(ended, ['small', 'large']);
  });

  test('what the engine cannot do fails one request, and the next is answered', async () => {
    await assert.rejects(live.sample({ ...asks[0]!, prompt: [5, 100_000, 7] }), /engine failed/);
    await assert.rejects(live.score([5, 100_000, 7], 0), /engine failed/);
    assert.ok((await live.sample(asks[0]!)).length > 0);
  });
});

test('nothing more is done for a request that was taken back, neither for its rows nor for its texts', async () => {
  const engine = new Engine({ threads: 1, rows: 4, maxTokens: 256 }, () => false);
  const inbox = new Inbox<LiveAsk>();
  const heard = new Map<number, number>();
  const ask = { ...asks[0]!, seeds: Array.from({ length: 30 }, (_, i) => i) };
  inbox.push({ kind: 'sample', id: 1, ask });
  await engine.live(micro, LIMITS, inbox, news => {
    for (const item of news) if ('id' in item) heard.set(item.id, 1 + (heard.get(item.id) ?? 0));
    if (heard.get(1) === 8) {
      inbox.push({ kind: 'cancel', id: 1 });
      inbox.push({ kind: 'score', id: 2, tokens: [5, 6, 7], best: 0 });
      inbox.push({ kind: 'cancel', id: 2 });
      inbox.push({ kind: 'score', id: 3, tokens: [5, 6, 7], best: 0 });
    }
    if (heard.has(3)) inbox.push({ kind: 'close' });
  });
  assert.deepEqual(
    [...heard],
    [
      [1, 8],
      [3, 1],
    ],
  );
});

test('with room for one row’s keys and values, rows take turns and say the same', async () => {
  const engine = new EngineClient({ threads: 1, rows: 4, maxTokens: 256 });
  const [narrow, wide] = [1, 1e9];
  const said: unknown[] = [];
  for (const cacheBytes of [narrow, wide]) {
    const live = await LiveClient.open(engine, micro, { ...LIMITS, cacheBytes });
    said.push((await Promise.all(asks.map(ask => live.sample(ask)))).map(row => row.map(g => g.tokens)));
    await live.close();
  }
  assert.deepEqual(said[0], said[1]);
  await engine.close();
});

test('a model that does not open says so, and so does every request after the thread has died', async () => {
  const engine = new EngineClient({ threads: 1, rows: 4, maxTokens: 256 });
  await assert.rejects(LiveClient.open(engine, join(micro, 'nowhere'), LIMITS), /nowhere/);
  const live = await LiveClient.open(engine, micro, LIMITS);
  live.ended.catch(() => undefined);
  const under = live.sample(asks[0]!);
  await Promise.all([engine.close(), assert.rejects(under, /thread/)]);
  await assert.rejects(live.sample(asks[0]!), /thread/);
});
