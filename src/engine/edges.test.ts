// The engine at its edges: prompts of one token, full contexts, long stop strings, models that change, steps that diverge, a thread that dies.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type { FitRow, FitSettings, SamplingSettings } from '../requests.ts';
import { EngineClient } from './client.ts';
import { Engine } from './engine.ts';
import { OWN_FIXTURES } from './references.test.ts';

const micro = join(import.meta.dirname, 'weights/fixtures/micro');
const tied = join(OWN_FIXTURES, 'models/llama-tied');
const options = { threads: 1, rows: 8, maxTokens: 512 };
const open = () => new Engine(options, () => false);

const free: SamplingSettings = { temperature: 1, topK: 0, topP: 1, maxTokens: 12, stop: [] };
const ask = (text: string, ...seeds: number[]) => [{ id: text, prompt: { kind: 'text', text } as const, seeds }];
const fitSettings: FitSettings = {
  ...{ learningRate: 1e-3, epochs: 1, batchSize: 4, warmup: 0, schedule: 'constant', weightDecay: 0, clip: 1 },
  ...{ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, seed: 1, reduction: 'token-mean' },
};
const row = (id: string, completion: string, weight = 1): FitRow => ({ id, prompt: { kind: 'text', text: 'a b' }, completion, weight });

test('a prompt of one token is sampled and scored alike', async () => {
  const engine = open();
  const [generations] = await engine.sample(micro, ask('a', 1, 2, 3), free);
  for (const { tokens, logprobs, promptTokens } of generations!) {
    assert.equal(promptTokens, 1);
    const [scored] = await engine.score(micro, [{ prompt: { kind: 'text', text: 'a' }, completion: tokens }]);
    for (const [i, x] of scored!.entries()) assert.ok(Math.abs(x - logprobs[i]!) < 1e-4);
  }
});

test('sampling ends at the last position, and a row beyond it is refused by name', async () => {
  const engine = open();
  const ids = Array.from({ length: 250 }, (_, i) => 5 + (i % 200));
  await assert.rejects(
    engine.score(tied, [{ prompt: { kind: 'ids', ids }, completion: ids.slice(0, 8) }]),
    /row 1 takes 257 positions, and the model has 256/,
  );
  assert.equal((await engine.score(tied, [{ prompt: { kind: 'ids', ids }, completion: ids.slice(0, 7) }]))[0]!.length, 7);
});

test('a stop string of many tokens is seen when it is complete, and the sample counts as finished', async () => {
  const engine = open();
  const settings = { ...free, maxTokens: 40 };
  const plain = (await engine.sample(micro, ask('a b', 5), settings))[0]![0]!;
  const stop = plain.text.slice(3, 27);
  assert.ok(stop.length > 16, `the text is long enough to hold one: ${plain.text}`);
  const cut = (await engine.sample(micro, ask('a b', 5), { ...settings, stop: [stop] }))[0]![0]!;
  assert.deepEqual([cut.text, cut.finish], [plain.text.slice(0, plain.text.indexOf(stop)), 'stop']);
});

test('a temperature next to nothing is greedy', async () => {
  const engine = open();
  const at = async (temperature: number) => (await engine.sample(micro, ask('a b', 1, 2), { ...free, temperature }))[0]!.map(g => g.tokens);
  assert.deepEqual(await at(1e-39), await at(0));
});

test('models of two shapes take turns in one engine, a fit between them included', async () => {
  const engine = open();
  const [first] = await engine.sample(micro, ask('a b', 1), free);
  await engine.sample(tied, ask('a b', 1), free);
  assert.deepEqual(await engine.sample(micro, ask('a b', 1), free), [first]);
  await engine.fitOpen(micro, [row('1', 'c d')], fitSettings);
  const during = await engine.fitSample(ask('a b', 1), free);
  await engine.sample(tied, ask('a b', 1), free);
  assert.deepEqual(await engine.fitSample(ask('a b', 1), free), during);
  await engine.fitClose();
});

test('a folder made anew under the same name is read anew', async () => {
  const dir = join(mkdtempSync(join(tmpdir(), 'rest-em-')), 'model');
  const engine = open();
  cpSync(micro, dir, { recursive: true });
  const [old] = await engine.sample(dir, ask('a b', 1), free);
  rmSync(dir, { recursive: true });
  cpSync(tied, dir, { recursive: true });
  assert.notDeepEqual(await engine.sample(dir, ask('a b', 1), free), [old]);
  rmSync(dir, { recursive: true });
});

test('training that diverges says so at once, with the step', async () => {
  const engine = open();
  await engine.fitOpen(micro, [row('1', 'c d'), row('2', 'e f')], { ...fitSettings, learningRate: 1e30, epochs: 3, clip: 0 });
  await assert.rejects(async () => {
    for (let epoch = 0; epoch < 3; epoch++) await engine.fitEpoch();
  }, /training diverged at step \d of 3/);
  await engine.fitClose();
});

test('rows of weight 0 change nothing', async () => {
  const engine = open();
  const losses: number[] = [];
  for (const rows of [[row('1', 'c d')], [row('1', 'c d'), row('2', 'e f g', 0), row('3', 'a', 0)]]) {
    await engine.fitOpen(micro, rows, fitSettings);
    losses.push((await engine.fitEpoch()).loss);
    await engine.fitClose();
  }
  assert.equal(losses[1], losses[0]);
});

test('after the engine’s thread has died every call says why', async () => {
  const client = new EngineClient(options);
  await client.close();
  await assert.rejects(client.call('fitClose', []), /the engine's thread ended/);
});

test('what is no plain data is refused before it reaches the thread', async () => {
  const client = new EngineClient(options);
  await assert.rejects(client.call('score', [micro, [() => 1]]), /not plain data/);
  await client.close();
});
