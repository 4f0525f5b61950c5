// The gate of word problems, in every form that a task may take the number from: what it calls right is right there, and no near miss is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Extract, extractors } from '../verifiers/extract.ts';
import { numberVerifier } from '../verifiers/number.ts';
import { numberGate } from './answer-gate.ts';

for (const extract of Object.keys(extractors) as Extract[])
  test(`with the number taken by ${extract}, the reference passes and its near misses fail`, () => {
    const verify = numberVerifier({ extract });
    for (const reference of ['7', '99', '3.5', '-12', '1,080', '3/4']) {
      const problem = { id: 'a', question: 'How many?', reference };
      const gate = numberGate({ extract });
      for (const completion of gate.right!(problem)) assert.equal(verify(reference, completion).kind, 'correct', completion);
      for (const { name, completion } of gate.wrong!(problem))
        assert.notEqual(verify(reference, completion).kind, 'correct', `${name}: ${completion}`);
    }
  });

test('where the working counts, a bare number is not called right', () => {
  assert.deepEqual(
    numberGate({ extract: 'last-number', require: 'true-equations' }).right!({ id: 'a', question: 'q', reference: '7' }),
    [],
  );
});
