// The gate on tasks of numbers: a sound one, and ones with the faults it is there to find.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Problem, Task } from '../tasks/task.ts';
import { correct, failed, incorrect, type Verdict } from '../verifiers/verdict.ts';
import { neighbourOf, wrongAttempts } from './attempts.ts';
import { type GateFinding, gate } from './gate.ts';

const problems: readonly Problem[] = ['4', '9', '16'].map((reference, i) => ({
  id: `p${i}`,
  question: `What is ${i + 2} squared?`,
  reference,
  solution: ` It is the number ${reference}.`,
}));

const taskWith = (verify: (problem: Problem, completion: string) => Verdict, more: Partial<Task> = {}): Task => ({
  name: 'squares',
  problems: async () => problems,
  prompts: { train: ({ question }) => ({ kind: 'text', text: `Q: ${question}\nA:` }) },
  stop: [],
  maxTokens: 10,
  verify,
  ...more,
});

const sound = ({ reference }: Problem, text: string): Verdict =>
  /(\d+)\.$/.exec(text)?.[1] === reference ? correct(reference, '') : incorrect(null, 'another number, or none');

const signal = new AbortController().signal;
const findings = (task: Task, of = problems): Promise<GateFinding[]> => gate(task, of, { signal });
const results = (all: readonly GateFinding[]) => all.map(({ result }) => result);

test('a task whose verifier tells right from wrong passes, and what was tried is counted', async () => {
  const all = await findings(taskWith(sound));
  assert.deepEqual(results(all), ['pass', 'pass', 'pass']);
  assert.deepEqual(all[0], { id: 'p0', result: 'pass', reasons: [], right: { tried: 1, correct: 1 }, wrong: { tried: 6, fooled: [] } });
});

test('a verifier that takes anything with the number in it is caught by the answer of another problem or the prompt', async () => {
  const lax = taskWith(({ reference }, text) => (/\d/.test(text) ? correct(reference, '') : incorrect(null, '')));
  const [first] = await findings(lax);
  assert.equal(first!.result, 'evaluation-only');
  assert.deepEqual(first!.wrong.fooled, ['copied prompt']); // every answer is right for every problem, so neighbours prove nothing
  const greedy = taskWith(({ id, reference }, text) =>
    id === 'p0' || text.includes(reference) ? correct(reference, '') : incorrect(null, ''),
  );
  assert.ok((await findings(greedy))[0]!.wrong.fooled.includes("another problem's solution"));
  assert.equal((await findings(greedy))[0]!.result, 'evaluation-only');
});

test('a problem whose own solution is refused is to be dropped, with the reason', async () => {
  const [first, second] = await findings(
    taskWith((problem, text) => (problem.id === 'p0' ? incorrect(null, 'no way') : sound(problem, text))),
  );
  assert.equal(first!.result, 'drop');
  assert.deepEqual(first!.reasons, ['a right answer is not correct: no way']);
  assert.equal(second!.result, 'pass');
});

test('what cannot be judged is to be dropped, and nothing more is tried on it', async () => {
  let calls = 0;
  const broken = taskWith(() => {
    calls++;
    return failed('sandbox down');
  });
  const [first] = await findings(broken, problems.slice(0, 1));
  assert.deepEqual([first!.result, first!.reasons], ['drop', ['could not be judged: sandbox down']]);
  assert.equal(calls, 3, 'it is asked three times, as in a run');
});

test('a problem without anything that should be correct is for evaluation only, as is one with a flaw', async () => {
  const { solution: _, ...unsolved } = problems[0]!;
  const [first] = await findings(taskWith(sound), [unsolved]);
  assert.deepEqual([first!.result, first!.reasons], ['evaluation-only', ['nothing is known that should be correct']]);
  const flawed = taskWith(sound, { gate: { flaws: ({ id }) => (id === 'p1' ? ['two tests'] : []) } });
  assert.deepEqual(results(await findings(flawed)), ['pass', 'evaluation-only', 'pass']);
});

test("the task's own attempts are tried beside those of every task", async () => {
  const task = taskWith(sound, {
    gate: {
      right: ({ reference }) => [`${reference}.`, `So ${reference}.`],
      wrong: ({ reference }) => [{ name: 'sly', completion: `not ${reference}.` }],
    },
  });
  const [first] = await findings(task);
  assert.equal(first!.right.tried, 2);
  assert.deepEqual(first!.wrong.fooled, ['sly']);
  assert.deepEqual(
    wrongAttempts(task, problems[0]!).map(({ name }) => name),
    ['empty', 'blank', 'refused', 'copied prompt', 'cut off', 'sly'],
  );
});

test('a neighbour has another reference; where none has, there is no neighbour', () => {
  const same = { ...problems[0]!, id: 'twin' };
  assert.equal(neighbourOf([problems[0]!, same, problems[1]!], 0)?.id, 'p1');
  assert.equal(neighbourOf([problems[0]!, same], 0), null);
});

test('the gate stops where it is told to', async () => {
  const stop = new AbortController();
  stop.abort();
  await assert.rejects(gate(taskWith(sound), problems, { signal: stop.signal }));
});
