import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { passAtK } from './pass-at-k.ts';

const counts = fc
  .integer({ min: 1, max: 200 })
  .chain(n => fc.record({ n: fc.constant(n), c: fc.integer({ min: 0, max: n }), k: fc.integer({ min: 1, max: n }) }));

test('pass@k equals 1 - C(n-c,k)/C(n,k) in exact fractions', () => {
  // computed with Python's fractions.Fraction and math.comb
  const golden: [number, number, number, number][] = [
    [16, 3, 1, 0.1875],
    [16, 3, 4, 0.6071428571428571],
    [16, 3, 8, 0.9],
    [16, 0, 4, 0],
    [200, 7, 100, 0.9929911172418123],
    [200, 7, 10, 0.3055988116177335],
    [5, 2, 3, 0.9],
    [64, 1, 32, 0.5],
    [32, 32, 32, 1],
  ];
  for (const [n, c, k, expected] of golden) assert.ok(Math.abs(passAtK(n, c, k)! - expected) < 1e-12, `n=${n} c=${c} k=${k}`);
});

test('pass@k is undefined with fewer than k samples', () => {
  assert.equal(passAtK(7, 7, 8), undefined);
  assert.equal(passAtK(0, 0, 1), undefined);
  assert.equal(passAtK(4, 1, 0), undefined);
});

test('pass@1 is the share of correct samples, and pass@n tells whether there is one', () => {
  fc.assert(
    fc.property(counts, ({ n, c }) => {
      assert.ok(Math.abs(passAtK(n, c, 1)! - c / n) < 1e-12);
      assert.ok(Math.abs(passAtK(n, c, n)! - Math.min(1, c)) < 1e-12);
    }),
  );
});

test('pass@k grows with k and with every correct sample, and stays in [0, 1]', () => {
  fc.assert(
    fc.property(counts, ({ n, c, k }) => {
      const value = passAtK(n, c, k)!;
      assert.ok(value >= 0 && value <= 1);
      assert.ok((passAtK(n, c, k + 1) ?? 1) >= value - 1e-12);
      if (c < n) assert.ok(passAtK(n, c + 1, k)! >= value - 1e-12);
    }),
  );
});
