import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { FitRow, FitSettings, StepReport } from '../requests.ts';
import { Engine } from './engine.ts';

const MODEL = fileURLToPath(new URL('./fixtures/models/llama-tied', import.meta.url));
const rows: FitRow[] = ['a', 'b', 'c', 'd', 'e'].map(id => ({ id, prompt: { kind: 'text', text: `${id} ` }, completion: id, weight: 1 }));
const settings: FitSettings = {
  ...{ learningRate: 1e-3, epochs: 2, batchSize: 2, warmup: 0, schedule: 'linear', weightDecay: 0, clip: 1 },
  ...{ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, seed: 1, reduction: 'token-mean' },
};

test('a fit of four steps ends in the middle of its second epoch of three, and its learning rate falls over four', async () => {
  const engine = new Engine({ threads: 1, rows: 4, maxTokens: 64 }, () => false);
  await engine.fitOpen(MODEL, rows, { ...settings, maxSteps: 4 });
  const reports: StepReport[] = [];
  for (let epoch = 0; epoch < 2; epoch++) await engine.fitEpoch(report => reports.push(report));
  await engine.fitClose();
  assert.deepEqual(
    reports.map(({ step, steps, learningRate }) => [step, steps, Math.round(learningRate * 1e5) / 1e5]),
    [
      [1, 4, 1e-3],
      [2, 4, 7.5e-4],
      [3, 4, 5e-4],
      [4, 4, 2.5e-4],
    ],
  );
});

test('a light row is light in a step of its own, and the unit of weights does not matter', async () => {
  const engine = new Engine({ threads: 1, rows: 4, maxTokens: 64 }, () => false);
  const lossesAt = async (weights: readonly number[]) => {
    const weighted = weights.map(
      (weight, i): FitRow => ({ ...rows[0]!, id: `row ${i}`, prompt: { kind: 'text', text: `${'xy'[i]} ` }, weight }),
    );
    await engine.fitOpen(MODEL, weighted, { ...settings, learningRate: 1e-12, batchSize: 1, epochs: 1 });
    const losses: number[] = [];
    const { loss } = await engine.fitEpoch(report => losses.push(report.loss));
    await engine.fitClose();
    return { losses: losses.toSorted((a, b) => a - b), loss };
  };
  const alike = await lossesAt([1, 1]);
  const unlike = await lossesAt([1, 1e-3]);
  assert.ok(alike.losses[1]! / alike.losses[0]! < 2, alike.losses.join(' '));
  assert.ok(unlike.losses[1]! / unlike.losses[0]! > 500, unlike.losses.join(' '));
  const scaled = await lossesAt([8, 8]);
  for (const [i, loss] of alike.losses.entries()) assert.ok(Math.abs(scaled.losses[i]! - loss) < 1e-5);
  assert.ok(Math.abs(scaled.loss - alike.loss) < 1e-5);
});
