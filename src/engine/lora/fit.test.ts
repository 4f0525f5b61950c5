// A fit of an adapter through the engine: what is saved is what was sampled from, the same fit gives the same bytes, and an adapter goes on beside its base.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { FitRow, FitSettings, LoraSettings } from '../../requests.ts';
import { Engine } from '../engine.ts';

const BASE = join(import.meta.dirname, '../fixtures/models/llama-tied');
const HERE = mkdtempSync(join(tmpdir(), 'rest-em-lora-fit-'));
after(() => rmSync(HERE, { recursive: true, force: true }));

const rows: FitRow[] = ['a', 'b', 'c'].map(id => ({ id, prompt: { kind: 'text', text: 'say it: ' }, completion: `it ${id}`, weight: 1 }));
const lora: LoraSettings = { rank: 4, alpha: 8, targets: 'all-linear' };
const settings: FitSettings = {
  ...{ learningRate: 3e-2, epochs: 3, batchSize: 2, warmup: 0, schedule: 'constant', weightDecay: 0.01, clip: 1 },
  ...{ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, seed: 1, reduction: 'token-mean', lora },
};
const ASKED = [{ id: '1', prompt: { kind: 'text', text: 'say it: ' }, seeds: [1] }] as const;
const GREEDY = { temperature: 0, topK: 0, topP: 1, maxTokens: 8, stop: [] };
const SCORED = [{ prompt: { kind: 'text', text: 'say it: ' }, completion: 'it b, it c' }] as const;

const open = () => new Engine({ threads: 1, rows: 4, maxTokens: 128 }, () => false);

async function fitTo(engine: Engine, from: string, dir: string, changes: Partial<FitSettings> = {}): Promise<readonly number[]> {
  const losses: number[] = [];
  await engine.fitOpen(from, rows, { ...settings, ...changes });
  for (let epoch = 0; epoch < settings.epochs; epoch++) losses.push((await engine.fitEpoch()).loss);
  const sampled = await engine.fitSample(ASKED, GREEDY);
  await engine.fitSave(dir);
  await engine.fitClose();
  assert.deepEqual(await engine.sample(dir, ASKED, GREEDY), sampled, 'what was saved is what was sampled from');
  return losses;
}

const bytesOf = (dir: string) => Object.fromEntries(readdirSync(dir).map(name => [name, readFileSync(join(dir, name), 'base64')]));
const configOf = (dir: string) => JSON.parse(readFileSync(join(dir, 'adapter_config.json'), 'utf8'));

test('a fit lowers the loss, leaves the base as it is, and gives the same bytes again', async () => {
  const engine = open();
  const before = await engine.score(BASE, SCORED);
  const losses = await fitTo(engine, BASE, join(HERE, 'one'));
  assert.ok(losses[2]! < losses[0]! - 0.2, losses.join(' '));
  assert.deepEqual(await engine.score(BASE, SCORED), before);
  assert.notDeepEqual(await engine.score(join(HERE, 'one'), SCORED), before);
  await fitTo(open(), BASE, join(HERE, 'two'));
  assert.deepEqual(bytesOf(join(HERE, 'one')), bytesOf(join(HERE, 'two')));
  await fitTo(open(), BASE, join(HERE, 'other'), { lora: { ...lora, seed: 5 } });
  assert.notDeepEqual(bytesOf(join(HERE, 'other')), bytesOf(join(HERE, 'one')));
  assert.ok(!readdirSync(join(HERE, 'one')).includes('model.safetensors'));
});

test('a fit that starts from an adapter goes on with it, beside the same base', async () => {
  const engine = open();
  const first = await fitTo(engine, BASE, join(HERE, 'first'));
  const second = await fitTo(engine, join(HERE, 'first'), join(HERE, 'second'), { learningRate: 1e-9, weightDecay: 0 });
  assert.ok(second[0]! < first[0]! - 1, `${first.join(' ')}, then ${second.join(' ')}`);
  const [[was], [is]] = [await engine.score(join(HERE, 'first'), SCORED), await engine.score(join(HERE, 'second'), SCORED)];
  for (const [i, x] of is!.entries())
    assert.ok(Math.abs(x - was![i]!) < 1e-4, 'a fit without steps to speak of is the adapter it began with');
  assert.equal(configOf(join(HERE, 'second')).base_model_name_or_path, BASE);
  assert.deepEqual(configOf(join(HERE, 'second')), configOf(join(HERE, 'first')));
});

test('all weights can be fitted from an adapter, which is a model of its own then', async () => {
  const engine = open();
  await fitTo(engine, BASE, join(HERE, 'start'));
  const { lora: _, ...whole } = settings;
  await engine.fitOpen(join(HERE, 'start'), rows, { ...whole, learningRate: 1e-4 });
  const { loss } = await engine.fitEpoch();
  await engine.fitSave(join(HERE, 'whole'));
  await engine.fitClose();
  assert.ok(readdirSync(join(HERE, 'whole')).includes('model.safetensors') && Number.isFinite(loss));
});
