// The devices for real: what a machine has is tried, and what it has not is refused with a reason. On a machine without a GPU set VK_DRIVER_FILES to
// SwiftShader's driver (docs/devices.md).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tryDevice } from '../../src/engine/devices/try-device.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { FitSettings } from '../../src/requests.ts';

const MODEL = fileURLToPath(new URL('../../models/tiny-s', import.meta.url));
const THREADS = 2;

for (const device of ['webgpu', 'cuda'] as const)
  test(`${device} computes what the CPU computes, or says why it cannot be had`, async t => {
    const found = await tryDevice(device, { threads: THREADS, mustBeFaster: false, timeoutMs: 900_000 });
    if (found.kind === 'fails') {
      assert.doesNotMatch(found.reason, /\n/);
      assert.doesNotMatch(found.reason, /computes wrong|code 1/);
      t.skip(`no ${device} here: ${found.reason}`);
      return;
    }
    assert.ok(found.kind === 'works');
    assert.ok(found.trial.differences.logprobs < 1e-3);
    await assertAgrees(device);
  });

const PROMPT = { kind: 'text', text: '12+30=' } as const;
const GREEDY = { temperature: 0, topK: 0, topP: 1, maxTokens: 8, stop: [] };
const FIT: FitSettings = {
  ...{ learningRate: 1e-3, epochs: 3, batchSize: 2, warmup: 0, schedule: 'constant', weightDecay: 0.01, clip: 1 },
  ...{ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, seed: 1, reduction: 'token-mean' },
};
const ROWS = [
  { id: '1', prompt: PROMPT, completion: '42', weight: 1 },
  { id: '2', prompt: PROMPT, completion: '41, or 42', weight: 0.5 },
];

/** Log-probabilities of a given and of a greedy completion, then loss and gradient norm of three training steps. */
async function numbersOf(device: 'cpu' | 'webgpu' | 'cuda'): Promise<number[]> {
  const engine = new Engine({ threads: THREADS, rows: 4, maxTokens: 256, device }, () => false);
  const scores = await engine.score(MODEL, [{ prompt: PROMPT, completion: '42' }]);
  const sampled = await engine.sample(MODEL, [{ id: '1', prompt: PROMPT, seeds: [1] }], GREEDY);
  const steps: number[] = [];
  await engine.fitOpen(MODEL, ROWS, FIT);
  for (let epoch = 0; epoch < FIT.epochs; epoch++) await engine.fitEpoch(({ loss, gradNorm }) => steps.push(loss, gradNorm));
  await engine.fitClose();
  return [...scores.flat(), ...sampled.flat().flatMap(({ logprobs }) => logprobs), ...steps];
}

/** tiny-s on the device and on the CPU. */
async function assertAgrees(device: 'webgpu' | 'cuda'): Promise<void> {
  const [there, here] = [await numbersOf(device), await numbersOf('cpu')];
  assert.equal(there.length, here.length);
  assert.ok(here.length > 2 * FIT.epochs);
  for (const [i, x] of here.entries()) assert.ok(Math.abs(x - there[i]!) < 1e-3 * Math.max(1, Math.abs(x)), `${i}: ${there[i]}, not ${x}`);
}
