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
