import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTask, type Problem, type Task } from '../tasks/task.ts';
import { correct, failed } from '../verifiers/verdict.ts';
import { toyTask } from './toy.test.ts';
import { findingOf, judge } from './verify.ts';

const problem: Problem = { id: 'p', question: '1 + 1 =', reference: '2' };
const taskWith = (verify: Task['verify']) => defineTask({ ...toyTask, verify });

test('a completion cut at the token limit is incorrect whatever it says', async () => {
  assert.equal((await judge(toyTask, problem, { text: ' 2', finish: 'end' })).kind, 'correct');
  assert.equal((await judge(toyTask, problem, { text: ' 2', finish: 'length' })).kind, 'incorrect');
});

test('a verifier that breaks is asked three times, and an exception is never a reward', async () => {
  let asked = 0;
  const broken = taskWith(() => {
    asked++;
    throw new Error('sandbox is down');
  });
  const verdict = await judge(broken, problem, { text: ' 2', finish: 'end' });
  assert.deepEqual(findingOf(verdict), { verdict: 'failed', reason: 'the verifier threw: sandbox is down', answer: null, reward: null });
  assert.equal(asked, 3);
});

test('a verifier that breaks once gives the verdict of its second try', async () => {
  let asked = 0;
  const shaky = taskWith(async () => (++asked === 1 ? failed('lag') : correct('2', 'equal')));
  assert.equal((await judge(shaky, problem, { text: ' 2', finish: 'end' })).kind, 'correct');
  assert.equal(asked, 2);
});
