// APPS problems out of rows of our own in the set's form (fixtures/apps), its traps included. What their programs are worth is the contract's to show.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import type { CodeRequest } from '../verifiers/code/request.ts';
import { correct, failed, incorrect } from '../verifiers/verdict.ts';
import { apps } from './apps.ts';
import { convention, testsIn } from './apps-tests.ts';
import type { CodeProblem } from './code/problem.ts';

const file = (name: string) => join(import.meta.dirname, 'fixtures/apps', `${name}.jsonl`);
const files = { kind: 'apps', train: file('train'), test: file('test') } as const;
const task = apps(files);

async function problem(id: string): Promise<CodeProblem> {
  const all = [...(await task.problems('train')), ...(await task.problems('test'))] as readonly CodeProblem[];
  return all.find(p => p.id === `apps-${id}`) ?? assert.fail(`no problem ${id}`);
}

test('rows without usable tests are left out and counted by reason, other difficulties are not asked for', async () => {
  assert.equal((await task.problems('train')).length, 20);
  assert.equal((await task.problems('test')).length, 9);
  assert.deepEqual(await task.notes!('train'), ['train.jsonl: 1 of 21 rows left out: 1 without tests']);
  assert.deepEqual(await task.notes!('test'), [
    'test.jsonl: 2 of 11 rows left out: 1 without tests, 1 with more inputs than outputs, or fewer',
  ]);
  const wider = apps({ ...files, difficulty: ['introductory', 'interview'] });
  assert.equal((await wider.problems('train')).length, 21);
});

test('an integer of the tests keeps every digit', async () => {
  const { tests } = await problem('20');
  assert.ok(tests.mode === 'call' && tests.fn === 'swap_halves');
  assert.deepEqual(tests.tests[4], {
    args: [{ t: 'int', v: '11111111112222222222333333333344444444' }],
    result: { t: 'list', v: [{ t: 'int', v: '23333333333444444441111111111222222222' }] },
  });
});

test('lists of lines are joined, and blanks at the ends of lines stay for the judge to strip', async () => {
  const lines = (await problem('7')).tests;
  assert.ok(lines.mode === 'stdio');
  assert.deepEqual(lines.tests[0], { input: 'abcdef', output: 'cbafed' });
  const blanks = (await problem('14')).tests;
  assert.ok(blanks.mode === 'stdio');
  assert.equal(blanks.tests[1]!.output, '1 \n\n');
});

test('an object whose keys look like integers is a dictionary of integers, as the first argument only', () => {
  const tests = testsIn('{"fn_name": "f", "inputs": [[{"1": 2, "-3": 4}, {"5": 6}], [{"1": 1, "a": 2}, {}]], "outputs": [1, 2]}');
  assert.ok(typeof tests !== 'string' && tests.mode === 'call');
  const [first, second] = tests.tests;
  assert.deepEqual(first!.args[0], {
    t: 'dict',
    v: [
      [
        { t: 'int', v: '1' },
        { t: 'int', v: '2' },
      ],
      [
        { t: 'int', v: '-3' },
        { t: 'int', v: '4' },
      ],
    ],
  });
  assert.deepEqual(first!.args[1], { t: 'dict', v: [['5', { t: 'int', v: '6' }]] });
  assert.deepEqual(second!.args[0], {
    t: 'dict',
    v: [
      ['1', { t: 'int', v: '1' }],
      ['a', { t: 'int', v: '2' }],
    ],
  });
});

test('tests that cannot be used say why', () => {
  for (const [cell, why] of [
    ['', /^without tests$/],
    ['{"inputs": [], "outputs": []}', /^without tests$/],
    ['{"inputs": ["1"], "outputs": ["1"', /^whose tests are no JSON object$/],
    ['[1]', /no JSON object/],
    ['{"inputs": ["1", "2"], "outputs": ["1"]}', /more inputs than outputs/],
    ['{"inputs": [{"a": 1}], "outputs": ["1"]}', /neither text nor lines/],
    ['{"fn_name": "f", "inputs": [1], "outputs": [1]}', /no lists of arguments/],
  ] as const)
    assert.match(String(testsIn(cell)), why, cell);
});

test("the prompt is the set's own, with the starter code and the format that the tests ask for", async () => {
  const stdio = task.prompts.train(await problem('1'));
  assert.ok(stdio.kind === 'text');
  assert.match(stdio.text, /^\nQUESTION:\nMira counts[\s\S]*\nUse Standard Input format\nANSWER:\n$/);
  const call = task.prompts.train(await problem('26'));
  assert.ok(call.kind === 'text');
  assert.match(call.text, /\nclass Solution:\n[\s\S]*\nUse Call-Based format\nANSWER:\n$/);
  const chat = apps({ ...files, chat: true, system: 'Be brief.' }).prompts.train(await problem('1'));
  assert.ok(chat.kind === 'chat');
  assert.deepEqual(
    chat.messages.map(m => m.role),
    ['system', 'user'],
  );
});

/** A judge that knows what one program returns for each argument. */
const returning = (results: Readonly<Record<string, string>>) => async (request: CodeRequest) => {
  assert.ok(request.mode === 'call');
  const isRight = request.tests.every(({ args, result }) => results[JSON.stringify(args)] === JSON.stringify(result));
  return isRight ? correct(null, '') : incorrect(null, '');
};

async function settled(isWrapped: boolean): Promise<CodeProblem> {
  const all = await problem('21'); // only_largest: [max(a)]
  assert.ok(all.tests.mode === 'call');
  const results = Object.fromEntries(
    all.tests.tests.map(({ args, result }) => {
      const inner = typeof result === 'object' && result !== null && result.t === 'list' ? result.v[0] : assert.fail();
      return [JSON.stringify(args), JSON.stringify(isWrapped ? inner : result)];
    }),
  );
  return convention(all, returning(results));
}

test('whether results are wrapped in lists is decided by what the reference returns, once for all tests', async () => {
  const original = (await problem('21')).tests;
  assert.deepEqual((await settled(false)).tests, original);
  const inner = (await settled(true)).tests;
  assert.ok(inner.mode === 'call' && original.mode === 'call');
  assert.deepEqual(inner.tests[0]!.result, { t: 'int', v: '5' });
  assert.deepEqual(
    inner.tests.map(t => t.args),
    original.tests.map(t => t.args),
  );
});

test('a reference that fits neither way leaves the results as they stand, and one that cannot be judged is no answer', async () => {
  const all = await problem('21');
  assert.equal((await convention(all, async () => incorrect(null, ''))).tests, all.tests);
  await assert.rejects(
    convention(all, async () => failed('sandbox down')),
    /sandbox down/,
  );
});
