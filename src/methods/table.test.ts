import assert from 'node:assert/strict';
import { test } from 'node:test';
import { METHODS } from './table.ts';

test('the key of a method is its name, and names are fit for a directory', () => {
  for (const [key, method] of Object.entries(METHODS)) {
    assert.equal(key, method.name);
    assert.match(method.name, /^[a-z][a-z-]*$/);
  }
});

test('the settings that the ReST-EM paper prints for MATH are the preset', () => {
  const { propose, weigh, fitFrom, iterations } = METHODS['rest-em'];
  assert.deepEqual(propose, { kind: 'sample', samplesPerProblem: 32, temperature: 0.7, topK: 40, topP: 1 });
  assert.deepEqual(weigh, { kind: 'correct', keepPerProblem: 10 });
  assert.deepEqual([fitFrom, iterations], ['base', 3]);
});
