import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SampleRequest } from '../requests.ts';
import { shares } from './lanes.ts';

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
