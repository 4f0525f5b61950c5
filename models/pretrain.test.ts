// The loop with a recording engine, and the whole recipe with the real one on a model of a few thousand weights.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { weightShapes } from '../src/engine/architecture.ts';
import { openModel } from '../src/engine/weights/open.ts';
import { openEngine } from './engine.ts';
import { firstWeights } from './first-weights.ts';
import { makeModel, type OpenEngine } from './make-model.ts';
import { batchesOf, learningRateAt, type PretrainEngine, pretrain } from './pretrain.ts';
import { type Size, type SizeName, sizes } from './sizes.ts';

const schedule = { steps: 19, batch: 4, learningRate: 1, warmUp: 5 } as const;
const row = (i: number): number[] => Array.from({ length: 2 + ((i * 7) % 11) }, () => i);

test('every document of the pools is in one batch, and a batch has documents of similar length', () => {
  const batches = [...batchesOf({ engine: {} as PretrainEngine, schedule: { ...schedule, steps: 16 }, seed: 1, row })];
  assert.equal(batches.length, 16);
  assert.deepEqual(
    batches
      .flat()
      .map(r => r[0]!)
      .sort((a, b) => a - b),
    Array.from({ length: 64 }, (_, i) => i),
  );
  for (const batch of batches) assert.ok(Math.max(...batch.map(r => r.length)) - Math.min(...batch.map(r => r.length)) <= 3);
});

test('the learning rate rises to its peak and falls to a tenth', () => {
  assert.equal(learningRateAt(0, schedule), 0.2);
  assert.equal(learningRateAt(4, schedule), 1);
  assert.equal(learningRateAt(5, schedule), 1);
  assert.ok(Math.abs(learningRateAt(19, schedule) - 0.1) < 1e-12);
});

test('the engine is asked for each step once, with the rate of that step', async () => {
  const rates: number[] = [];
  const seen: number[] = [];
  const engine: PretrainEngine = {
    step: async (batch, rate) => {
      rates.push(rate);
      return { loss: batch.length };
    },
    weights: async () => new Map([['w', Float32Array.of(1)]]),
  };
  const weights = await pretrain({ engine, schedule, seed: 1, row, onStep: p => seen.push(p.tokens) });
  assert.deepEqual(
    rates,
    Array.from({ length: 19 }, (_, i) => learningRateAt(i, schedule)),
  );
  assert.ok(seen.every((tokens, i) => i === 0 || tokens > seen[i - 1]!));
  assert.deepEqual([...weights.keys()], ['w']);
});

const parameters = (name: SizeName): number =>
  [...weightShapes(sizes[name].config).values()].reduce((sum, shape) => sum + shape.reduce((product, n) => product * n, 1), 0);

test('the sizes are about 0.8, 3 and 9 million parameters', () => {
  assert.equal(Math.round(parameters('tiny-s') / 1e5), 8);
  assert.equal(Math.round(parameters('tiny-m') / 1e5), 30);
  assert.equal(Math.round(parameters('tiny-l') / 1e6), 9);
});

test('first weights depend on the seed, and start as spread as they should', () => {
  const { config } = sizes['tiny-s'];
  const name = 'model.layers.0.mlp.gate_proj.weight';
  const weights = firstWeights(config, 1).get(name)!;
  assert.deepEqual(firstWeights(config, 1).get(name), weights);
  assert.notDeepEqual(firstWeights(config, 2).get(name), weights);
  const deviation = Math.sqrt(weights.reduce((sum, x) => sum + x * x, 0) / weights.length);
  assert.ok(Math.abs(deviation - 0.6 / Math.sqrt(128)) < 1e-3, String(deviation));
});

const small: Size = {
  config: { ...sizes['tiny-s'].config, layers: 1, hidden: 32, heads: 2, kvHeads: 1, headDim: 16, intermediate: 48 },
  schedule: { steps: 40, batch: 8, learningRate: 1e-2, warmUp: 5 },
};

test('the recipe makes a folder that loads, with a loss that fell, and the same bytes again', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'rest-em-recipe-'));
  try {
    const out = join(dir, 'model');
    const make = async () => {
      await makeModel({ size: small, tokenizerDocuments: 1500, openEngine, out });
      return Promise.all(['loss.csv', 'model.safetensors'].map(name => readFile(join(out, name))));
    };
    const [lossFile, weightsFile] = await make();
    assert.deepEqual(await make(), [lossFile, weightsFile], 'over the old folder');
    assert.deepEqual(await readdir(dir), ['model']);
    const loss = String(lossFile);
    const [first, second] = loss
      .split('\n')
      .slice(1)
      .map(line => Number(line.split(',')[1]));
    assert.ok(second! < first! - 0.5, loss);
    const model = await openModel(out);
    assert.deepEqual(model.config, small.config);
    assert.equal(model.tokenizer.decode(model.tokenizer.encode('Tom has 42 pens.')), 'Tom has 42 pens.');
    await model.close();
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('a training that fails leaves the old folder as it was', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'rest-em-recipe-'));
  const broken: OpenEngine = async () => ({
    step: async () => {
      throw new Error('out of memory');
    },
    weights: async () => new Map(),
  });
  try {
    await assert.rejects(
      makeModel({ size: small, tokenizerDocuments: 1500, openEngine: broken, out: join(dir, 'model') }),
      /out of memory/,
    );
    assert.deepEqual(await readdir(dir), []);
  } finally {
    await rm(dir, { recursive: true });
  }
});
