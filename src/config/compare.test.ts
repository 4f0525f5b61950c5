import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '../errors.ts';
import { METHODS } from '../methods/table.ts';
import { armNames, armSettings, firstSamplesKey, shapeOf } from './compare.ts';
import { methodsOf } from './method.ts';

const LENGTHS = { base: 40, solutions: 25 };
const PROBLEMS = 180;
const arm = (name: string, seed = 1) =>
  armSettings(name, { task: 'minimath', seed, budget: 200_000, cwd: '/' }, shapeOf(name, 200_000, PROBLEMS, LENGTHS));

test('all means every method, and the control stands beside whatever is compared, last and once', () => {
  const all = armNames('all');
  assert.deepEqual([...all].sort(), Object.keys(METHODS).sort());
  assert.equal(all.at(-1), 'random');
  assert.deepEqual(armNames('star, rest-em'), ['star', 'rest-em', 'random']);
  assert.deepEqual(armNames('random,sft'), ['sft', 'random']);
});

test('wrong and repeated names are refused, all at once', () => {
  assert.throws(
    () => armNames('rest-em,stars,rest-em,x'),
    (error: unknown) => error instanceof ConfigError && error.complaints.length === 3 && /did you mean star\?/.test(error.message),
  );
  assert.throws(() => armNames(''), ConfigError);
});

test('no method is cut to more tokens than the budget, and each uses most of it', () => {
  for (const name of armNames('all')) {
    for (const budget of [80_000, 200_000, 1_000_000]) {
      const { start, propose, iterations: most } = METHODS[(name === 'random' ? 'rest-em' : name) as keyof typeof METHODS];
      const { iterations, samplesPerProblem } = shapeOf(name, budget, PROBLEMS, LENGTHS);
      assert.ok(iterations >= 1 && iterations <= most, `${name}: ${iterations} iterations`);
      if (samplesPerProblem === null) continue;
      const length = start === 'sft' ? LENGTHS.solutions : LENGTHS.base;
      const tokens = iterations * samplesPerProblem * PROBLEMS * length;
      assert.ok(tokens <= budget && tokens > 0.7 * budget, `${name}, ${propose.kind}: ${tokens} of ${budget}`);
      assert.ok(iterations === 1 || samplesPerProblem >= 8, `${name}: ${samplesPerProblem} samples`);
    }
  }
});

test('an arm is its preset with iterations and samples cut, one limit of tokens, and its last policy measured', async () => {
  const { settings } = await arm('rest-em');
  assert.deepEqual([settings.sampleTokens, settings.evaluate.policies, settings.arms, settings.seed], [200_000, 'last', [], 1]);
  const { method } = methodsOf(settings);
  const preset = METHODS['rest-em'];
  assert.deepEqual(method, { ...preset, propose: { ...preset.propose, samplesPerProblem: 9 }, iterations: 3 });
  const star = methodsOf((await arm('star')).settings).method;
  assert.deepEqual(star, { ...METHODS.star, iterations: 13 });
});

test('the control is ReST-EM with its rows drawn from all samples, and has the same first samples; another sampling or seed has not', async () => {
  const [restEm, random, rwr, other] = await Promise.all([arm('rest-em'), arm('random'), arm('rwr'), arm('rest-em', 2)]);
  const [a, b] = [methodsOf(restEm.settings).method, methodsOf(random.settings).method];
  assert.deepEqual({ ...b, name: a.name, title: a.title, weigh: a.weigh }, a);
  assert.deepEqual(b.weigh, { kind: 'random', keepPerProblem: 10 });
  const key = firstSamplesKey(restEm.settings);
  assert.ok(key !== null);
  assert.equal(firstSamplesKey(random.settings), key);
  assert.notEqual(firstSamplesKey(rwr.settings), key);
  assert.notEqual(firstSamplesKey(other.settings), key);
  assert.equal(firstSamplesKey((await arm('iml')).settings), null);
});
