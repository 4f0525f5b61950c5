import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DynamicsFile } from '../metrics/dynamics.ts';
import { logSuccess } from '../metrics/elbo.ts';
import type { SampleRow } from '../runs/rows.ts';
import { finalBytes, json, newDir, rows, runToy, toyPlan } from './toy.test.ts';

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
const PROBLEMS = 5;

test('a round’s dynamics are those of the samples beside them: the E-step’s on training problems, its own on held-out ones', async () => {
  const dir = await newDir();
  await runToy(toyPlan(dir));
  const file = await json<DynamicsFile>(dir, 'iteration-2', 'dynamics.json');
  assert.deepEqual([file.policy, file.previous], ['iteration-2', 'iteration-1']);

  const drawn = await rows<SampleRow>(dir, 'iteration-2', 'samples-train.jsonl');
  const facts = file.train.samples!;
  assert.deepEqual([facts.policy, facts.problems, facts.samples], ['iteration-1', 20, 120]);
  assert.equal(facts.acceptance, drawn.filter(row => row.verdict === 'correct').length / 120);
  assert.equal(facts.coverage, new Set(drawn.filter(row => row.verdict === 'correct').map(row => row.problem_id)).size / 20);
  const first = [...Map.groupBy(drawn, row => row.problem_id).values()].slice(0, PROBLEMS);
  assert.ok(Math.abs(file.train.bound!.before.value - mean(first.map(own => logSuccess(own.map(row => row.reward!))))) < 1e-12);
  // the scripted policy scores every token -1, so what the M-step gains is known from the recorded log-probabilities
  const gain = (own: readonly SampleRow[]) => {
    const right = own.filter(row => row.verdict === 'correct').slice(0, 4);
    return right.length === 0 ? 0 : mean(right.map(row => -row.tokens.length - sum(row.logprobs)));
  };
  const { before, after } = file.train.bound!;
  assert.ok(Math.abs(after.value - before.value - mean(first.map(gain))) < 1e-9);

  const own = [...Map.groupBy(await rows<SampleRow>(dir, 'iteration-2', 'samples-test.jsonl'), row => row.problem_id).values()];
  const kl = mean(own.slice(0, PROBLEMS).map(samples => mean(samples.map(row => sum(row.logprobs) + row.tokens.length))));
  assert.ok(Math.abs(file.kl_from_base!.value.value - kl) < 1e-9);
  assert.equal(file.held_out.samples!.policy, 'iteration-2');
  const earlier = [...Map.groupBy(await rows<SampleRow>(dir, 'iteration-1', 'samples-test.jsonl'), row => row.problem_id).values()];
  const held = mean(earlier.slice(0, PROBLEMS).map(samples => logSuccess(samples.map(row => row.reward!))));
  assert.ok(Math.abs(file.held_out.bound!.before.value - held) < 1e-12);
});

test('the base has no M-step and no distance from itself; SFT has no samples of its own to learn from', async () => {
  const dir = await newDir();
  await runToy(toyPlan(dir));
  const base = await json<DynamicsFile>(dir, 'base', 'dynamics.json');
  assert.deepEqual([base.previous, base.train, base.held_out.bound, base.kl_from_base], [null, { samples: null, bound: null }, null, null]);
  assert.equal(base.held_out.samples!.policy, 'base');
  const sft = await json<DynamicsFile>(dir, 'sft', 'dynamics.json');
  assert.deepEqual([sft.previous, sft.train.samples], ['base', null]);
  assert.ok(sft.held_out.bound !== null && sft.kl_from_base !== null);
});

test('dynamics change nothing else of a run, and none are written where none are asked for', async () => {
  const [withThem, without] = [await newDir(), await newDir()];
  await runToy(toyPlan(withThem));
  const { dynamics: _, ...evaluation } = toyPlan(without).evaluation;
  await runToy(toyPlan(without, { evaluation }));
  const others = Object.entries(await finalBytes(withThem)).filter(([name]) => !name.endsWith('dynamics.json'));
  assert.deepEqual(await finalBytes(without), Object.fromEntries(others));
});
