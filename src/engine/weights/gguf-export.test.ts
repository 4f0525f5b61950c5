// What is written for llama.cpp is what our own reader reads back: numbers to the bit of their type, configuration, token ids. That llama.cpp says
// the same tokens is tested in test/slow, where it is installed.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { exportModel } from '../../config/export.ts';
import { ConfigError, ModelError } from '../../errors.ts';
import { rngOf, seedOf } from '../../random.ts';
import { type ModelConfig, weightShapes } from '../architecture.ts';
import { writeCheckpoint } from './checkpoint.ts';
import { encoders, halfBits, type StoredAs } from './encoders.ts';
import { encodings } from './encodings.ts';
import { openModel, readAll } from './open.ts';

const MICRO = join(import.meta.dirname, 'fixtures/micro');
const TINY = join(import.meta.dirname, '../../../models/tiny-s');
const HERE = mkdtempSync(join(tmpdir(), 'rest-em-export-'));
after(() => rmSync(HERE, { recursive: true, force: true }));
let made = 0;
const fresh = (ending = '.gguf') => join(HERE, `${made++}${ending}`);

const decode = (type: StoredAs, bytes: Uint8Array, count: number): Float32Array => {
  const out = new Float32Array(count);
  const copy = Uint8Array.from(bytes);
  encodings[type].decode(new DataView(copy.buffer), out, 0, count / encodings[type].values);
  return out;
};
const floatBits = (x: number): number => new Uint32Array(Float32Array.of(x).buffer)[0]!;

test('every float16 is itself, what lies between two goes to the nearer, a tie to the even one', () => {
  const halves = decode('F16', new Uint8Array(Uint16Array.from({ length: 65536 }, (_, i) => i).buffer), 65536);
  for (let bits = 0; bits < 0x7c00; bits++) {
    const [x, next] = [halves[bits]!, halves[bits + 1]!];
    assert.equal(halfBits(floatBits(x)), bits);
    assert.equal(halfBits(floatBits(-x)), bits | 0x8000);
    if (bits + 1 === 0x7c00) continue;
    const middle = (x + next) / 2; // exact in float32
    assert.equal(halfBits(floatBits(middle)), bits + (bits & 1), `${x} and ${next}`);
    assert.equal(halfBits(floatBits(middle) + 1), bits + 1);
    assert.equal(halfBits(floatBits(middle) - 1), bits);
  }
  assert.deepEqual([halfBits(floatBits(1e9)), halfBits(floatBits(Number.NaN)) & 0x7fff], [0x7c00, 0x7e00]);
});

test('Q8_0 keeps the scale of each block and the nearest multiples of it', () => {
  const values = Float32Array.from({ length: 96 }, (_, i) => (i < 32 ? Math.sin(i) * 3 : i < 64 ? 0 : (i - 80) * 1e-4));
  const got = decode('Q8_0', encoders.Q8_0(values), 96);
  for (let block = 0; block < 3; block++) {
    const part = values.subarray(32 * block, 32 * block + 32);
    const scale = Math.max(...part.map(Math.abs)) / 127;
    for (const [i, x] of part.entries()) {
      const y = got[32 * block + i]!;
      assert.ok(Math.abs(x - y) <= scale * 0.57, `${x} became ${y}`); // half a step, and 1/2048 of 127 steps for the scale's own rounding
    }
  }
  const again = decode('Q8_0', encoders.Q8_0(got), 96);
  for (const [i, x] of got.entries()) assert.ok(Math.abs(again[i]! - x) <= Math.abs(x) / 1000);
});

for (const type of ['f32', 'bf16', 'f16', 'q8_0'] as const)
  test(`a ${type} file reads back as the numbers that the type can hold, with the same tokens and configuration`, async () => {
    const to = fresh();
    const exported = await exportModel({ path: TINY, to, type });
    const [source, read] = await Promise.all([openModel(TINY), openModel(to)]);
    assert.deepEqual([read.config, exported.parameters, exported.unquantised], [source.config, 787584, 0]);
    const stored = exported.type as StoredAs;
    for (const [name, shape] of weightShapes(source.config)) {
      const [given, got] = await Promise.all([source.read(name), read.read(name)]);
      assert.equal(read.tensors.get(name)?.dtype, shape.length > 1 ? stored : 'F32', name);
      assert.deepEqual(got, shape.length > 1 ? decode(stored, encoders[stored](given), given.length) : given, name);
    }
    const text = 'Tom has 12 pens.\n3 * 4 = 12 <|end|> naïve';
    assert.deepEqual(read.tokenizer.encode(text, { addSpecial: true }), source.tokenizer.encode(text, { addSpecial: true }));
    assert.deepEqual([read.tokenizer.eosIds, read.tokenizer.bosId], [source.tokenizer.eosIds, source.tokenizer.bosId]);
    await Promise.all([source.close(), read.close()]);
  });

/** A model of random numbers over the micro tokenizer. */
async function folderOf(changes: Partial<ModelConfig>, sidecars: ReadonlyMap<string, string> = new Map()): Promise<string> {
  const micro = await openModel(MICRO);
  const config: ModelConfig = { ...micro.config, hidden: 24, heads: 4, kvHeads: 2, headDim: 10, layers: 2, ropeTheta: 10000, ...changes };
  const rng = rngOf(seedOf('export'));
  const tensors = [...weightShapes(config)].map(([name, shape]) => {
    return [name, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.next() - 0.5)] as const;
  });
  const dir = fresh('');
  const all = new Map([...micro.sidecars, ...sidecars]);
  all.delete('config.json');
  await writeCheckpoint(dir, { config, sidecars: all, tensors, dtype: 'F32' });
  await micro.close();
  return dir;
}

const variants: Readonly<Record<string, Partial<ModelConfig>>> = {
  'a Llama 3 with every bias': { biases: ['qkv', 'o', 'mlp'], scaling: { kind: 'llama3', factor: 8, low: 1, high: 4, original: 64 } },
  'a Llama with a linear RoPE, untied': { tied: false, scaling: { kind: 'linear', factor: 4 } },
  'a Llama with factors of its own': { scaling: { kind: 'factors', factors: [1, 2, 1, 3, 1] } },
  'a Qwen2': { architecture: 'qwen2' },
  'a Qwen3': { architecture: 'qwen3', tied: false },
};

for (const [what, changes] of Object.entries(variants))
  test(`${what} comes back from GGUF to the bit`, async () => {
    const dir = await folderOf(changes);
    const to = fresh();
    await exportModel({ path: dir, to, type: 'f32' });
    const [source, read] = await Promise.all([openModel(dir), openModel(to)]);
    assert.deepEqual(read.config, source.config);
    for await (const [name, values] of readAll(source)) assert.deepEqual(await read.read(name), values, name);
    assert.equal(
      read.tokenizer.renderChat([{ role: 'user', content: 'hi' }]),
      source.tokenizer.renderChat([{ role: 'user', content: 'hi' }]),
    );
    await Promise.all([source.close(), read.close()]);
  });

test('a Mistral becomes a llama of as many positions as its window, rows that are no whole blocks stay F16', async () => {
  const dir = await folderOf({ architecture: 'mistral', maxPositions: 32, announcedPositions: 64 });
  const to = fresh();
  const { unquantised } = await exportModel({ path: dir, to, type: 'q8_0' });
  const read = await openModel(to);
  assert.deepEqual([read.config.architecture, read.config.maxPositions, read.config.announcedPositions], ['llama', 32, undefined]);
  assert.equal(read.tensors.get('model.layers.0.mlp.up_proj.weight')?.dtype, 'F16');
  assert.ok(unquantised > 0);
  await read.close();
});

test('a folder comes in the type that loses nothing, or the one asked for', async () => {
  for (const [type, dtype] of [
    [null, 'BF16'],
    ['f32', 'F32'],
    ['f16', 'F16'],
  ] as const) {
    const to = fresh('');
    assert.equal((await exportModel({ path: TINY, to, type })).type, dtype);
    const read = await openModel(to);
    assert.deepEqual(new Set([...read.tensors.values()].map(t => t.dtype)), new Set([dtype]));
    await read.close();
  }
  assert.equal((await exportModel({ path: join(MICRO, '../micro.gguf'), to: fresh(''), type: null })).type, 'F32');
});

const metaspace = JSON.stringify({
  model: { type: 'BPE', vocab: { '▁': 0, a: 1, '</s>': 2 }, merges: [], byte_fallback: true },
  pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always' },
  added_tokens: [{ id: 2, content: '</s>', special: true }],
});

test('what llama.cpp would compute or read otherwise is refused, and leaves nothing behind', async () => {
  const tokenizer = new Map([
    ['tokenizer.json', metaspace],
    ['tokenizer_config.json', '{"eos_token": "</s>"}'],
  ]);
  const cases: readonly (readonly [
    path: string,
    to: string,
    type: 'f16' | 'q8_0',
    kind: typeof ConfigError | typeof ModelError,
    says: RegExp,
  ])[] = [
    [await folderOf({ architecture: 'qwen3', biases: ['qkv', 'o'] }), fresh(), 'f16', ModelError, /no place for the biases \(qkv, o\)/],
    [
      await folderOf({ architecture: 'qwen2', scaling: { kind: 'factors', factors: [1, 1, 1, 1, 2] } }),
      fresh(),
      'f16',
      ModelError,
      /does not scale RoPE/,
    ],
    [await folderOf({}, tokenizer), fresh(), 'f16', ModelError, /no form in GGUF|pre-tokenizer/],
    [TINY, fresh(''), 'q8_0', ConfigError, /--type: got q8_0; accepted for a folder/],
    [TINY, TINY, 'f16', ConfigError, /exists already/],
    [TINY, join(HERE, 'nowhere/model.gguf'), 'f16', ConfigError, /folder that does not exist/],
  ];
  for (const [path, to, type, kind, says] of cases) {
    await assert.rejects(exportModel({ path, to, type }), (error: unknown) => error instanceof kind && says.test(error.message));
    assert.ok(to === TINY || (!existsSync(to) && !existsSync(`${to}.partial`)));
  }
});

const shared = process.env.REST_EM_SHARED || undefined;
for (const name of ['llama-tied', 'llama-untied', 'llama3-rope', 'qwen2', 'qwen3', 'llama-bf16', 'llama-sharded'])
  test(`${name} keeps its token ids and numbers`, { skip: shared === undefined && 'REST_EM_SHARED is not set' }, async () => {
    const path = join(shared ?? '', 'fixtures/engine/models', name);
    const to = fresh();
    await exportModel({ path, to, type: 'f32' });
    const [source, read] = await Promise.all([openModel(path), openModel(to)]);
    assert.deepEqual(read.config, source.config);
    for await (const [weight, values] of readAll(source)) assert.deepEqual(await read.read(weight), values, weight);
    assert.deepEqual(read.tokenizer.eosIds, source.tokenizer.eosIds);
    await Promise.all([source.close(), read.close()]);
  });
