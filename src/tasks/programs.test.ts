// HumanEval, MBPP and the user's own tests: rows become problems, prompts and requests. What the programs are worth is the contract's to show.
// The rows are ours, in the sets' form.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ConfigError } from '../errors.ts';
import type { CodeJudge, CodeRequest } from '../verifiers/code/judge.ts';
import type { CodeProblem } from './code/problem.ts';
import { humaneval } from './humaneval.ts';
import { mbpp } from './mbpp.ts';
import type { Task } from './task.ts';
import { tests } from './tests.ts';

let dir = '';
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'programs-'));
});
after(() => rm(dir, { recursive: true }));

async function file(name: string, rows: readonly object[]): Promise<string> {
  await writeFile(join(dir, name), rows.map(row => `${JSON.stringify(row)}\n`).join(''));
  return join(dir, name);
}

/** A judge that remembers what it was asked and finds everything right. */
function recording() {
  const asked: CodeRequest[] = [];
  const openJudge = async (): Promise<CodeJudge> => ({
    judge: async request => {
      asked.push(request);
      const none = { stdout: '', stderr: '', backend: null, wallMs: 0, cpuMs: 0 };
      return { verdict: 'correct', kind: 'pass', reason: '', reward: 1, testsRun: 1, testsTotal: 1, ...none };
    },
    open: async () => assert.fail('nothing opens it'),
    close: async () => void asked,
  });
  return { asked, openJudge };
}

const textOf = (task: Task<CodeProblem>, problem: CodeProblem): string => {
  const prompt = task.prompts.train(problem);
  return prompt.kind === 'text' ? prompt.text : prompt.messages.map(m => m.content).join('\n');
};

const humanRow = {
  task_id: 'Own/1',
  prompt: 'import math\n\ndef half(x):\n    return x / 2\n\ndef root_half(x):\n    """ The root of half of x. """\n',
  entry_point: 'root_half',
  canonical_solution: '    return math.sqrt(half(x))\n',
  test: 'def check(candidate):\n    assert candidate(8) == 2\n    assert candidate(2) == half(2)\n    assert candidate(0) == 0\n',
};

test('HumanEval: the prompt is continued, and its helpers stand on the side of the tests', async () => {
  const { asked, openJudge } = recording();
  const task = humaneval({ kind: 'humaneval', test: await file('human.jsonl', [humanRow]) }, openJudge);
  const [problem] = await task.problems('test');
  assert.equal(textOf(task, problem!), humanRow.prompt);
  assert.deepEqual(task.stop, ['\nclass', '\ndef', '\n#', '\nif', '\nprint']);
  await task.verify(problem!, humanRow.canonical_solution);
  const [request] = asked;
  assert.ok(request?.mode === 'assert');
  assert.equal(request.program, humanRow.prompt + humanRow.canonical_solution);
  assert.equal(request.setup, `${humanRow.prompt}    pass\n`);
  assert.deepEqual(request.names, ['root_half']);
  assert.match(request.asserts.join(''), /check\(root_half\)\n$/);
  assert.deepEqual(await task.problems('train'), []);
});

test('HumanEval: a completion that defines the function itself keeps the imports and helpers before it', async () => {
  const { asked, openJudge } = recording();
  const task = humaneval({ kind: 'humaneval', chat: true, test: await file('human.jsonl', [humanRow]) }, openJudge);
  const [problem] = await task.problems('test');
  await task.verify(problem!, 'Here it is:\n```python\ndef root_half(x):\n    return (x / 2) ** 0.5\n```\nDone.');
  assert.equal(asked[0]!.program, 'import math\n\ndef half(x):\n    return x / 2\n\n\ndef root_half(x):\n    return (x / 2) ** 0.5\n');
  assert.deepEqual(task.stop, []);
  assert.match(textOf(task, problem!), /```python\nimport math[\s\S]*```$/);
});

const mbppRow = (id: number, more: object = {}) => ({
  task_id: id,
  text: `Write a function to add ${id}.`,
  code: `def plus(x):\r\n    return x + ${id}\r\n`,
  test_setup_code: '',
  test_list: [`assert plus(1) == ${id + 1}`, `assert plus(0) == ${id}`, `assert plus(-1) == ${id - 1}`],
  challenge_test_list: [`assert plus(100) == ${id + 100}`],
  ...more,
});

test('MBPP: the prompt shows the asserts, the challenge is held out, and line ends are plain', async () => {
  const { asked, openJudge } = recording();
  const task = mbpp({ kind: 'mbpp', train: await file('mbpp.jsonl', [mbppRow(7)]) }, openJudge);
  const [problem] = await task.problems('train');
  assert.match(
    textOf(task, problem!),
    /here is your task: Write a function to add 7\. Your code should pass these tests:\n\nassert plus\(1\) == 8\nassert[\s\S]*\n\[BEGIN\]\n$/,
  );
  assert.ok(!textOf(task, problem!).includes('100'));
  assert.equal(problem!.solution, 'def plus(x):\n    return x + 7\n');
  await task.verify(problem!, 'def plus(x):\n    return x + 7\n[DONE]\nand more');
  await task.audit!(problem!, 'def plus(x):\n    return x + 7\n');
  const [rewarded, audited] = asked;
  assert.ok(rewarded?.mode === 'assert' && audited?.mode === 'assert');
  assert.equal(rewarded.program, 'def plus(x):\n    return x + 7\n');
  assert.equal(rewarded.asserts.length, 3);
  assert.deepEqual(audited.asserts, ['assert plus(100) == 107']);
});

test('MBPP: what is held out is never shown', async () => {
  const path = await file('mbpp.jsonl', [mbppRow(7)]);
  const task = mbpp({ kind: 'mbpp', train: path, test: path, heldOut: 0.34 });
  const [problem] = await task.problems('train');
  assert.ok(problem!.tests.mode === 'assert' && problem!.heldOut?.mode === 'assert');
  assert.equal(problem!.tests.asserts.length, 2);
  for (const hidden of problem!.heldOut.asserts) assert.ok(!textOf(task, problem!).includes(hidden), hidden);
  const [measured] = await task.problems('test');
  assert.ok(measured!.tests.mode === 'assert');
  assert.equal(measured!.tests.asserts.length, 3, 'a test problem is measured by all its tests');
  const first = mbpp({ kind: 'mbpp', train: path, shown: 'first' });
  assert.equal(textOf(first, (await first.problems('train'))[0]!).match(/assert/g)!.length, 1);
});

test('MBPP: the sanitized set has its sentence and its imports in other columns', async () => {
  const { text, test_setup_code: _, challenge_test_list: __, ...rest } = mbppRow(3);
  const task = mbpp({ kind: 'mbpp', test: await file('clean.jsonl', [{ ...rest, prompt: text, test_imports: ['import math'] }]) });
  const [problem] = await task.problems('test');
  assert.ok(problem!.tests.mode === 'assert');
  assert.equal(problem!.tests.setup, 'import math');
  assert.equal(problem!.heldOut, undefined);
  assert.equal(problem!.question, text);
});

test('MBPP: tests that hand over functions or objects of the program are left out with their reason', async () => {
  const rows = [
    mbppRow(1),
    mbppRow(2, { code: 'class Pair:\n    pass\ndef f(x):\n    return 1\n', test_list: ['assert f(Pair()) == 1'] }),
    mbppRow(3, { test_list: ['assert apply(lambda x: x, 1) == 1'] }),
    mbppRow(4, { test_list: [] }),
  ];
  const task = mbpp({ kind: 'mbpp', test: await file('odd.jsonl', rows) });
  assert.deepEqual(
    (await task.problems('test')).map(({ id }) => id),
    ['mbpp-1'],
  );
  assert.match(
    (await task.notes!('test')).join(),
    /3 of 4 rows left out: 2 whose tests hand over functions, types or objects [\s\S]*, 1 without tests/,
  );
});

test('MBPP: solved problems of the prompt split stand before the question of the first round, and only there', async () => {
  const shotsFile = await file(
    'prompt.jsonl',
    [1, 2, 3, 4, 5].map(id => mbppRow(id)),
  );
  const task = mbpp({ kind: 'mbpp', train: await file('mbpp.jsonl', [mbppRow(7)]), shotsFile });
  const [problem] = await task.problems('train');
  const sampled = task.prompts.sample!(problem!);
  assert.ok(sampled.kind === 'text');
  assert.equal(sampled.text.match(/\[DONE\]/g)!.length, 3);
  assert.match(sampled.text, /add 2\.[\s\S]*add 3\.[\s\S]*add 4\.[\s\S]*add 7\./);
  assert.ok(!textOf(task, problem!).includes('[DONE]'));
});

const fixture = (name: string) => join(import.meta.dirname, 'fixtures/tests', `${name}.jsonl`);

test("the user's own tests keep the digits and the kind of every number", async () => {
  const task = tests({ kind: 'tests', train: fixture('python') });
  const problems = await task.problems('train');
  const [joined, , , typed, order, helped] = problems.map(p => p.tests);
  assert.ok(joined?.mode === 'call' && typed?.mode === 'call' && order?.mode === 'call' && helped?.mode === 'assert');
  assert.deepEqual(joined.tests[2]!.result, { t: 'int', v: '90071992547409939007199254740993' });
  assert.deepEqual(
    typed.tests.slice(0, 2).map(({ args }) => args[0]),
    [
      { t: 'int', v: '1' },
      { t: 'float', v: '0x1.0000000000000p+0' },
    ],
  );
  assert.deepEqual(problems[4]!.compare, { unordered: true });
  assert.equal(helped.setup, 'BOX = (0, 0, 10, 5)');
  assert.deepEqual(problems[5]!.limits, { cpuSeconds: 2 });
});

test('tests as the text of their JSON, as Parquet has them, are the same tests', async () => {
  const asObject = {
    question: 'q',
    fn: 'f',
    tests: {
      call: [
        [[1, 2.5], 7],
        [[0], 1],
      ],
    },
  };
  const asText = { ...asObject, tests: '{"call": [[[1, 2.5], 12345678901234567], [[0], 1]]}' };
  const of = async (row: object) => (await tests({ kind: 'tests', test: await file('one.jsonl', [row]) }).problems('test'))[0]!.tests;
  const text = await of(asText);
  assert.ok(text.mode === 'call');
  assert.deepEqual(text.tests[0]!.result, { t: 'int', v: '12345678901234567' });
  assert.deepEqual(text.tests[1], ((await of(asObject)) as typeof text).tests[1]);
});

test('rows of tests that are wrong are refused, each in one line', async () => {
  const row = { question: 'q', tests: { stdio: [['1', '2']] } };
  for (const [bad, pattern] of [
    [{ ...row, tests: 'nothing' }, /'tests' is no JSON$/],
    [{ ...row, tests: [1] }, /'tests' holds no tests; accepted: one of/],
    [{ ...row, tests: {} }, /'tests' holds no tests/],
    [{ ...row, tests: { stdio: [['1']] } }, /"tests\.stdio\[0\]" is no pair/],
    [{ ...row, tests: { stdio: [[1, '2']] } }, /"tests\.stdio\[0\]\[0\]" is no text/],
    [{ ...row, tests: { call: [[[1], 2]] } }, /has no "fn"/],
    [{ ...row, mode: 'call' }, /has no "fn"/],
    [{ ...row, language: 'javascript' }, /is javascript; the task's language is python/],
    [{ ...row, limits: { cpu_seconds: -1 } }, /"limits\.cpu_seconds" is no number above 0/],
    [{ ...row, question: 3 }, /'question' is no text/],
  ] as const) {
    const task = tests({ kind: 'tests', test: await file('bad.jsonl', [bad]) });
    await assert.rejects(
      task.problems('test'),
      (error: unknown) => error instanceof ConfigError && pattern.test(error.message),
      String(pattern),
    );
  }
  const empty = tests({ kind: 'tests', test: await file('bad.jsonl', [{ ...row, tests: { stdio: [] } }]) });
  await assert.rejects(empty.problems('test'), /no problem can be used: 1 without tests/);
});

test('training problems that are excluded are left out, and an unknown id is a complaint', async () => {
  const task = tests({ kind: 'tests', train: fixture('python'), test: fixture('python'), exclude: ['typed'] });
  assert.equal((await task.problems('train')).length, 5);
  assert.equal((await task.problems('test')).length, 6);
  const wrong = tests({ kind: 'tests', train: fixture('python'), exclude: ['nobody'] });
  await assert.rejects(wrong.problems('train'), /task\.exclude: there is no training problem 'nobody'/);
});

test('a share of tests passed is asked for where it is the reward, and an empty completion is never run', async () => {
  const { asked, openJudge } = recording();
  const task = tests(
    { kind: 'tests', reward: 'share', limits: { cpuSeconds: 1 }, train: fixture('javascript'), language: 'javascript' },
    openJudge,
  );
  const [problem] = await task.problems('train');
  assert.equal((await task.verify(problem!, ' \n')).kind, 'unparsable');
  await task.verify(problem!, 'x');
  assert.equal(asked.length, 1);
  assert.deepEqual([asked[0]!.partial, asked[0]!.limits], [true, { cpuSeconds: 1 }]);
});
