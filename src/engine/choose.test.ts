import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { rngOf } from '../random.ts';
import { chooseIndex, shortlistSize, TAIL, type Truncation } from './choose.ts';

const logs = (...p: number[]): Float32Array => Float32Array.from(p, Math.log);
const plain: Truncation = { temperature: 1, topK: 0, topP: 1 };

test('greedy takes the best word whatever the draw', () => {
  assert.equal(chooseIndex(logs(0.4, 0.3), { ...plain, temperature: 0 }, 0.99, false), 0);
  assert.equal(shortlistSize({ ...plain, temperature: 0 }, 49152), 1);
});

test('a draw falls where the cumulative probability passes it', () => {
  const p = logs(0.5, 0.3, 0.2);
  assert.deepEqual(
    [0, 0.49, 0.51, 0.79, 0.81, 0.999].map(u => chooseIndex(p, plain, u, true)),
    [0, 0, 1, 1, 2, 2],
  );
});

test('top-k renormalises what it keeps, at its temperature', () => {
  // 0.6 and 0.3 at temperature 0.5 weigh 0.36 and 0.09: the first has 0.8
  const settings = { temperature: 0.5, topK: 2, topP: 1 };
  assert.equal(chooseIndex(logs(0.6, 0.3), settings, 0.79, false), 0);
  assert.equal(chooseIndex(logs(0.6, 0.3), settings, 0.81, false), 1);
});

test('top-p keeps the smallest set that reaches it', () => {
  const p = logs(0.5, 0.3, 0.15, 0.05);
  assert.equal(chooseIndex(p, { ...plain, topP: 0.79 }, 0.999, true), 1);
  assert.equal(chooseIndex(p, { ...plain, topP: 0.81 }, 0.999, true), 2);
});

test('a draw beyond a shortlist asks for all words, one within it does not', () => {
  const some = logs(0.5, 0.3);
  assert.equal(chooseIndex(some, plain, 0.79, false), 1);
  assert.equal(chooseIndex(some, plain, 0.81, false), TAIL);
  assert.equal(chooseIndex(some, { ...plain, topP: 0.9 }, 0.1, false), TAIL, 'the set is not known yet');
  assert.equal(chooseIndex(some, { ...plain, topP: 0.79 }, 0.99, false), 1);
});

test('frequencies follow the distribution', () => {
  const p = [0.45, 0.25, 0.2, 0.1];
  const rng = rngOf(11);
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 20_000; i++) counts[chooseIndex(logs(...p), plain, rng.next(), true)]! += 1;
  for (const [i, n] of counts.entries()) assert.ok(Math.abs(n / 20_000 - p[i]!) < 0.015, `${n} of 20000 for ${p[i]}`);
});

const distribution = fc
  .array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 2, maxLength: 40 })
  .map(w => w.sort((a, b) => b - a))
  .map(w => w.map(x => x / w.reduce((a, b) => a + b, 0)));
const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('whatever the settings, a whole vocabulary gives a word, and one that the settings keep', () => {
  fc.assert(
    fc.property(distribution, unit, fc.double({ min: 0.1, max: 1, noNaN: true }), fc.integer({ min: 0, max: 40 }), (p, u, topP, topK) => {
      const kept = topK > 0 ? p.slice(0, topK) : p;
      const i = chooseIndex(logs(...kept), { temperature: 1, topK, topP }, u, true);
      assert.ok(i >= 0 && i < kept.length);
      const total = kept.reduce((a, b) => a + b, 0);
      const before = kept.slice(0, i).reduce((a, b) => a + b, 0) / total;
      assert.ok(i === 0 || before < topP + 1e-6, 'the words before it do not reach top-p alone');
    }),
  );
});

test('a shortlist that holds the draw gives the word the whole vocabulary gives', () => {
  fc.assert(
    fc.property(distribution, unit, fc.integer({ min: 1, max: 40 }), (p, u, n) => {
      const short = chooseIndex(logs(...p.slice(0, n)), plain, u, n >= p.length);
      if (short !== TAIL) assert.ok(Math.abs(short - chooseIndex(logs(...p), plain, u, true)) <= 1, 'equal but for rounding at an edge');
    }),
  );
});
