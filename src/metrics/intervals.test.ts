import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rngOf } from '../random.ts';
import { bootstrapMean, quantile } from './bootstrap.ts';
import { isToldFromNoise, mcnemarExact, pairedDifference } from './paired.ts';
import { intervalOfEqualValues, wilson } from './wilson.ts';

const near = (actual: number, expected: number, within = 1e-12) =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);
const ones = (n: number, ofN: number) => Array.from({ length: ofN }, (_, i) => (i < n ? 1 : 0));

test("Wilson's interval has the values of Newcombe (1998), table I, method 3", () => {
  const golden: [number, number, number, number][] = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ];
  for (const [successes, total, low, high] of golden) {
    near(wilson(successes, total).low, low, 5e-5);
    near(wilson(successes, total).high, high, 5e-5);
  }
  near(wilson(28, 150).low, 0.13242415483319162);
  near(wilson(28, 150).high, 0.2565571983041365);
});

test('the bootstrap of a share lies where the binomial quantiles lie', () => {
  // quantiles 0.025 and 0.975 of Binomial(n, x/n)/n in exact fractions (Python); a resample of 0/1 values is such a draw
  const golden: [number, number, number, number][] = [
    [37, 100, 0.28, 0.47],
    [109, 300, 0.31, 0.4166666666666667],
    [4, 40, 0.025, 0.2],
  ];
  for (const [x, n, low, high] of golden) {
    const interval = bootstrapMean(ones(x, n), { seed: 3, resamples: 20_000 })!;
    near(interval.value, x / n);
    near(interval.low, low, 1 / n);
    near(interval.high, high, 1 / n);
  }
});

test('the bootstrap holds the true mean about 95 times in 100', () => {
  const rng = rngOf(11);
  let held = 0;
  for (let trial = 0; trial < 300; trial++) {
    const values = Array.from({ length: 120 }, () => (rng.next() < 0.3 ? 1 : 0));
    const { low, high } = bootstrapMean(values, { seed: trial, resamples: 500 })!;
    if (low <= 0.3 && 0.3 <= high) held += 1;
  }
  assert.ok(held >= 300 * 0.91 && held <= 300 * 0.985, `${held} of 300`);
});

test('equal seeds give equal intervals, other seeds others', () => {
  const values = Array.from({ length: 50 }, (_, i) => (i % 7) / 7);
  assert.deepEqual(bootstrapMean(values, { seed: 5 }), bootstrapMean(values, { seed: 5 }));
  assert.notDeepEqual(bootstrapMean(values, { seed: 5 }), bootstrapMean(values, { seed: 6 }));
});

test('no problem has no interval', () => {
  assert.equal(bootstrapMean([], { seed: 1 }), null);
  assert.equal(pairedDifference([], 1), null);
});

test("all wrong or all right gets Wilson's interval, never one of width zero", () => {
  for (const n of [1, 20, 300]) {
    const none = bootstrapMean(ones(0, n), { seed: 1 })!;
    const all = bootstrapMean(ones(n, n), { seed: 1 })!;
    near(none.high, wilson(0, n).high);
    near(none.low, 0);
    near(all.low, wilson(n, n).low);
    near(all.high, 1);
  }
});

test('equal values in between are not certain either', () => {
  const { low, high } = intervalOfEqualValues(0.5, 10, 0, 1);
  assert.ok(low < 0.5 && high > 0.5 && low > 0 && high < 1);
});

test('an interval holds its mean, which holds for every list of values in [0, 1]', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 }), fc.nat(), (values, seed) => {
      const { value, low, high } = bootstrapMean(values, { seed, resamples: 400 })!;
      assert.ok(low >= -1e-12 && high <= 1 + 1e-12 && low <= high);
      assert.ok(low <= Math.max(...values) && high >= Math.min(...values));
      assert.ok(value >= Math.min(...values) - 1e-12 && value <= Math.max(...values) + 1e-12);
    }),
    { numRuns: 50 },
  );
});

test("quantiles are numpy's linear ones", () => {
  const sorted = Float64Array.from([1, 2, 4, 8]);
  near(quantile(sorted, 0), 1);
  near(quantile(sorted, 0.5), 3);
  near(quantile(sorted, 0.9), 6.8);
  near(quantile(sorted, 1), 8);
});

test("McNemar's exact p-value is the two-sided binomial tail", () => {
  // exact fractions in Python; 14 gained and 2 lost is a pair that a pilot of this project found
  const golden: [number, number, number][] = [
    [14, 2, 0.004180908203125],
    [0, 0, 1],
    [5, 5, 1],
    [1, 0, 1],
    [10, 3, 0.09228515625],
    [400, 330, 0.010605994778707738],
  ];
  for (const [gained, lost, p] of golden) {
    near(mcnemarExact(gained, lost), p, 1e-9);
    near(mcnemarExact(lost, gained), p, 1e-9);
  }
  assert.ok(mcnemarExact(4000, 1000) >= 0 && mcnemarExact(4000, 1000) < 1e-100);
});

test('a paired difference is told from noise where two separate intervals overlap', () => {
  const pairs = Array.from({ length: 150 }, (_, i) => ({ before: i < 60 ? 1 : 0, after: i < 75 ? 1 : 0 }));
  const before = bootstrapMean(
    pairs.map(p => p.before),
    { seed: 1 },
  )!;
  const after = bootstrapMean(
    pairs.map(p => p.after),
    { seed: 1 },
  )!;
  assert.ok(before.high > after.low);
  const difference = pairedDifference(pairs, 1)!;
  near(difference.value, 0.1);
  assert.ok(isToldFromNoise(difference));
});

test('no changed problem leaves room for a small difference either way', () => {
  const difference = pairedDifference(
    Array.from({ length: 100 }, () => ({ before: 1, after: 1 })),
    1,
  )!;
  assert.equal(difference.value, 0);
  assert.ok(difference.low < 0 && difference.high > 0 && !isToldFromNoise(difference));
  near(difference.high, wilson(0, 100).high);
});

test('a gain on every problem is a gain', () => {
  const difference = pairedDifference(
    Array.from({ length: 30 }, () => ({ before: 0, after: 1 })),
    1,
  )!;
  assert.ok(isToldFromNoise(difference) && difference.high === 1);
});
