import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inOrder, labelOf, lastIteration } from './policies.ts';
import { duration, points, pValue, samplingWords, withInterval } from './words.ts';

test('figures are percent with their interval, differences are signed points', () => {
  assert.equal(withInterval({ value: 0.3634, low: 0.31, high: 0.4171 }), '36.3 [31.0, 41.7]');
  assert.deepEqual([0.54, -0.0123, 0, -0.0000001].map(points), ['+54.0', '-1.2', '+0.0', '+0.0']);
});

test('p-values are said no finer than they deserve', () => {
  assert.deepEqual([0.0000001, 0.004180908, 0.0423, 0.0998, 0.43, 1].map(pValue), [
    'p < 0.001',
    'p = 0.0042',
    'p = 0.042',
    'p = 0.10',
    'p = 0.43',
    'p = 1.00',
  ]);
});

test('times are said in the two units that matter', () => {
  assert.deepEqual([8.4, 75, 4020].map(duration), ['8 s', '1 min 15 s', '1 h 7 min']);
});

test('sampling settings that change nothing are not said', () => {
  assert.equal(samplingWords({ temperature: 1, top_k: 0, top_p: 0.95 }), 'T 1, top-p 0.95');
  assert.equal(samplingWords({ temperature: 0.7, top_k: 40, top_p: 1 }), 'T 0.7, top-k 40');
});

test('policies stand in the order base, comparisons, iterations by number', () => {
  const names = ['iteration-10', 'iteration-2', 'zeta', 'random', 'base-best-prompt', 'sft', 'base'];
  assert.deepEqual(inOrder(names), ['base', 'base-best-prompt', 'sft', 'random', 'zeta', 'iteration-2', 'iteration-10']);
  assert.equal(lastIteration(names), 'iteration-10');
  assert.equal(lastIteration(['base', 'sft']), null);
  assert.deepEqual(['base', 'iteration-3', 'sft', 'star'].map(labelOf), ['base', 'iteration 3', 'SFT', 'star']);
});
