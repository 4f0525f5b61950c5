// The problems of minicode: apart from the pre-training text, and with tests that see what authors get wrong. What its answers are worth is the
// contract's to show (../contract.test.ts).
import assert from 'node:assert/strict';
import test from 'node:test';
import { runInNewContext } from 'node:vm';
import type { Value } from '../../sandbox/backend.ts';
import type { CallTest, CodeRequest } from '../../verifiers/code/request.ts';
import type { CodeProblem } from '../code/problem.ts';
import { isReserved } from '../reserve.ts';
import { atOnce } from './at-once.ts';
import { operationOf } from './operations.ts';
import { body, describe, type Program, parameterOf } from './program.ts';
import { isWorthAsking, makeSplits, sizes } from './splits.ts';
import { minicodeTask } from './task.ts';
import { testsOf } from './tests.ts';

const splits = makeSplits();
const all: readonly Program[] = [...splits.test, ...splits.train];
const task = minicodeTask({ kind: 'minicode' });
const problems = (await task.problems('test')) as readonly CodeProblem[];

test('every problem is reserved, no description comes twice, and the first ones hold every level', () => {
  assert.deepEqual([splits.test.length, splits.train.length], [sizes.test, sizes.train]);
  assert.ok(all.every(program => isReserved(describe(program))));
  assert.equal(new Set(all.map(describe)).size, all.length);
  assert.deepEqual(new Set(problems.slice(0, 3).map(p => p.level)), new Set(['1', '2', '3']));
});

test('a program that always gives the same is no problem', () => {
  const call = (operation: Program['calls'][number]['operation']) => ({ operation, k: 0 });
  assert.ok(!isWorthAsking({ on: 'list', calls: [call('odd'), call('even'), call('sum')] }));
  assert.ok(isWorthAsking({ on: 'list', calls: [call('odd'), call('double'), call('sum')] }));
});

const plain = (value: Value): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (value.t === 'list') return value.v.map(plain);
  return value.t === 'int' ? Number(value.v) : assert.fail(value.t);
};

/** Code of ours, so no sandbox is needed. */
const passes = (program: string, tests: readonly CallTest[]): boolean =>
  tests.every(({ args, result }) => {
    try {
      return JSON.stringify(runInNewContext(`${program};f(...args)`, { args: args.map(plain) })) === JSON.stringify(plain(result));
    } catch {
      return false;
    }
  });

test('a mistake that forty further inputs see is nearly always seen by the ten that give the reward', () => {
  let [seen, missed] = [0, 0];
  for (const program of splits.test.slice(0, 120)) {
    const [graded, heldOut] = [testsOf(program, 'graded', 10), testsOf(program, 'held out', 40)];
    for (const wrong of program.calls)
      for (const [mistake] of operationOf(wrong.operation).mistakes) {
        const code = body(program, call => (call === wrong ? mistake : operationOf(call.operation).code[0]!), true);
        const source = `function f(${parameterOf(program)}) {${code}`;
        if (passes(source, heldOut)) continue;
        if (passes(source, graded)) missed++;
        else seen++;
      }
  }
  assert.ok(seen > 200, `only ${seen} mistakes`);
  assert.ok(missed < 0.03 * (seen + missed), `${missed} of ${seen + missed} missed`);
});

test('graded and held-out inputs are made apart from each other', () => {
  const [program] = splits.test;
  const inputs = (name: string) => testsOf(program!, name, 10).map(({ args }) => JSON.stringify(args));
  assert.notDeepEqual(inputs('graded'), inputs('held out'));
  assert.deepEqual(inputs('graded'), inputs('graded'));
});

const request = (program: string): CodeRequest => ({ ...problems[0]!.tests, language: 'javascript', program });

test('all tests in one call ask for the same results', () => {
  const one = atOnce(request(problems[0]!.programs[0]!));
  const [single] = one.mode === 'call' ? one.tests : [];
  const { tests } = problems[0]!;
  assert.ok(one.mode === 'call' && single && tests.mode === 'call');
  const results = runInNewContext(`${one.program};${one.fn}(inputs)`, { inputs: plain(single.args[0]!) });
  assert.equal(JSON.stringify(results), JSON.stringify(tests.tests.map(({ result }) => plain(result))));
  assert.ok(!one.program.includes(JSON.stringify(plain(single.result))), 'expected results stay outside');
});

test('a share of tests is counted one by one', () => {
  const partial = { ...request('x'), partial: true } as const;
  assert.equal(atOnce(partial), partial);
});

test('the docstring form asks for the same functions, and its completions are the bodies alone', async () => {
  const other = (await minicodeTask({ kind: 'minicode', form: 'docstring' }).problems('test')) as readonly CodeProblem[];
  assert.match(other[0]!.question, /^\/\/ .*\nfunction f\([as]\) \{$/s);
  assert.ok(other[0]!.solution!.startsWith('\n  return'));
  assert.deepEqual(other[0]!.tests, problems[0]!.tests);
});
