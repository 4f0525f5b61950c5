// The math task: columns, levels and subjects, Minerva's prompt, references that cannot be judged, and training problems that stand in the test set.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ConfigError } from '../../errors.ts';
import { equationShots } from '../word-problem-sets.ts';
import type { MathInput } from './settings.ts';
import { minervaShots } from './shots.ts';
import { mathTask } from './task.ts';

const HERE = mkdtempSync(join(tmpdir(), 'rest-em-math-'));
after(() => rmSync(HERE, { recursive: true, force: true }));

let files = 0;
function fileOf(...rows: readonly object[]): string {
  const file = join(HERE, `rows-${++files}.jsonl`);
  writeFileSync(file, rows.map(row => `${JSON.stringify(row)}\n`).join(''));
  return file;
}

const row = (problem: string, answer: string, more: object = {}) => ({
  problem,
  solution: `Clearly $\\boxed{${answer}}$.`,
  level: 'Level 3',
  type: 'Algebra',
  ...more,
});
const taskOf = (more: Partial<MathInput> = {}) =>
  mathTask({
    kind: 'math',
    train: fileOf(row('What is $1+1$?', '2'), row('What is $2+2$?', '4')),
    test: fileOf(row('What is $3+3$?', '6')),
    ...more,
  });

async function complaints(work: () => unknown): Promise<string[]> {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.complaints.map(({ field, message }) => `${field.replace(HERE, '')}: ${message}`);
  }
  return [];
}

test('the columns of MATH become problems with a level, a subject and the answer of the box', async () => {
  const [first, second] = await taskOf().problems('train');
  const { solution, ...rest } = first!;
  assert.match(solution!, /^ Clearly/);
  assert.deepEqual(rest, { id: 'math-train-00001', question: 'What is $1+1$?', reference: '2', level: '3', subject: 'Algebra' });
  assert.equal(second!.id, 'math-train-00002');
});

test("MATH-500's columns do as well: its answer stands in the solution, its subject and level under other names", async () => {
  const test500 = fileOf({
    problem: 'What is $5+5$?',
    solution: 'It is $\\boxed{10}$.',
    answer: '10',
    subject: 'Prealgebra',
    level: 1,
    unique_id: 'test/prealgebra/1.json',
  });
  const [problem] = await taskOf({ test: test500, id: 'unique_id', train: fileOf(row('a', '1', { unique_id: 'x' })) }).problems('test');
  assert.equal(problem!.solution, ' It is $\\boxed{10}$.\nFinal Answer: The final answer is $10$. I hope it is correct.');
  assert.deepEqual(
    { ...problem, solution: undefined },
    {
      solution: undefined,
      id: 'test/prealgebra/1.json',
      question: 'What is $5+5$?',
      reference: '10',
      level: '1',
      subject: 'Prealgebra',
    },
  );
});

test('the base is asked with four worked examples and the trained model without, both in the form of Minerva', async () => {
  const task = taskOf();
  const [problem] = await task.problems('test');
  assert.deepEqual(task.prompts.train(problem!), { kind: 'text', text: 'Problem:\nWhat is $3+3$?\n\nSolution:' });
  const sample = task.prompts.sample!(problem!);
  assert.ok(sample.kind === 'text');
  assert.equal(sample.text.split('Problem:\n').length, 6);
  assert.ok(sample.text.endsWith('I hope it is correct.\n\nProblem:\nWhat is $3+3$?\n\nSolution:'));
  assert.deepEqual(task.stop, ['\nProblem:']);
});

test('the hinted prompt has the answer alone behind the question, and behind those of the worked examples', async () => {
  const task = taskOf();
  const [problem] = await task.problems('train');
  const hint = task.prompts.hint?.(problem!);
  assert.ok(hint?.kind === 'text');
  assert.match(hint.text, /What is \$1\+1\$\? \(2\)\n/);
  for (const answer of ['[-4,9)', '45', '21', String.raw`-\frac{2}{3}`]) assert.ok(hint.text.includes(` (${answer})\n`), answer);
});

test('every worked example is judged correct by the verifier of the task, and by no other answer', async () => {
  const task = mathTask({
    kind: 'math',
    answer: 'answer',
    question: '{question}',
    train: fileOf(...minervaShots),
    test: fileOf({ question: 'other', answer: '\\boxed{1}' }),
  });
  const problems = await task.problems('train');
  assert.deepEqual(
    problems.map(p => p.reference),
    ['[-4,9)', '45', '21', '-\\frac{2}{3}'],
  );
  for (const [i, problem] of problems.entries()) {
    assert.equal((await task.verify(problem, ` ${minervaShots[i]!.answer}`)).kind, 'correct');
    assert.equal((await task.verify(problem, ` ${minervaShots[(i + 1) % 4]!.answer}`)).kind, 'incorrect');
    assert.equal((await task.verify(problem, ' I do not know.')).kind, 'unparsable');
  }
});

test('a human solution ends with the line that the answer is read from, and is judged correct', async () => {
  const task = taskOf();
  const [problem] = await task.problems('train');
  assert.equal(problem!.solution, ' Clearly $\\boxed{2}$.\nFinal Answer: The final answer is $2$. I hope it is correct.');
  assert.equal((await task.verify(problem!, problem!.solution!)).kind, 'correct');
});

test('in a chat the question stands alone, and the answer may be asked for in a box', async () => {
  const task = taskOf({ prompts: { train: { chat: true, system: 'Put your final answer within \\boxed{}.' } } });
  const [problem] = await task.problems('test');
  assert.deepEqual(task.prompts.train(problem!), {
    kind: 'chat',
    messages: [
      { role: 'system', content: 'Put your final answer within \\boxed{}.' },
      { role: 'user', content: 'What is $3+3$?' },
    ],
  });
});

test('a training problem that is in the test set, in other blanks or capitals, is left out and counted', async () => {
  const task = taskOf({ train: fileOf(row('what is  $3 + 3$?', '6'), row('What is $2+2$?', '4')) });
  assert.deepEqual(
    (await task.problems('train')).map(p => p.question),
    ['What is $2+2$?'],
  );
  assert.deepEqual(await task.notes('train'), ['1 of 2 training problems left out: they are in the test set']);
  const same = fileOf(row('a', '1'));
  assert.match(
    (await complaints(() => taskOf({ train: same, test: same }).problems('train')))[0]!,
    /^task\.train: every problem of it is in task\.test/,
  );
});

test('several files are one split, numbered through', async () => {
  const task = taskOf({ train: [fileOf(row('a', '1')), fileOf(row('b', '2'), row('c', '3'))] });
  assert.deepEqual(
    (await task.problems('train')).map(p => p.id),
    ['math-train-00001', 'math-train-00002', 'math-train-00003'],
  );
});

test('a row whose solution marks no answer is refused with its line, or left out and counted', async () => {
  const train = fileOf(row('a', '1'), { problem: 'b', solution: 'It follows.' }, { problem: 'c' });
  const lines = await complaints(() => taskOf({ train }).problems('train'));
  assert.match(lines.join('\n'), /:2: .*marks no answer \(unjudgeable: skip leaves such rows out\)/);
  assert.match(lines.join('\n'), /:3: column 'solution' is missing, empty or not text; there are: problem/);
  const skipping = taskOf({ train: fileOf(row('a', '1'), { problem: 'b', solution: 'First,\n\nit follows.' }), unjudgeable: 'skip' });
  assert.equal((await skipping.problems('train')).length, 1);
  assert.match((await skipping.notes('train'))[0]!, /1 of 2 rows left out/);
});

test('settings that are wrong are named before a file is read', async () => {
  assert.match(
    (await complaints(() => taskOf({ conventions: { rounding: 'wildly' } }))).join(),
    /task\.conventions\.rounding: got "wildly"; accepted: /,
  );
  assert.match(
    (await complaints(() => taskOf({ conventions: { colour: 'red' } }))).join(),
    /task\.conventions\.colour: got "red"; accepted: rounding, /,
  );
  assert.match((await complaints(() => taskOf({ rules: 'lenient' as 'default' }))).join(), /task\.rules: /);
});

test('every form of a reference passes the gate, and no near miss does', async () => {
  const answers = ['2', '-\\frac{2}{3}', '[-4,9)', '3\\sqrt{2}', 'Evelyn', '1,2,5', '4x + 5'];
  const task = taskOf({ train: fileOf(...answers.map((answer, i) => row(`p${i}`, answer))) });
  for (const problem of await task.problems('train')) {
    for (const completion of task.gate!.right!(problem)) assert.equal((await task.verify(problem, completion)).kind, 'correct', completion);
    for (const { completion } of task.gate!.wrong!(problem))
      assert.notEqual((await task.verify(problem, completion)).kind, 'correct', completion);
  }
});

const shared = process.env.REST_EM_SHARED;
const data = shared ? join(shared, 'data/math') : '';
const skip = shared && existsSync(data) ? false : 'REST_EM_SHARED, the folder of the real data sets, is not set';

test('the real MATH loads whole: 7 subjects, 5 levels, every reference judged correct against itself', { skip }, async () => {
  const task = mathTask({ kind: 'math', train: join(data, 'train.jsonl'), test: join(data, 'test.jsonl') });
  const [train, held] = [await task.problems('train'), await task.problems('test')];
  assert.deepEqual([train.length, held.length], [4500, 500]);
  assert.deepEqual([...new Set(held.map(p => p.level))].sort(), ['1', '2', '3', '4', '5']);
  assert.equal(new Set(held.map(p => p.subject)).size, 7);
  for (const problem of held)
    assert.equal((await task.verify(problem, problem.solution!)).kind, 'correct', `${problem.id}: ${problem.reference}`);
  const asked = new Set([...train, ...held].map(p => p.question.replace(/\s/g, '')));
  for (const { question } of [...minervaShots, ...equationShots]) assert.ok(!asked.has(question.replace(/\s/g, '')));
});
