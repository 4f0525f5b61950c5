// HumanEval and MBPP as tasks: every reference is correct as a completion, an empty body and a copied prompt are not, and what is left out is counted.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { SandboxError } from '../../src/errors.ts';
import type { CodeProblem } from '../../src/tasks/code/problem.ts';
import { humaneval } from '../../src/tasks/humaneval.ts';
import { mbpp } from '../../src/tasks/mbpp.ts';
import type { Split, Task } from '../../src/tasks/task.ts';
import { withOpenTask } from '../../src/tasks/with-open-task.ts';

const shared = process.env.REST_EM_SHARED;
const skip = shared ? false : 'REST_EM_SHARED is not set';
const file = (name: string) => join(shared ?? '', 'data', `${name}.jsonl`);

interface Set {
  readonly name: string;
  readonly task: Task<CodeProblem>;
  readonly split: Split;
  readonly rows: number;
  /** Rows whose tests cannot be parted from the program. */
  readonly leftOut: number;
}

/** The clock is no measure on a machine that is busy with other tests. */
const limits = { wallSeconds: 120 };

const of = (name: string, rows: number, leftOut: number): Set => ({
  name: `MBPP, ${name}`,
  task: mbpp({ kind: 'mbpp', test: file(`mbpp/${name}`), limits }),
  split: 'test',
  rows,
  leftOut,
});

const SETS: readonly Set[] = [
  { name: 'HumanEval', task: humaneval({ kind: 'humaneval', test: file('humaneval/test'), limits }), split: 'test', rows: 164, leftOut: 0 },
  of('train', 374, 2),
  of('validation', 90, 1),
  of('test', 500, 1),
];

/** Ids of the problems for which the completion is not judged as it should be, with the reason. */
async function unlike(
  task: Task<CodeProblem>,
  problems: readonly CodeProblem[],
  completion: (problem: CodeProblem) => string,
  isRight: boolean,
) {
  const verdicts = await Promise.all(
    problems.map(async problem => ({ id: problem.id, verdict: await task.verify(problem, completion(problem)) })),
  );
  return verdicts
    .filter(({ verdict }) => verdict.kind === 'failed' || (verdict.kind === 'correct') !== isRight)
    .map(({ id, verdict }) => `${id}: ${verdict.reason}`);
}

for (const { name, task, split, rows, leftOut } of SETS)
  test(`${name}: every reference that can be judged is correct, and worthless completions are not`, { skip }, async t => {
    const problems = await task.problems(split);
    assert.equal(problems.length, rows - leftOut, (await task.notes!(split)).join());
    try {
      await withOpenTask(task, async () => {
        assert.deepEqual(await unlike(task, problems, p => p.solution!, true), []);
        assert.deepEqual(await unlike(task, problems, () => '    pass\n', false), []);
        assert.deepEqual(await unlike(task, problems, p => p.question, false), []);
      });
    } catch (error) {
      if (!(error instanceof SandboxError)) throw error;
      t.skip(error.message.split('\n', 1)[0]!);
    }
  });
