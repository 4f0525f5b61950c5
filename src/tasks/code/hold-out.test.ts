import assert from 'node:assert/strict';
import test from 'node:test';
import { withHeldOut } from './hold-out.ts';
import { type CodeProblem, countTests } from './problem.ts';

const problem = (id: string, count: number): CodeProblem => ({
  id,
  question: 'q',
  reference: '',
  language: 'python',
  tests: { mode: 'stdio', tests: Array.from({ length: count }, (_, i) => ({ input: `${i}\n`, output: `${i}\n` })) },
  programs: [],
});

const inputs = (tests: CodeProblem['tests'] | undefined): string[] => (tests?.mode === 'stdio' ? tests.tests.map(t => t.input) : []);

test('graded and held-out tests together are all tests, and none is in both', () => {
  for (const share of [0.1, 0.5, 0.9]) {
    const all = problem('a', 10);
    const { tests, heldOut } = withHeldOut(all, share);
    assert.equal(inputs(heldOut).length, share * 10);
    assert.deepEqual([...inputs(tests), ...inputs(heldOut)].sort(), inputs(all.tests));
  }
});

test('the parting depends on the problem alone', () => {
  assert.deepEqual(withHeldOut(problem('a', 9), 0.3), withHeldOut(problem('a', 9), 0.3));
  const parted = ['a', 'b', 'c', 'd'].map(id => inputs(withHeldOut(problem(id, 9), 0.3).heldOut).join());
  assert.ok(new Set(parted).size > 1, 'every problem is parted alike');
});

test('one test stays on either side, and a single test is not parted', () => {
  const two = withHeldOut(problem('a', 2), 0.01);
  assert.deepEqual([countTests(two.tests), countTests(two.heldOut!)], [1, 1]);
  assert.equal(withHeldOut(problem('a', 2), 0.9).heldOut && countTests(withHeldOut(problem('a', 2), 0.9).tests), 1);
  assert.equal(withHeldOut(problem('a', 1), 0.5).heldOut, undefined);
  assert.equal(withHeldOut(problem('a', 5), 0).heldOut, undefined);
});

test("a set's own held-out asserts stay held out when some more are", () => {
  const asserts = ['assert a', 'assert b', 'assert c', 'assert d'];
  const row: CodeProblem = {
    ...problem('m', 0),
    tests: { mode: 'assert', asserts },
    heldOut: { mode: 'assert', asserts: ['assert challenge'] },
  };
  const { tests, heldOut } = withHeldOut(row, 0.5);
  assert.ok(tests.mode === 'assert' && heldOut?.mode === 'assert');
  assert.equal(tests.asserts.length, 2);
  assert.deepEqual([...tests.asserts, ...heldOut.asserts].sort(), [...asserts, 'assert challenge'].sort());
});
