// A limit of tokens to learn from, kept by the whole loop: by plain samples, by a tree search, and by a run that was stopped on the way.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { METHODS } from '../methods/table.ts';
import { type SampleRow, sampledTokens } from '../runs/rows.ts';
import type { Plan } from './plan.ts';
import { finalBytes, newDir, rows, runToy, toyMethod, toyPlan } from './toy.test.ts';

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

async function tokensOf(dir: string): Promise<number> {
  const files = await Promise.all(
    ['iteration-1', 'iteration-2'].map(name => rows<SampleRow>(dir, name, 'samples-train.jsonl').catch(() => [])),
  );
  return sum(files.flat().map(sampledTokens));
}

const search: Plan['method'] = {
  ...METHODS['expert-iteration'],
  propose: { kind: 'search', samplesPerProblem: 6, temperature: 1, topK: 0, topP: 1, expansions: 2, exploration: 1 },
  epochs: 2,
  iterations: 2,
};

for (const [name, method] of [
  ['plain samples', toyMethod],
  ['a tree search', search],
] as const)
  test(`${name} never take more tokens than the plan allows, and nearly all of them`, async () => {
    for (const sampleTokens of [260, 500, 700]) {
      const dir = await newDir();
      const { result } = await runToy(toyPlan(dir, { method, sampleTokens, arms: [] }));
      assert.ok(!(result instanceof Error), String(result));
      const spent = await tokensOf(dir);
      assert.ok(spent <= sampleTokens, `${spent} of ${sampleTokens}`);
      assert.ok(spent > sampleTokens - 6 * 12 || sampleTokens === 700, `${spent} of ${sampleTokens}`); // less than a problem at full length is left
    }
  });

test('a limit that is larger than what a run takes changes nothing', async () => {
  const [with_, without] = [await newDir(), await newDir()];
  await runToy(toyPlan(with_, { sampleTokens: 100_000 }));
  await runToy(toyPlan(without));
  assert.deepEqual(await finalBytes(with_), await finalBytes(without));
});

for (const [name, method] of [
  ['plain samples', toyMethod],
  ['a tree search', search],
] as const)
  test(`a run of ${name} with a limit that is stopped on the way goes on to the same bytes`, async () => {
    const plan = (dir: string) => toyPlan(dir, { method, sampleTokens: 500, arms: [] });
    const reference = await newDir();
    const whole = await runToy(plan(reference));
    const waves = whole.events.flatMap((event, i) => (event.kind === 'wave' && event.phase === 'train' ? [i] : []));
    for (const at of waves.filter((_, i) => i % 3 === 1)) {
      const dir = await newDir();
      await runToy(plan(dir), { stopAt: (_, index) => index === at });
      const { result } = await runToy(plan(dir));
      assert.ok(!(result instanceof Error), String(result));
      assert.deepEqual(await finalBytes(dir), await finalBytes(reference), `stopped at event ${at}`);
    }
  });

test('where only the last policy is to be measured the others are not', async () => {
  const dir = await newDir();
  const { evaluation } = toyPlan(dir);
  const { result } = await runToy(toyPlan(dir, { evaluation: { ...evaluation, policies: 'last' } }));
  assert.ok(!(result instanceof Error), String(result));
  const names = Object.keys(await finalBytes(dir)).filter(file => file.endsWith('eval.json'));
  assert.deepEqual(names, ['/base/eval.json', '/iteration-2/eval.json']);
});
