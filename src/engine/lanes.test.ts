import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SampleRequest } from '../requests.ts';
import { Engine } from './engine.ts';
import { laneCount, shares } from './lanes.ts';

const requests = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 12 }).map(counts =>
  counts.map(
    (count, i): SampleRequest => ({
      id: String(i),
      prompt: { kind: 'text', text: 'a' },
      seeds: Array.from({ length: count }, (_, s) => 100 * i + s),
    }),
  ),
);

test('every completion is given to one lane, and its place is kept', () => {
  fc.assert(
    fc.property(requests, fc.integer({ min: 1, max: 5 }), (asked, lanes) => {
      const seen: number[] = [];
      for (const share of shares(asked, lanes))
        for (const [i, { request, seeds }] of share.places.entries()) {
          assert.equal(share.requests[i]!.id, asked[request]!.id);
          assert.deepEqual(
            share.requests[i]!.seeds,
            seeds.map(s => asked[request]!.seeds[s]),
          );
          seen.push(...share.requests[i]!.seeds);
        }
      assert.deepEqual(
        seen.sort((a, b) => a - b),
        asked.flatMap(r => r.seeds).sort((a, b) => a - b),
      );
    }),
  );
});

test('with enough requests a prompt is read by one lane only; a single request is shared', () => {
  const of = (n: number) =>
    Array.from({ length: n }, (_, i) => ({ id: `${i}`, prompt: { kind: 'text', text: 'a' } as const, seeds: [1, 2, 3, 4] }));
  assert.deepEqual(
    shares(of(4), 2).map(s => s.requests.map(r => r.seeds.length)),
    [
      [4, 4],
      [4, 4],
    ],
  );
  assert.deepEqual(
    shares(of(1), 2).map(s => s.requests.map(r => r.seeds)),
    [[[1, 3]], [[2, 4]]],
  );
});

test('there is a lane for each thread that has eight rows to work on and room for its weights', () => {
  const options = { threads: 4, rows: 128 };
  assert.equal(laneCount(options, 3e6, 1000), 4);
  assert.equal(laneCount(options, 400e6, 1000), 2);
  assert.equal(laneCount(options, 2e9, 1000), 0);
  assert.equal(laneCount(options, 3e6, 20), 2);
  assert.equal(laneCount({ ...options, rows: 8 }, 3e6, 1000), 1);
  assert.equal(laneCount({ ...options, device: 'webgpu' }, 3e6, 1000), 1);
});

const MODEL = join(import.meta.dirname, '../../models/tiny-s');
const SETTINGS = { temperature: 0.8, topK: 20, topP: 1, maxTokens: 24, stop: [] };
const ASKED: readonly SampleRequest[] = ['12+7=', 'Tom has 3 apples and', 'a', '9-4='].map((text, i) => ({
  id: text,
  prompt: { kind: 'text', text },
  seeds: [10 * i, 10 * i + 1, 10 * i + 2, 10 * i + 3, 10 * i + 4],
}));

/** Rounding to 8 bits can make a step of a last digit that changed with the company a row is in. */
const OTHERS = { fp32: 0, int8: 2 };

for (const precision of ['fp32', 'int8'] as const)
  test(`engines that share a call say what one engine says, in the order asked: ${precision}`, async () => {
    const sampled = [];
    for (const threads of [1, 2]) {
      const engine = new Engine({ threads, rows: 16, maxTokens: 512, precision }, () => false);
      const told: number[] = [];
      const generations = await engine.sample(MODEL, ASKED, SETTINGS, ({ completions }) => told.push(completions));
      sampled.push(generations.map(row => row.map(g => g.text)));
      assert.equal(Math.max(...told), 20);
      assert.deepEqual(
        (await engine.sample(MODEL, ASKED, SETTINGS)).map(row => row.map(g => g.logprobs)),
        generations.map(row => row.map(g => g.logprobs)),
      );
      await engine.close();
    }
    const [alone, together] = sampled.map(rows => rows.flat());
    const others = together!.filter((text, i) => text !== alone![i]);
    assert.ok(others.length <= OTHERS[precision], `${others.length} of ${alone!.length} completions are others: ${others.join(' | ')}`);
  });

test('a call that is shared stops when it is asked to, and the next one is answered', async () => {
  let isAborted = false;
  const engine = new Engine({ threads: 2, rows: 16, maxTokens: 512 }, () => isAborted);
  const long = { ...SETTINGS, maxTokens: 200, topK: 0 };
  const many = ASKED.map(request => ({ ...request, seeds: Array.from({ length: 200 }, (_, i) => i) }));
  const stopped = engine.sample(MODEL, many, long, () => {
    isAborted = true;
  });
  await assert.rejects(stopped, { name: 'Aborted' });
  isAborted = false;
  assert.equal((await engine.sample(MODEL, ASKED, SETTINGS)).flat().length, 20);
  await engine.close();
});
