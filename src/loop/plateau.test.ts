import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Script } from '../policy/scripted.ts';
import type { FitFile } from '../runs/rows.ts';
import type { Task } from '../tasks/task.ts';
import { chooseProblems } from './problems.ts';
import type { RunResult } from './run.ts';
import { json, newDir, runToy, toyFamily, toyPlan, toyTask } from './toy.test.ts';

const task: Task = {
  ...toyTask,
  problems: async split => (split === 'train' ? toyTask.problems('train') : [{ id: 't', question: '900 + 1 =', reference: '901' }]),
};

/** After the n-th fit right for `right[n - 1]` of the problems of D_val, each asked once then; before any fit and about others always right. */
function rising(validation: readonly string[], right: readonly number[]): Script {
  const asked = new Map<string, number>();
  return ({ prompt, weights }) => {
    const [a = 0, b = 0] = (prompt.match(/\d+/g) ?? []).map(Number);
    const at = validation.indexOf(prompt);
    if (weights.epochs === 0 || at < 0) return ` ${a + b}`;
    const times = asked.get(prompt) ?? 0;
    asked.set(prompt, times + 1);
    return at < (right[times] ?? 0) ? ` ${a + b}` : ' 0';
  };
}

/** The iterations that are run when the rewards on D_val come out like this, of `right` many. */
async function played(right: readonly number[], patience: number) {
  const dir = await newDir();
  const method = { ...toyFamily.star, iterations: right.length, patience };
  const evaluation = { ...toyPlan(dir).evaluation, samples: 0, ks: [], trainProblems: 0 };
  const plan = toyPlan(dir, { task, method, arms: [], evaluation });
  const { validation } = await chooseProblems(plan);
  const questions = validation.map(problem => problem.question);
  const { result, events } = await runToy(plan, { script: rising(questions, right) });
  assert.ok(!(result instanceof Error), String(result));
  const { evaluations, skipped } = result as RunResult;
  const notes = events.flatMap(event => (event.kind === 'note' ? [event.message] : []));
  return { dir, run: evaluations.length - 1, skipped, notes };
}

for (const [right, patience, run] of [
  [[1, 2, 3, 4], 1, 4],
  [[1, 1, 3, 4], 1, 2],
  [[2, 1, 3, 3, 2, 4], 2, 5],
  [[0, 1, 1, 1, 1], 3, 5],
  [[3, 3, 3, 3, 4], 3, 4],
  [[1, 0, 0, 0], 0, 4],
] as const)
  test(`with ${right.join(', ')} of 4 right on D_val and a patience of ${patience}, ${run} iterations are run`, async () => {
    const { dir, run: found, skipped, notes } = await played(right, patience);
    assert.deepEqual([found, skipped.length], [run, right.length - run]);
    const said = notes.filter(note => /has not risen since iteration-/.test(note));
    assert.equal(said.length, Number(run < right.length));
    if (patience > 0) assert.deepEqual((await json<FitFile>(dir, 'iteration-1', 'fit.json')).validation, [right[0] / 4]);
  });

test('without D_val there is nothing to go by, and every iteration is run', async () => {
  const dir = await newDir();
  const method = { ...toyFamily.star, iterations: 4, patience: 1 };
  const { result } = await runToy(toyPlan(dir, { method, arms: [], validation: 0 }));
  assert.deepEqual((result as RunResult).skipped, []);
});
