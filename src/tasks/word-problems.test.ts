import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ConfigError } from '../errors.ts';
import type { Problem, Split } from './task.ts';
import { asdiv, equationShots, gsm8k, mawps, svamp } from './word-problem-sets.ts';
import { type WordProblemsInput, wordProblems } from './word-problems.ts';

let dir = '';
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'word-problems-'));
});
after(() => rm(dir, { recursive: true }));

const ROWS = [
  { body: 'Ann has 7 pens.  She buys 2.', question: 'How many has she?', answer: '9 (pens)', formula: '7+2=9', grade: 1 },
  { body: 'Ann and Bo run.', question: 'Who is first?', answer: 'Bo', formula: '', grade: 2 },
  { body: '17 eggs, 5 to a box.', question: 'How many full boxes {at most}?', answer: '3 (boxes)', formula: '17/5=3 r2', grade: 2 },
];

async function settingsFor(rows: readonly object[], more: Partial<WordProblemsInput> = {}): Promise<WordProblemsInput> {
  const file = join(dir, 'rows.jsonl');
  await writeFile(file, rows.map(row => `${JSON.stringify(row)}\n`).join(''));
  return { ...asdiv, name: 'pens', subject: 'grade', level: 'grade', train: file, test: file, ...more };
}

async function refusal(open: () => unknown): Promise<string[]> {
  const error = await Promise.resolve()
    .then(open)
    .then(
      () => assert.fail('it was accepted'),
      (reason: unknown) => reason,
    );
  assert.ok(error instanceof ConfigError, String(error));
  return error.complaints.map(({ field, message }) => `${field.replace(dir, '')}: ${message}`);
}

test('rows become problems: template, pattern, level, and a solution only where the formula is true', async () => {
  const task = wordProblems(await settingsFor(ROWS));
  assert.deepEqual(await task.problems('train'), [
    {
      id: 'pens-train-0001',
      question: 'Ann has 7 pens. She buys 2. How many has she?',
      reference: '9',
      solution: ' 7 + 2 = 9',
      level: '1',
      subject: '1',
    },
    { id: 'pens-train-0003', question: '17 eggs, 5 to a box. How many full boxes {at most}?', reference: '3', level: '2', subject: '2' },
  ]);
  assert.deepEqual(await task.notes('train'), [
    'rows.jsonl: 1 of 3 rows left out: their answer is not one number',
    'rows.jsonl: 1 of 2 problems have no solution that the verifier accepts',
  ]);
});

test('an answer that is no number refuses the file, with its line, unless such rows are to be skipped', async () => {
  const settings = await settingsFor(ROWS, { unparsableReferences: 'refuse' });
  const [only, ...none] = await refusal(() => wordProblems(settings).problems('test'));
  assert.match(only!, /^\/rows\.jsonl:2: the answer "Bo" has no number where .* looks for it \(unparsableReferences: skip /);
  assert.deepEqual(none, []);
});

test('a null, missing or empty answer is never a reference', async () => {
  const settings = await settingsFor(
    [
      { question: 'one?', answer: null },
      { question: 'two?', answer: '' },
      { question: 'three?', answer: [3] },
    ],
    {
      ...{ question: '{question}', answer: { column: 'answer' }, unparsableReferences: 'refuse', level: 'question', subject: 'question' },
      solution: { template: '{answer}', form: 'text' },
    },
  );
  assert.equal((await refusal(() => wordProblems(settings).problems('train'))).length, 3);
  assert.equal((await refusal(() => wordProblems({ ...settings, unparsableReferences: 'skip' }).problems('train'))).length, 3);
});

test('an id that comes twice and an empty question are refused', async () => {
  const rows = [1, 2].map(() => ({ id: 'a', question: 'one?', answer: 1 })).concat({ id: 'b', question: ' ', answer: 1 });
  const { level, subject, solution, ...settings } = await settingsFor(rows, {
    question: '{question}',
    answer: { column: 'answer' },
    id: 'id',
  });
  assert.deepEqual([level, subject, typeof solution], ['grade', 'grade', 'object']);
  assert.deepEqual(await refusal(() => wordProblems(settings).problems('train')), [
    '/rows.jsonl:3: the question is empty or not text',
    "/rows.jsonl: the id 'a' comes twice",
  ]);
});

test('wrong settings are refused all at once, each by its name', async () => {
  const prompts = { train: { template: 'Question: {question}\nAnswer: ' }, sample: { chat: true, shots: 'text' } };
  const settings = await settingsFor(ROWS, {
    answer: { column: 'answer', pattern: '(a)(b)' },
    question: 'no column',
    maxTokens: 0,
    prompts,
  });
  const fields = (await refusal(() => wordProblems(settings))).map(line => line.split(':', 1)[0]);
  assert.deepEqual(fields.sort(), [
    'task.answer.pattern',
    'task.maxTokens',
    'task.prompts.sample.shots',
    'task.prompts.train.template',
    'task.question',
  ]);
  assert.match((await refusal(() => wordProblems({ ...settings, max_tokens: 3 } as never))).join(), /max_tokens/);
});

const problem: Problem = { id: 'a', question: 'What is 1 + 1?', reference: '2' };

test('the prompt ends right after "Answer:", with shots before it or without', async () => {
  const { prompts } = wordProblems(await settingsFor(ROWS));
  assert.deepEqual(prompts.train(problem), { kind: 'text', text: 'Question: What is 1 + 1?\nAnswer:' });
  const sampled = prompts.sample!(problem);
  assert.ok(sampled.kind === 'text');
  assert.equal(sampled.text.match(/Question: /g)!.length, 5);
  assert.ok(sampled.text.startsWith(`Question: ${equationShots[0].question}\nAnswer: 18 + 25 = 43\n\nQuestion: `));
  assert.ok(sampled.text.endsWith('Answer: 45 / 9 = 5\n\nQuestion: What is 1 + 1?\nAnswer:'));
});

test('a chat prompt is messages, and its solutions begin without a blank', async () => {
  const shots = [{ question: '2 + 2?', answer: '4' }];
  const task = wordProblems(await settingsFor(ROWS, { prompts: { train: { chat: true, system: 'Answer with an equation.', shots } } }));
  assert.deepEqual(task.prompts.train(problem), {
    kind: 'chat',
    messages: [
      { role: 'system', content: 'Answer with an equation.' },
      { role: 'user', content: '2 + 2?' },
      { role: 'assistant', content: '4' },
      { role: 'user', content: 'What is 1 + 1?' },
    ],
  });
  assert.equal((await task.problems('train'))[0]!.solution, '7 + 2 = 9');
});

test('wrong, empty, refused, cut-off and copied answers are not correct; the solution is', async () => {
  const task = wordProblems(await settingsFor(ROWS));
  const [first] = await task.problems('train');
  const judged = async (text: string) => (await task.verify(first!, text)).kind;
  assert.equal(await judged(first!.solution!), 'correct');
  for (const text of [' 7 + 2 = 8', '', " I'm sorry, I cannot help with that.", ' 7 + ', first!.question])
    assert.notEqual(await judged(text), 'correct', text);
});

test('every shot of the equation prompt is a true equation, one for each operation', async () => {
  const task = wordProblems(await settingsFor(ROWS, { require: 'true-equations' }));
  for (const { answer } of equationShots) {
    assert.equal((await task.verify({ ...problem, reference: answer.split('= ')[1]! }, answer)).kind, 'correct', answer);
  }
  assert.deepEqual(
    equationShots.map(({ answer }) => answer.split(' ')[1]),
    ['+', '-', '*', '/'],
  );
});

const shared = process.env.REST_EM_SHARED;
const skip = shared ? false : 'REST_EM_SHARED, the folder of the real data sets, is not set';

// What the sets hold: rows, problems with one numeric answer, problems whose own solution the verifier accepts; measured on these files.
const sets = {
  asdiv: { set: asdiv, train: [1444, 1104], test: [640, 482] },
  svamp: { set: svamp, train: [715, 713], test: [285, 285] },
  mawps: { set: mawps, train: [1448, 0], test: [617, 0] },
  gsm8k: { set: gsm8k, train: [7473, 7473], test: [1319, 1319] },
} as const;

for (const [name, { set, ...counts }] of Object.entries(sets)) {
  test(`${name} gives all of its numeric problems, and every solution verifies`, { skip }, async () => {
    const task = wordProblems({ ...set, train: join(shared!, `data/${name}/train.jsonl`), test: join(shared!, `data/${name}/test.jsonl`) });
    for (const split of ['train', 'test'] as Split[]) {
      const problems = await task.problems(split);
      const solved = problems.filter(p => p.solution !== undefined);
      assert.deepEqual([problems.length, solved.length], counts[split], split);
      for (const p of solved) assert.equal((await task.verify(p, p.solution!)).kind, 'correct', p.id);
      for (const p of problems) {
        assert.equal((await task.verify(p, p.reference)).kind, 'correct', p.id);
        for (const { completion } of task.gate!.wrong!(p))
          assert.notEqual((await task.verify(p, completion)).kind, 'correct', `${p.id}: ${completion}`);
      }
      for (const shot of equationShots) assert.ok(!problems.some(p => p.question === shot.question));
    }
  });
}

test('every equation solution of asdiv and svamp passes true-equations as well', { skip }, async () => {
  for (const name of ['asdiv', 'svamp'] as const) {
    const files = { train: join(shared!, `data/${name}/train.jsonl`), test: join(shared!, `data/${name}/test.jsonl`) };
    const task = wordProblems({ ...sets[name].set, ...files, require: 'true-equations' });
    const solved = (await task.problems('train')).filter(p => p.solution !== undefined);
    for (const p of solved) assert.equal((await task.verify(p, p.solution!)).kind, 'correct', `${p.id}: ${p.solution}`);
  }
});

test('the hinted prompt has the number alone behind the question, and behind the questions of worked examples that are listed', async () => {
  const shots = [{ question: 'Bo has 1 pen and gets 1. How many?', answer: '1 + 1 = 2' }];
  const hintOf = async (prompts: WordProblemsInput['prompts']) => {
    const task = wordProblems(await settingsFor(ROWS, { prompts }));
    const [problem] = await task.problems('train');
    return task.prompts.hint?.(problem!);
  };
  assert.deepEqual(await hintOf({ train: {}, sample: { shots } }), {
    kind: 'text',
    text: 'Question: Bo has 1 pen and gets 1. How many? (2)\nAnswer: 1 + 1 = 2\n\nQuestion: Ann has 7 pens. She buys 2. How many has she? (9)\nAnswer:',
  });
  assert.deepEqual(await hintOf({ train: { chat: true } }), {
    kind: 'chat',
    messages: [{ role: 'user', content: 'Ann has 7 pens. She buys 2. How many has she? (9)' }],
  });
});
