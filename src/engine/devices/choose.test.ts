import assert from 'node:assert/strict';
import test from 'node:test';
import { ConfigError } from '../../errors.ts';
import { chooseDevice, type Try } from './choose.ts';
import type { Device } from './devices.ts';
import { placementOf, placementWords } from './placement.ts';
import type { Trial } from './trial.ts';
import { type Examined, type Found, judged, reasonOf } from './try-device.ts';

const TRIAL: Trial = {
  placement: { onDevice: 90, onCpu: { Sum: 6, Reshape: 3 }, copies: 4 },
  differences: { logprobs: 2e-6, gradients: 1e-5, weights: 1e-5 },
  inPlace: true,
};
const WORKS: Examined = { kind: 'works', ms: { device: 2, cpu: 40 }, trial: TRIAL };
const SLOW: Examined = { kind: 'slow', ms: { device: 2676, cpu: 1.6 } };
const FAILS: Examined = { kind: 'fails', reason: 'no adapter' };

/** Tries from a table, and what was asked. */
function table(found: Partial<Record<Device, Examined>>): { tryDevice: Try; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    tryDevice: async (device, mustBeFaster) => {
      asked.push(`${device} ${mustBeFaster}`);
      return found[device]!;
    },
  };
}

test('the CPU is taken without a trial and without a word', async () => {
  const { tryDevice, asked } = table({});
  assert.deepEqual(await chooseDevice('cpu', '--device', tryDevice), { device: 'cpu', note: null });
  assert.deepEqual(asked, []);
});

test('auto takes cuda first, then a webgpu that is faster than the CPU, and says which and why', async () => {
  const both = table({ cuda: WORKS, webgpu: WORKS });
  assert.equal((await chooseDevice('auto', '--device', both.tryDevice)).device, 'cuda');
  assert.deepEqual(both.asked, ['cuda false']);
  const second = table({ cuda: FAILS, webgpu: WORKS });
  const { device, note } = await chooseDevice('auto', '--device', second.tryDevice);
  assert.equal(device, 'webgpu');
  assert.deepEqual(second.asked, ['cuda false', 'webgpu true']);
  assert.match(
    note!,
    /^device webgpu: works in a trial, 90 of 99 nodes ran on it, the CPU ran 9 \(Sum 6, Reshape 3\), .*; not cuda: no adapter$/,
  );
  assert.doesNotMatch(note!, /\n/);
});

test('auto falls to the CPU with the reasons of all others', async () => {
  const { tryDevice } = table({ cuda: FAILS, webgpu: SLOW });
  assert.deepEqual(await chooseDevice('auto', '--device', tryDevice), {
    device: 'cpu',
    note: 'device cpu; not cuda: no adapter; not webgpu: it is slower than the CPU here, 2676 ms where the CPU takes 1.6 ms',
  });
});

test('a device that was named and does not work is one complaint with the reason and the way to get it', async () => {
  const { tryDevice, asked } = table({ cuda: FAILS });
  await assert.rejects(chooseDevice('cuda', 'engine.device', tryDevice), (error: unknown) => {
    assert.ok(error instanceof ConfigError);
    assert.equal(error.complaints.length, 1);
    assert.match(error.message, /^engine\.device: cuda cannot be used here: no adapter; to get it: .*ONNXRUNTIME_NODE_INSTALL=cuda12/);
    return true;
  });
  assert.deepEqual(asked, ['cuda false']);
});

test('a named device may be slow', async () => {
  const slow: Examined = { ...WORKS, ms: { device: 900, cpu: 1 } };
  assert.equal((await chooseDevice('webgpu', '--device', table({ webgpu: slow }).tryDevice)).device, 'webgpu');
});

const ran = (trial: Partial<Trial>): Found => ({ kind: 'ran', ms: { device: 1, cpu: 2 }, trial: { ...TRIAL, ...trial } });

test('a trial with wrong or infinite numbers, or of which nothing ran on the device, is a failure', () => {
  assert.equal(judged('webgpu', ran({})).kind, 'works');
  const wrong = judged('webgpu', ran({ differences: { ...TRIAL.differences, gradients: 0.97 } }));
  assert.deepEqual(wrong, { kind: 'fails', reason: "it computes wrong: its gradients are 0.97 off the CPU's" });
  for (const logprobs of [Number.POSITIVE_INFINITY, Number.NaN])
    assert.equal(judged('webgpu', ran({ differences: { ...TRIAL.differences, logprobs } })).kind, 'fails');
  const nothing = judged('cuda', ran({ placement: { onDevice: 0, onCpu: { MatMul: 9 }, copies: 0 } }));
  assert.deepEqual(nothing, { kind: 'fails', reason: 'none of the nodes ran on CUDAExecutionProvider' });
});

test('what a provider writes becomes one line without places in its sources', () => {
  const message =
    '/onnxruntime_src/x.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::C&)::<lambda()> a == b was false. Failed to get a WebGPU adapter: No supported adapters\n';
  const said = 'Warning: Vulkan shaderUniform*ArrayDynamicIndexing required.\n - While initializing adapter\n';
  assert.equal(
    reasonOf(message, said),
    'Failed to get a WebGPU adapter: No supported adapters; Vulkan shaderUniform*ArrayDynamicIndexing required',
  );
  assert.equal(reasonOf('plain', ''), 'plain');
  assert.ok(reasonOf('x'.repeat(4000), '').length < 400);
});

const node = (index: number, op: string, provider: string) => ({
  cat: 'Node',
  args: { op_name: op, provider, node_index: String(index) },
});

test('a node counts once a program however often it ran, and copies are none', () => {
  const gpu = 'WebGpuExecutionProvider';
  const first = [node(1, 'MatMul', gpu), node(1, 'MatMul', gpu), node(2, 'Sum', 'CPUExecutionProvider'), node(3, 'MemcpyToHost', gpu)];
  const second = [{ cat: 'Session' }, node(1, 'Sum', 'CPUExecutionProvider')];
  const placement = placementOf([first, second], gpu);
  assert.deepEqual(placement, { onDevice: 1, onCpu: { Sum: 2 }, copies: 1 });
  assert.equal(placementWords(placement), '1 of 3 nodes ran on it, the CPU ran 2 (Sum 2)');
  assert.equal(placementWords({ onDevice: 3, onCpu: {}, copies: 0 }), 'all 3 nodes ran on it');
});
