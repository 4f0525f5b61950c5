import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '../errors.ts';
import type { Method } from '../methods/method.ts';
import { METHODS } from '../methods/table.ts';
import type { Plan } from './plan.ts';
import { chooseProblems } from './problems.ts';
import { drawsOf, type Round, roundsOf } from './rounds.ts';
import { toyFamily, toyMethod, toyPlan, toyTask } from './toy.test.ts';

/** 20 training problems are left beside D_val. */
async function roundsFor(changes: Partial<Plan>): Promise<Round[]> {
  const plan = toyPlan('/nowhere', { arms: [], ...changes });
  return roundsOf(plan, await chooseProblems(plan));
}

async function complaintsFor(changes: Partial<Plan>): Promise<string[]> {
  try {
    await roundsFor(changes);
  } catch (error) {
    if (error instanceof ConfigError) return error.complaints.map(({ field, message }) => `${field}: ${message}`);
    throw error;
  }
  return [];
}

/** [name, policy before, folder of its samples] */
const chain = (rounds: readonly Round[]) => rounds.map(round => [round.name, round.previous, round.samples]);

test('one fit an iteration: each samples the policy before it, arms come last and begin at the base', async () => {
  assert.deepEqual(chain(await roundsFor({ arms: [METHODS.sft, METHODS.random] })), [
    ['iteration-1', 'base', 'iteration-1'],
    ['iteration-2', 'iteration-1', 'iteration-2'],
    ['sft', 'base', 'sft'],
    ['random', 'base', 'iteration-1'],
  ]);
});

test('several fits on the same samples: the samples lie in the folder of the last one, which is the iteration', async () => {
  const rounds = await roundsFor({ method: toyFamily.rest });
  assert.deepEqual(chain(rounds), [
    ['sft', 'base', 'sft'],
    ['iteration-1/part-1', 'sft', 'iteration-1'],
    ['iteration-1', 'iteration-1/part-1', 'iteration-1'],
    ['iteration-2/part-1', 'iteration-1', 'iteration-2'],
    ['iteration-2', 'iteration-2/part-1', 'iteration-2'],
  ]);
  assert.deepEqual(
    rounds.map(round => [round.improve, round.next, drawsOf(round)]),
    [
      [0, null, 0],
      [0, 'iteration-1', 120],
      [1, null, 0],
      [0, 'iteration-2', 120],
      [1, null, 0],
    ],
  );
});

test('mini-batches: every problem once an iteration, in an order of its own, each sampled from the weights that the one before left', async () => {
  const rounds = await roundsFor({ method: toyFamily.iml });
  assert.deepEqual(chain(rounds).slice(0, 4), [
    ['iteration-1/part-1', 'base', 'iteration-1/part-1'],
    ['iteration-1/part-2', 'iteration-1/part-1', 'iteration-1/part-2'],
    ['iteration-1', 'iteration-1/part-2', 'iteration-1'],
    ['iteration-2/part-1', 'iteration-1', 'iteration-2/part-1'],
  ]);
  assert.deepEqual(
    rounds.map(round => [round.problems.length, round.batch, round.past.length]),
    [8, 8, 4, 8, 8, 4].map((size, i) => [size, 1 + (i % 3), i]),
  );
  const orderOf = (iteration: number) => rounds.filter(r => r.iteration === iteration).flatMap(r => r.problems.map(problem => problem.id));
  assert.equal(new Set(orderOf(1)).size, 20);
  assert.deepEqual(orderOf(2).toSorted(), orderOf(1).toSorted());
  assert.notDeepEqual(orderOf(2), orderOf(1));
});

test('thresholds and mini-batches together: all thresholds of a batch before the next batch', async () => {
  const rounds = await roundsFor({ method: { ...toyFamily.rest, batchProblems: 10, iterations: 1 } });
  assert.deepEqual(
    rounds.slice(1).map(round => [round.name, round.improve, round.batch, round.samples]),
    [
      ['iteration-1/part-1', 0, 1, 'iteration-1/part-2'],
      ['iteration-1/part-2', 1, 1, 'iteration-1/part-2'],
      ['iteration-1/part-3', 0, 2, 'iteration-1'],
      ['iteration-1', 1, 2, 'iteration-1'],
    ],
  );
});

test('the arm sft and the model that another method starts from are one and the same, fitted first', async () => {
  const names = async (changes: Partial<Plan>) => (await roundsFor(changes)).map(round => round.name);
  const rft = { ...METHODS.rft, name: 'mine' };
  assert.deepEqual(await names({ method: METHODS.rft, arms: [METHODS.sft] }), ['sft', 'iteration-1']);
  assert.deepEqual(await names({ arms: [rft, METHODS.sft] }), ['sft', 'iteration-1', 'iteration-2', 'mine']);
});

test('a control of a method that keeps one a problem keeps one', async () => {
  const method: Method = { ...toyMethod, weigh: { kind: 'best', unsolved: 'drop' } };
  const control = (await roundsFor({ method, arms: [METHODS.random] })).at(-1);
  assert.deepEqual(control?.method.weigh, { kind: 'random', keepPerProblem: 1 });
});

test('methods that cannot stand in a run are refused, each with its field and the way out', async () => {
  const { hint: _, ...prompts } = toyTask.prompts;
  const unsolved = { ...toyTask, problems: async () => (await toyTask.problems('train')).map(({ solution: __, ...problem }) => problem) };
  const own = (changes: Partial<Method>): Method => ({ ...toyMethod, iterations: 1, name: 'mine', ...changes });
  const cases: readonly (readonly [Partial<Plan>, RegExp])[] = [
    [
      { method: METHODS.star, task: { ...toyTask, prompts } },
      /^method\.propose\.hint: star asks with the answer as a hint, and this task has no prompts\.hint/,
    ],
    [{ method: METHODS.raft, task: unsolved }, /^method\.start: raft starts from SFT on human solutions, .* start: 'base' needs none$/],
    [{ method: own({ batchProblems: 4 }) }, /^method\.fitFrom: mine starts every mini-batch from the base/],
    [{ method: own({ stop: 'steps' }) }, /^method\.steps: mine goes with stop: steps/],
    [{ method: own({ propose: { kind: 'solutions' } }) }, /^method\.memory\.solutions: mine samples nothing and takes no human solutions/],
    [{ method: own({ stop: 'epochs' }), arms: [METHODS.random] }, /^arms\.0: random follows the first iteration/],
    [
      { method: own({ batchProblems: 4, fitFrom: 'previous' }), arms: [METHODS.random] },
      /^arms\.0: random needs the samples of a whole iteration/,
    ],
    [{ method: METHODS.raft, arms: [own({ name: 'sft' })] }, /^arms\.0: sft is a name the run itself uses: a method starts from SFT/],
    [{ arms: [own({ name: 'base-two' })] }, /^arms\.0: base-two is a name the run itself uses/],
    [{ arms: [own({}), own({})] }, /^arms\.1: mine is named twice/],
    [{ arms: [{ ...METHODS.rest, iterations: 2 }] }, /^arms\.0: rest has several iterations/],
    [{ arms: [own({ start: 'sft' })], task: unsolved }, /^arms\.0\.start: mine starts from SFT/],
  ];
  for (const [changes, says] of cases) {
    const complaints = await complaintsFor(changes);
    assert.equal(complaints.length, 1, complaints.join('\n'));
    assert.match(complaints[0]!, says);
  }
});
