// The verifier of tasks: extraction, then judgement; what becomes of references that carry their answer in a marker, or cannot be judged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerVerifier, referenceAnswer, unjudgeable } from './verifier.ts';

const verify = answerVerifier();

test('the answer is taken out of the completion, and out of a reference that marks it', () => {
  assert.equal(verify('4', 'So it is \\boxed{4}.').kind, 'correct');
  assert.equal(verify('2 and 2 make it.\n#### 4', 'The answer is 4.').kind, 'correct');
  assert.equal(verify('4', 'The answer is 5.').kind, 'incorrect');
  assert.equal(referenceAnswer('Clearly $\\boxed{x^2}$.'), 'x^2');
  assert.equal(referenceAnswer('point A is correct'), 'point A is correct');
});

test('a text without an answer is unparsable, unless the task takes its last number', () => {
  assert.equal(verify('4', 'It must be 4').kind, 'unparsable');
  assert.equal(answerVerifier({ fallback: 'last-number' })('4', 'It must be 4').kind, 'correct');
});

test('a reference that cannot be judged against is our failure, never a match', () => {
  assert.equal(verify('', '\\boxed{}').kind, 'failed');
  assert.equal(verify(' ', 'The answer is 4.').kind, 'failed');
  assert.notEqual(unjudgeable('\\boxed{}'), null);
  assert.equal(unjudgeable('\\boxed{4}'), null);
});

test('an answer of a book is incorrect, at once', () => {
  const start = performance.now();
  assert.equal(verify('4', `\\boxed{${'4+'.repeat(500_000)}4}`).kind, 'incorrect');
  assert.ok(performance.now() - start < 10_000);
});

test('the verdict of a completion does not depend on the one judged before', () => {
  for (const [reference, completion, kind] of [
    ['1', '\\boxed{1}', 'correct'],
    ['2', '\\boxed{1}', 'incorrect'],
    ['1', '\\boxed{1}', 'correct'],
  ] as const)
    assert.equal(verify(reference, completion).kind, kind);
});
