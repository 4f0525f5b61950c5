import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rankWords } from './rank-words.ts';

const logits = fc.array(fc.float({ min: -40, max: 40, noNaN: true }), { minLength: 1, maxLength: 300 }).map(x => Float32Array.from(x));

test('all words come best first, ties by their number, with log-probabilities at both temperatures', () => {
  fc.assert(
    fc.property(logits, fc.constantFrom(1, 0.5, 2), (x, inverse) => {
      const { ids, ranked, logprobs } = rankWords(x, inverse, 1);
      const expected = [...x.keys()].sort((a, b) => x[b]! - x[a]! || a - b);
      // -0 and 0 are equal as logits and not as bits
      assert.deepEqual(
        [...ids].map(i => x[Number(i)]! + 0),
        expected.map(i => x[i]! + 0),
      );
      for (const [scale, got] of [
        [inverse, ranked],
        [1, logprobs],
      ] as const) {
        const most = Math.max(...x);
        const all = most * scale + Math.log(x.reduce((sum, value) => sum + Math.exp((value - most) * scale), 0));
        for (const [r, i] of ids.entries()) assert.ok(Math.abs(got[r]! - (x[Number(i)]! * scale - all)) < 1e-4);
      }
    }),
  );
});

test('for a share of the mass the same words come as far as they are needed', () => {
  fc.assert(
    fc.property(logits, fc.constantFrom(1, 0.5, 2), fc.double({ min: 0.01, max: 0.9999, noNaN: true }), (x, inverse, share) => {
      const some = rankWords(x, inverse, share);
      const all = rankWords(x, inverse, 1);
      assert.deepEqual(some.ids, all.ids.slice(0, some.ids.length));
      const mass = some.ranked.reduce((sum, l) => sum + Math.exp(l), 0);
      assert.ok(mass >= share - 1e-5, `${mass} of ${share}`);
    }),
  );
});
