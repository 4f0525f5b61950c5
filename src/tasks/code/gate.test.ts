import assert from 'node:assert/strict';
import test from 'node:test';
import type { CodeTests } from '../../verifiers/code/request.ts';
import { flawsOf, halfLimits } from './gate.ts';
import type { CodeProblem } from './problem.ts';
import { wrongPrograms } from './wrong-programs.ts';

const problem = (tests: CodeTests, language: CodeProblem['language'] = 'python'): CodeProblem => ({
  id: 'p',
  question: '',
  reference: 'def f(x): return x',
  language,
  tests,
  programs: ['def f(x):\n    return x\n\ndef helper():\n    pass\n'],
});

const stdio = (...outputs: readonly string[]): CodeTests => ({
  mode: 'stdio',
  tests: outputs.map((output, i) => ({ input: String(i), output })),
});
const asserts = (...texts: readonly string[]): CodeTests => ({ mode: 'assert', asserts: texts });
const call = (...results: readonly string[]): CodeTests => ({
  mode: 'call',
  fn: 'f',
  tests: results.map(v => ({ args: [{ t: 'int', v }], result: { t: 'int', v } })),
});

test('three tests with two expected outputs are enough, fewer or equal ones are a flaw', () => {
  assert.deepEqual(flawsOf(problem(stdio('1', '1', '2'))), []);
  assert.deepEqual(flawsOf(problem(stdio('1', '2'))), ['2 tests, fewer than 3']);
  assert.deepEqual(flawsOf(problem(stdio('YES\n', 'YES', 'YES '))), ['every test expects the same']);
  assert.deepEqual(flawsOf(problem(call('1', '1', '1'))), ['every test expects the same']);
  assert.deepEqual(flawsOf({ ...problem(call('1', '2', '3')), programs: [] }), ['no reference program']);
});

test('asserts are counted in their text, and not at all where they stand in a loop', () => {
  const check = 'def check(c):\n    assert c(1) == 1\n    assert c(2) == 2\n    assert c(3)\n';
  assert.deepEqual(flawsOf(problem(asserts(check))), []);
  assert.deepEqual(flawsOf(problem(asserts('assert f(1) == True', 'assert f(2) == True', 'assert f(3) == True'))), [
    'every test expects the same',
  ]);
  assert.deepEqual(flawsOf(problem(asserts('assert f(1) == 1'))), ['one test, fewer than 3']);
  assert.deepEqual(flawsOf(problem(asserts('for i in range(100):\n    assert f(i) == i'))), []);
});

const namesOf = (p: CodeProblem) => new Set(wrongPrograms(p).map(({ name }) => name));
const programOf = (p: CodeProblem, name: string) => wrongPrograms(p).find(w => w.name === name)!.program;

test('every way of testing gets its own worthless programs', () => {
  for (const name of ['empty program', 'echo', 'exit 0', 'constant', 'every expected line'])
    assert.ok(namesOf(problem(stdio('a', 'b'))).has(name), name);
  for (const tests of [call('1', '2'), asserts('assert f(1) == 1')])
    for (const name of [
      'empty program',
      'returns None',
      'returns its first argument',
      'equal to everything',
      'exit 0 in the function',
      'exit 0 at import',
      'constant',
    ])
      assert.ok(namesOf(problem(tests)).has(name), `${tests.mode}: ${name}`);
  for (const name of ['returns undefined', 'returns its first argument', 'odd object', 'constant'])
    assert.ok(namesOf(problem(call('1', '2'), 'javascript')).has(name), name);
});

test('constants are what the tests expect, the commonest first', () => {
  const constants = wrongPrograms(problem(call('7', '3', '3'))).filter(({ name }) => name === 'constant');
  assert.deepEqual(
    constants.map(({ program }) => program),
    ['def f(*args, **named):\n    return 3\n', 'def f(*args, **named):\n    return 7\n'],
  );
  const printed = wrongPrograms(problem(stdio('a\nb', 'a\nc')));
  assert.ok(printed.some(({ program }) => program === 'print("a\\nb")\n'));
  assert.equal(printed.find(({ name }) => name === 'every expected line')!.program, 'print("a\\nb\\nc")\n');
});

test('of asserts, the functions that the reference defines and the tests call are replaced, and right sides are the constants', () => {
  const p = problem(asserts('assert f(1) == [1, 2], "why"', 'assert len(f(2)) == 3'));
  assert.equal(programOf(p, 'returns None'), 'def f(*args, **named):\n    return None\n');
  const constants = wrongPrograms(p).filter(({ name }) => name === 'constant');
  assert.ok(constants.some(({ program }) => program.includes('return [1, 2]\n')));
});

test('half of the limits is half of what is left out too', () => {
  assert.deepEqual(halfLimits({ cpuSeconds: 1 }), { cpuSeconds: 0.5, wallSeconds: 6.5, memoryBytes: 2 ** 29 });
});
