// Every architecture, with sizes that no real model has (odd widths, heads that do not make up the width, biases everywhere, each RoPE): log-probabilities
// against a plain decoder in float64, gradients against finite differences, samples against scores, checkpoints to the bit. And what cannot be
// computed exactly is refused.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ModelError } from '../errors.ts';
import { rngOf, seedOf } from '../random.ts';
import { type ModelConfig, weightShapes } from './architecture.ts';
import { type Architecture, families } from './families.ts';
import { parameterShapes, toParameters, toWeights } from './parameters.ts';
import { plainLogprobs, type Weights } from './plain-decoder.test.ts';
import { llama3ScalingOf, ropeFactors } from './rope.ts';
import { givenWeights, Sampler } from './sampler.ts';
import { Scorer } from './scorer.ts';
import { Trainer } from './trainer.ts';
import { writeCheckpoint } from './weights/checkpoint.ts';
import { parseConfig } from './weights/config-json.ts';
import { openModel } from './weights/open.ts';

const MICRO = join(import.meta.dirname, 'weights/fixtures/micro');
const HERE = mkdtempSync(join(tmpdir(), 'rest-em-families-'));
after(() => rmSync(HERE, { recursive: true, force: true }));

const shape = {
  layers: 2,
  hidden: 26,
  heads: 6,
  kvHeads: 2,
  headDim: 10,
  intermediate: 17,
  vocab: 272,
  ropeTheta: 500,
  rmsEpsilon: 1e-5,
  tied: true,
  maxPositions: 64,
} as const;

const variants: Readonly<Record<Architecture, readonly Partial<ModelConfig>[]>> = {
  llama: [
    { scaling: { kind: 'llama3', factor: 8, low: 1, high: 4, original: 32 } },
    { biases: ['qkv', 'o', 'mlp'], tied: false, headDim: 6, scaling: { kind: 'linear', factor: 2.5 } },
    { kvHeads: 6, headDim: 2, scaling: { kind: 'factors', factors: [3] } },
  ],
  mistral: [{ maxPositions: 20, announcedPositions: 64, tied: false }],
  qwen2: [{ scaling: { kind: 'dynamic', factor: 4 } }, { tied: false, heads: 5, kvHeads: 1, headDim: 14 }],
  qwen3: [{}, { biases: ['qkv', 'o'], tied: false, heads: 3, kvHeads: 3, headDim: 18, layers: 1 }],
};

const models = Object.entries(variants).flatMap(([architecture, rows]) =>
  rows.map((row, i) => ({
    name: `${architecture} ${i + 1}`,
    config: { ...shape, architecture: architecture as Architecture, ...row } satisfies ModelConfig,
  })),
);

/** Numbers of about the size that trained weights have, so that every part of the model matters. */
function weightsOf(config: ModelConfig): Weights {
  const rng = rngOf(seedOf('families', config.architecture));
  return new Map(
    [...weightShapes(config)].map(([name, sizes]) => {
      const spread = sizes.length > 1 ? 2 / Math.sqrt(sizes[1]!) : 0.5;
      const middle = name.includes('norm') ? 1 : 0;
      return [name, Float32Array.from({ length: sizes.reduce((a, b) => a * b, 1) }, () => middle + spread * (2 * rng.next() - 1))];
    }),
  );
}

const parametersFor = (config: ModelConfig, weights: Weights) => toParameters(config, async name => weights.get(name)!);
const TOKENS = [5, 80, 17, 200, 44, 3, 61, 7, 30, 12, 271, 0];
const options = { threads: 1, maxTokens: 512 };

for (const { name, config } of models) {
  const weights = weightsOf(config);

  test(`${name}: log-probabilities are those of a plain decoder, in one piece and behind a prompt`, async () => {
    const want = plainLogprobs(config, weights, TOKENS);
    const scorer = await Scorer.open(config, options);
    const pairs = [1, 5].map(cut => ({ prompt: TOKENS.slice(0, cut), completion: TOKENS.slice(cut) }));
    const [whole, rest] = await scorer.score(await parametersFor(config, weights), pairs);
    await scorer.close();
    for (const [i, x] of want.entries()) assert.ok(Math.abs(whole![i]! - x) < 1e-4, `token ${i + 1}: ${whole![i]}, expected ${x}`);
    for (const [i, x] of want.slice(4).entries()) assert.ok(Math.abs(rest![i]! - x) < 1e-4, `token ${i + 5}: ${rest![i]}, expected ${x}`);
  });

  test(`${name}: what is sampled is what is scored, with and without settled weights`, async () => {
    const parameters = await parametersFor(config, weights);
    const [sampler, scorer] = [new Sampler(config, options), await Scorer.open(config, options)];
    const jobs = [
      { prompt: [5, 80, 17], seeds: [1, 2, 3] },
      { prompt: [9], seeds: [4, 5] },
    ];
    const rules = { temperature: 1, topK: 0, topP: 1, maxTokens: 12, endIds: [2] };
    for (const settled of [false, true]) {
      const completed = await sampler.sample(givenWeights(parameters), settled ? 'fp32' : 'inputs', jobs, rules, 4);
      for (const [j, row] of completed.entries()) {
        const scores = await scorer.score(
          parameters,
          row.map(c => ({ prompt: jobs[j]!.prompt, completion: c.tokens })),
        );
        for (const [i, { logprobs }] of row.entries())
          for (const [t, x] of logprobs.entries()) assert.ok(Math.abs(x - scores[i]![t]!) < 1e-4);
      }
    }
    await sampler.close();
    await scorer.close();
  });

  test(`${name}: every parameter's gradient agrees with finite differences along itself`, async () => {
    const parameters = await parametersFor(config, weights);
    const trainer = await Trainer.open(config, parameters, options);
    const completion = (...tokens: number[]) => ({ tokens, weights: tokens.map((_, i) => 0.1 + 0.05 * i) });
    const problems = [{ prompt: [5, 80, 17, 9], completions: [completion(200, 44, 3, 61), completion(7, 30)] }];
    await trainer.accumulate(problems);
    const gradients = new Map([...trainer.gradients()].map(([key, g]) => [key, g.slice()]));
    assert.equal(gradients.size, parameterShapes(config).length);
    for (const [key, g] of gradients) {
      const data = trainer.parameters.get(key)!;
      const start = data.slice();
      const length = Math.sqrt(g.reduce((sum, x) => sum + x * x, 0));
      assert.ok(length > 0, `${key} has no gradient`);
      const at = async (move: number) => {
        for (const i of data.keys()) data[i] = start[i]! + (move * g[i]!) / length;
        return trainer.accumulate(problems);
      };
      const e = 2e-3;
      const slope = (8 * ((await at(e)) - (await at(-e))) - ((await at(2 * e)) - (await at(-2 * e)))) / (12 * e);
      data.set(start);
      assert.ok(Math.abs(slope - length) < 1e-2 * length + 1e-4, `${key}: slope ${slope}, gradient ${length}`);
    }
    await trainer.close();
  });

  test(`${name}: a checkpoint reads back to the bit, configuration and all, and says it in the keys of transformers`, async () => {
    const micro = await openModel(MICRO);
    const dir = join(HERE, name.replace(' ', '-'));
    const sidecars = new Map([...micro.sidecars].filter(([file]) => file !== 'config.json'));
    await writeCheckpoint(dir, { config, sidecars, tensors: toWeights(config, await parametersFor(config, weights)), dtype: 'F32' });
    await micro.close();
    const source = await openModel(dir);
    assert.deepEqual(source.config, config);
    for (const [key, data] of weights) assert.deepEqual(await source.read(key), data, key);
    await source.close();
    const json = JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8'));
    assert.deepEqual([json.model_type, json.architectures], [config.architecture, [families[config.architecture].transformersClass]]);
    assert.equal(json.max_position_embeddings, 64);
  });
}

const base = {
  ...{ hidden_size: 64, num_attention_heads: 4, num_hidden_layers: 2, intermediate_size: 96, vocab_size: 100 },
} as const;
const parse = (json: object): ModelConfig => parseConfig('config.json', { ...base, ...json });

test('what config.json leaves out is what the class of transformers says', () => {
  const sizes = ({ kvHeads, headDim, maxPositions, announcedPositions, tied }: ModelConfig) => [
    kvHeads,
    headDim,
    maxPositions,
    announcedPositions,
    tied,
  ];
  assert.deepEqual(sizes(parse({ model_type: 'llama' })), [4, 16, 2048, undefined, false]);
  assert.deepEqual(sizes(parse({ model_type: 'mistral', num_attention_heads: 16 })), [8, 4, 4096, 131072, false]);
  assert.deepEqual(sizes(parse({ model_type: 'mistral', num_key_value_heads: 2, sliding_window: null })), [
    2,
    16,
    131072,
    undefined,
    false,
  ]);
  assert.deepEqual(sizes(parse({ model_type: 'qwen2', num_key_value_heads: 4, head_dim: null })), [4, 16, 32768, undefined, false]);
  assert.deepEqual(sizes(parse({ model_type: 'qwen3', num_key_value_heads: null, tie_word_embeddings: true })), [
    4,
    128,
    32768,
    undefined,
    true,
  ]);
});

test('a sliding window bounds the positions where it is in use, and nothing where it is not', () => {
  const positions = (json: object) =>
    parse({ num_key_value_heads: 4, max_position_embeddings: 512, sliding_window: 128, ...json }).maxPositions;
  assert.equal(positions({ model_type: 'mistral' }), 128);
  assert.equal(positions({ model_type: 'mistral', sliding_window: 1024 }), 512);
  assert.equal(positions({ model_type: 'llama' }), 512);
  assert.equal(positions({ model_type: 'qwen2' }), 512);
  assert.equal(positions({ model_type: 'qwen2', use_sliding_window: true, max_window_layers: 2 }), 512);
  assert.equal(positions({ model_type: 'qwen2', use_sliding_window: true, max_window_layers: 1 }), 128);
  assert.equal(positions({ model_type: 'qwen3', use_sliding_window: true, layer_types: ['full_attention', 'full_attention'] }), 512);
  assert.equal(positions({ model_type: 'qwen3', use_sliding_window: true, layer_types: ['full_attention', 'sliding_attention'] }), 128);
});

const LLAMA3 = { factor: 32, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 };

test('RoPE is read in the keys of transformers 4 and 5', () => {
  const rope = ({ ropeTheta, scaling }: ModelConfig) => [ropeTheta, scaling];
  const llama3 = { kind: 'llama3', factor: 32, low: 1, high: 4, original: 8192 };
  assert.deepEqual(rope(parse({ model_type: 'llama', rope_theta: 5e5, rope_scaling: { rope_type: 'llama3', ...LLAMA3 } })), [5e5, llama3]);
  assert.deepEqual(rope(parse({ model_type: 'llama', rope_parameters: { rope_type: 'llama3', rope_theta: 5e5, ...LLAMA3 } })), [
    5e5,
    llama3,
  ]);
  assert.deepEqual(
    rope(parse({ model_type: 'qwen2', num_key_value_heads: 4, rope_theta: 1e6, rope_scaling: { type: 'linear', factor: 2 } })),
    [1e6, { kind: 'linear', factor: 2 }],
  );
  assert.deepEqual(
    rope(parse({ model_type: 'qwen2', num_key_value_heads: 4, rope_theta: 1e6, rope_parameters: { rope_type: 'dynamic', factor: 2 } })),
    [1e6, { kind: 'dynamic', factor: 2 }],
  );
});

const refused: readonly (readonly [what: string, json: object, says: RegExp])[] = [
  ['YaRN', { rope_scaling: { rope_type: 'yarn', factor: 4 } }, /rope_scaling .*yarn.* accepted: none, default, linear, dynamic, llama3/],
  ['LongRoPE', { rope_parameters: { rope_type: 'longrope', short_factor: [1], long_factor: [2] } }, /rope_parameters .*longrope/],
  ['a RoPE for each kind of layer', { rope_parameters: { full_attention: { rope_type: 'default' } } }, /rope_parameters .*full_attention/],
  [
    'a rotation of a part of each head',
    { rope_parameters: { rope_type: 'default', partial_rotary_factor: 0.5 } },
    /rope_parameters .*0\.5/,
  ],
  ['a scaling without its factor', { rope_scaling: { type: 'linear' } }, /rope_scaling\.factor is missing/],
  [
    'Llama 3 with its bounds turned round',
    { rope_scaling: { rope_type: 'llama3', ...LLAMA3, low_freq_factor: 8 } },
    /low_freq_factor is 8/,
  ],
  ['layers of another kind', { layer_types: ['full_attention', 'linear_attention'] }, /layer_types .*linear_attention/],
];

for (const [what, json, says] of refused)
  test(`${what} is refused by name`, () =>
    assert.throws(
      () => parse({ model_type: 'llama', ...json }),
      (error: unknown) => error instanceof ModelError && says.test(error.message),
    ));

test('the scaling of Llama 3.1 and 3.2 is found again in its factors, one of other bounds too, and what is none is none', () => {
  for (const [factor, low, high, original, headDim] of [
    [8, 1, 4, 8192, 128],
    [32, 1, 4, 8192, 64],
    [8, 1, 3, 4096, 64],
  ] as const) {
    const rope = { headDim, ropeTheta: 500000 };
    const scaling = { kind: 'llama3', factor, low, high, original } as const;
    const factors = ropeFactors({ ...rope, scaling }).map(Math.fround);
    assert.deepEqual(llama3ScalingOf(rope, factors), scaling);
    assert.equal(llama3ScalingOf(rope, factors.with(-1, 7)), null);
  }
});
