// Adapters beside matrices of every layout (grouped heads, one head of keys, heads that do not make up the width, biases): what stands beside the weights
// is what is added to them, in the engine's layout and in the file's; gradients agree with finite differences, with and without a shared prompt.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rngOf, seedOf } from '../../random.ts';
import { LORA_TARGETS, type LoraTarget } from '../../requests.ts';
import { type ModelConfig, weightShapes } from '../architecture.ts';
import type { PackedProblem } from '../packing.ts';
import { type Parameters, toParameters, toWeights } from '../parameters.ts';
import { plainLogprobs } from '../plain-decoder.test.ts';
import { Trainer } from '../trainer.ts';
import { type Adapter, adapterShapes, modulesOf, nameOfA, nameOfB, newAdapter, scaleOf } from './adapter.ts';
import { addToWeight, merged } from './merge.ts';

const shape: ModelConfig = {
  ...{ architecture: 'llama', layers: 2, hidden: 26, heads: 6, kvHeads: 2, headDim: 10, intermediate: 17, vocab: 96 },
  ...{ ropeTheta: 500, rmsEpsilon: 1e-5, tied: true, maxPositions: 64 },
};

const CASES: readonly { readonly what: string; readonly config: ModelConfig; readonly targets: readonly LoraTarget[] }[] = [
  { what: 'all modules, grouped heads', config: shape, targets: LORA_TARGETS },
  { what: 'q and v', config: shape, targets: ['q_proj', 'v_proj'] },
  { what: 'k alone, and up alone', config: { ...shape, heads: 5, kvHeads: 1, headDim: 14 }, targets: ['k_proj', 'up_proj'] },
  {
    what: 'all modules, biases, as many heads of keys as of queries',
    config: { ...shape, architecture: 'qwen2', biases: ['qkv', 'o', 'mlp'], kvHeads: 6, tied: false },
    targets: LORA_TARGETS,
  },
  { what: 'o, gate and down, norms on heads', config: { ...shape, architecture: 'qwen3' }, targets: ['o_proj', 'gate_proj', 'down_proj'] },
];

const drawn = (count: number, spread: number, ...seed: (string | number)[]): Float32Array => {
  const rng = rngOf(seedOf(...seed));
  return Float32Array.from({ length: count }, () => spread * (2 * rng.next() - 1));
};
const sizeOf = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

function weightsOf(config: ModelConfig): Map<string, Float32Array> {
  return new Map(
    [...weightShapes(config)].map(([name, sizes]) => {
      const data = drawn(sizeOf(sizes), sizes.length > 1 ? 2 / Math.sqrt(sizes[1]!) : 0.5, name);
      return [name, name.includes('norm') ? data.map(x => 1 + x) : data];
    }),
  );
}

function adapterOf(config: ModelConfig, targets: readonly LoraTarget[]): Adapter {
  const lora = { rank: 3, alpha: 5, targets };
  return { ...lora, tensors: new Map(adapterShapes(config, lora).map(({ name, shape }) => [name, drawn(sizeOf(shape), 0.3, name)])) };
}

/** The weights as they lie in a file, with the adapter in them. */
function inFile(config: ModelConfig, weights: ReadonlyMap<string, Float32Array>, adapter: Adapter): Map<string, Float32Array> {
  const all = new Map([...weights].map(([name, data]) => [name, data.slice()]));
  for (const { name } of modulesOf(config, adapter.targets)) {
    const [a, b] = [adapter.tensors.get(nameOfA(name))!, adapter.tensors.get(nameOfB(name))!];
    addToWeight(all.get(`${name}.weight`)!, { a, b, rank: adapter.rank, scale: scaleOf(adapter) });
  }
  return all;
}

const PROBLEMS: readonly PackedProblem[] = [
  {
    prompt: [5, 80, 17, 9],
    completions: [
      { tokens: [20, 44, 3, 61], weights: [0.1, 0.2, 0.3, 0.1] },
      { tokens: [7, 30], weights: [0.4, 0.1] },
    ],
  },
  { prompt: [33], completions: [{ tokens: [8, 8, 70], weights: [0.2, 0.1, 0.3] }] },
];

function plainLoss(config: ModelConfig, weights: ReadonlyMap<string, Float32Array>): number {
  const losses = PROBLEMS.flatMap(({ prompt, completions }) =>
    completions.map(({ tokens, weights: w }) => {
      const logprobs = plainLogprobs(config, weights, [...prompt, ...tokens]).slice(prompt.length - 1);
      return logprobs.reduce((sum, logp, i) => sum - w[i]! * logp, 0);
    }),
  );
  return losses.reduce((a, b) => a + b, 0);
}

for (const { what, config, targets } of CASES) {
  test(`what stands beside the weights is what is added to them: ${what}`, async () => {
    const weights = weightsOf(config);
    const adapter = adapterOf(config, targets);
    const parameters = await toParameters(config, async name => weights.get(name)!);
    const expected = inFile(config, weights, adapter);
    for (const [name, data] of toWeights(config, merged(config, parameters, adapter))) assert.deepEqual(data, expected.get(name), name);
    for (const [name, data] of toWeights(config, parameters)) assert.deepEqual(data, weights.get(name), `${name} of the base`);

    const trainer = await Trainer.open(config, parameters, { threads: 1, maxTokens: 512 }, adapter);
    const loss = await trainer.accumulate(PROBLEMS);
    const want = plainLoss(config, expected);
    assert.ok(Math.abs(loss - want) < 1e-4, `loss ${loss}, expected ${want}`);
    assert.ok(Math.abs(loss - plainLoss(config, weights)) > 1e-2, 'the adapter does nothing');

    const gradients = new Map([...trainer.gradients()].map(([name, g]) => [name, g.slice()]));
    assert.deepEqual(
      [...gradients.keys()],
      adapterShapes(config, adapter).map(({ name }) => name),
    );
    for (const [name, g] of gradients) await checkSlope(trainer, name, g);
    await trainer.close();
  });
}

/** The loss along one tensor's gradient rises as fast as the gradient is long. */
async function checkSlope(trainer: Trainer, name: string, g: Float32Array): Promise<void> {
  const data = trainer.parameters.get(name)!;
  const start = data.slice();
  const norm = Math.hypot(...g);
  const at = (move: number): Promise<number> => {
    for (const i of data.keys()) data[i] = start[i]! + (move * g[i]!) / norm;
    return trainer.accumulate(PROBLEMS);
  };
  const e = 4e-3;
  const slope = (8 * ((await at(e)) - (await at(-e))) - ((await at(2 * e)) - (await at(-2 * e)))) / (12 * e);
  data.set(start);
  assert.ok(Math.abs(slope - norm) <= 1e-2 * norm + 1e-3, `${name}: slope ${slope}, its gradient's norm ${norm}`);
}

test('a new adapter changes nothing, its first values are bounded as PEFT’s are, and its seed alone decides them', () => {
  const lora = { rank: 4, alpha: 8, targets: LORA_TARGETS };
  const adapter = newAdapter(shape, lora, 7);
  for (const { name, place } of modulesOf(shape, LORA_TARGETS)) {
    const a = adapter.tensors.get(nameOfA(name))!;
    const bound = 1 / Math.sqrt(place.inner);
    assert.ok(a.every(x => Math.abs(x) <= bound) && a.some(x => Math.abs(x) > 0.8 * bound), name);
    assert.ok(
      adapter.tensors.get(nameOfB(name))!.every(x => x === 0),
      name,
    );
  }
  assert.deepEqual(newAdapter(shape, lora, 7), adapter);
  assert.notDeepEqual(newAdapter(shape, lora, 8), adapter);
});

test('an update moves the adapter and not one weight beside it', async () => {
  const weights = weightsOf(shape);
  const parameters: Parameters = await toParameters(shape, async name => weights.get(name)!);
  const adapter = newAdapter(shape, { rank: 2, alpha: 4, targets: LORA_TARGETS }, 1);
  const trainer = await Trainer.open(shape, parameters, { threads: 1, maxTokens: 512 }, adapter);
  await trainer.accumulate(PROBLEMS);
  await trainer.apply(1e-2, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1, clip: 1 });
  await trainer.close();
  for (const [name, data] of toWeights(shape, parameters)) assert.deepEqual(data, weights.get(name), name);
  for (const { name } of modulesOf(shape, LORA_TARGETS))
    assert.ok(
      adapter.tensors.get(nameOfB(name))!.some(x => x !== 0),
      name,
    );
});
