// What is written is what is read back, to the bit; equal models give equal bytes; and a checkpoint is a whole Hugging Face folder.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { EngineError, ModelError } from '../../errors.ts';
import { type ModelConfig, weightShapes } from '../architecture.ts';
import { type Checkpoint, writeCheckpoint } from './checkpoint.ts';
import { openModel, readAll } from './open.ts';
import { writeSafetensors } from './safetensors-write.ts';

const here = join(import.meta.dirname, 'fixtures');
const scratch = mkdtempSync(join(tmpdir(), 'rest-em-checkpoint-'));
after(() => rmSync(scratch, { recursive: true }));
let made = 0;
const newPath = () => join(scratch, String(made++));

const micro = await openModel(join(here, 'micro'));
after(() => micro.close());

/** Values of all magnitudes, subnormals and both zeros among them, from the index alone. */
function values(count: number, seed: number): Float32Array {
  return Float32Array.from(
    { length: count },
    (_, i) => Math.sin(i * 12.9898 + seed) * 2 ** (((i * 7 + seed) % 60) - 40) * (i % 97 === 0 ? 0 : 1),
  );
}

function tensorsFor(config: ModelConfig): ReadonlyMap<string, Float32Array> {
  return new Map(
    [...weightShapes(config)].map(([name, shape], i) => [
      name,
      values(
        shape.reduce((a, b) => a * b, 1),
        i,
      ),
    ]),
  );
}

function checkpointOf(config: ModelConfig, changes: Partial<Checkpoint> = {}): Checkpoint {
  return { config, sidecars: micro.sidecars, tensors: tensorsFor(config), dtype: 'F32', ...changes };
}

const bits = (floats: Float32Array) => Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength).toString('hex');

for (const tied of [true, false]) {
  test(`an F32 checkpoint of a model with ${tied ? 'tied' : 'untied'} embeddings reads back to the bit`, async () => {
    const config = { ...micro.config, tied, ropeTheta: 50000 };
    const dir = newPath();
    await writeCheckpoint(dir, checkpointOf(config));
    const source = await openModel(dir);
    assert.deepEqual(source.config, config);
    for await (const [name, floats] of readAll(source)) assert.equal(bits(floats), bits(tensorsFor(config).get(name)!), name);
    await source.close();
  });
}

test('the order in which tensors arrive does not change a byte', async () => {
  const [forwards, backwards] = [newPath(), newPath()];
  await writeCheckpoint(forwards, checkpointOf(micro.config));
  await writeCheckpoint(backwards, checkpointOf(micro.config, { tensors: [...tensorsFor(micro.config)].reverse() }));
  assert.deepEqual(readdirSync(forwards), readdirSync(backwards));
  for (const name of readdirSync(forwards)) assert.deepEqual(readFileSync(join(forwards, name)), readFileSync(join(backwards, name)), name);
});

test('a BF16 checkpoint rounds to nearest, ties to even', async () => {
  const path = join(scratch, 'rounding.safetensors');
  const given = Float32Array.of(1, 1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, -1 - 2 ** -8, 2 ** -133, 0, -0);
  await writeSafetensors(path, new Map([['x', [8]]]), [['x', given]], 'BF16');
  const stored = readFileSync(path).subarray(-16);
  const words = Array.from({ length: 8 }, (_, i) => stored.readUInt16LE(2 * i).toString(16));
  assert.deepEqual(words, ['3f80', '3f80', '3f82', '3f81', 'bf80', '1', '0', '8000']);
});

test('the data of a checkpoint begins at a multiple of eight bytes', async () => {
  const dir = newPath();
  await writeCheckpoint(dir, checkpointOf(micro.config));
  assert.equal(Number(readFileSync(join(dir, 'model.safetensors')).readBigUInt64LE()) % 8, 0);
});

test('config.json of a checkpoint says what transformers needs, in the keys of versions 4 and 5', async () => {
  const dir = newPath();
  await writeCheckpoint(dir, checkpointOf({ ...micro.config, tied: false }, { dtype: 'BF16' }));
  const json = JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8'));
  assert.deepEqual(json.architectures, ['LlamaForCausalLM']);
  assert.deepEqual([json.dtype, json.torch_dtype], ['bfloat16', 'bfloat16']);
  assert.deepEqual([json.rope_theta, json.rope_parameters.rope_theta], [10000, 10000]);
  assert.deepEqual([json.eos_token_id, json.pad_token_id, json.tie_word_embeddings], [2, 0, false]);
});

test('a checkpoint without config.json and generation_config.json at hand gets its ends of text from the tokenizer', async () => {
  const dir = newPath();
  const sidecars = new Map([...micro.sidecars].filter(([name]) => name.startsWith('tokenizer')));
  await writeCheckpoint(dir, checkpointOf(micro.config, { sidecars }));
  assert.deepEqual(JSON.parse(readFileSync(join(dir, 'generation_config.json'), 'utf8')), { bos_token_id: 0, eos_token_id: [2] });
  assert.deepEqual(JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8')).eos_token_id, [2]);
});

test('a checkpoint of a GGUF model is a complete folder with the same weights and ids', async () => {
  const gguf = await openModel(join(here, 'micro.gguf'));
  const dir = newPath();
  await writeCheckpoint(dir, { config: gguf.config, sidecars: gguf.sidecars, tensors: readAll(gguf), dtype: 'F32' });
  const folder = await openModel(dir);
  assert.deepEqual(folder.config, gguf.config);
  const text = 'the cat sat <|im_end|> on 12 mats';
  assert.deepEqual(folder.tokenizer.encode(text), gguf.tokenizer.encode(text));
  assert.deepEqual(folder.tokenizer.encode(text), micro.tokenizer.encode(text));
  for await (const [name, floats] of readAll(folder)) assert.equal(bits(floats), bits(await gguf.read(name)), name);
  await folder.close();
  await gguf.close();
});

test('a folder that exists is left alone', async () => {
  const dir = newPath();
  await writeCheckpoint(dir, checkpointOf(micro.config));
  await assert.rejects(writeCheckpoint(dir, checkpointOf(micro.config, { dtype: 'BF16' })), EngineError);
  assert.equal(JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8')).dtype, 'float32');
});

const broken: readonly { readonly what: string; readonly change: (tensors: Map<string, Float32Array>) => void; readonly says: RegExp }[] = [
  {
    what: 'is not finite',
    change: tensors => tensors.get('model.norm.weight')!.fill(Number.NaN),
    says: /model\.norm\.weight is not finite/,
  },
  { what: 'is missing', change: tensors => tensors.delete('model.norm.weight'), says: /model\.norm\.weight did not come/ },
  { what: 'is too short', change: tensors => tensors.set('model.norm.weight', new Float32Array(3)), says: /has 3 values, 32 are expected/ },
  { what: 'has no place', change: tensors => tensors.set('extra', new Float32Array(3)), says: /extra is unknown/ },
];

for (const { what, change, says } of broken) {
  test(`a checkpoint with a tensor that ${what} is refused`, async () => {
    const tensors = new Map(tensorsFor(micro.config));
    change(tensors);
    await assert.rejects(writeCheckpoint(newPath(), checkpointOf(micro.config, { tensors })), (error: unknown) => {
      assert.ok(error instanceof EngineError);
      assert.match(error.message, says);
      return true;
    });
  });
}

test('a tokenizer that cannot be used is refused before the folder is made', async () => {
  const dir = newPath();
  await assert.rejects(writeCheckpoint(dir, checkpointOf(micro.config, { sidecars: new Map() })), ModelError);
  assert.throws(() => readdirSync(dir), { code: 'ENOENT' });
});

test('a folder whose weights hold a bias is refused, because llama has no place for it', async () => {
  const dir = newPath();
  await writeCheckpoint(dir, checkpointOf(micro.config));
  const bias = 'model.layers.0.self_attn.q_proj.bias';
  const path = join(dir, 'model.safetensors');
  rmSync(path);
  const shapes = new Map([...weightShapes(micro.config), [bias, [32]]]);
  await writeSafetensors(path, shapes, [...tensorsFor(micro.config), [bias, new Float32Array(32)]], 'F32');
  await assert.rejects(openModel(dir), /q_proj\.bias, for which this architecture \(llama\) has no place/);
});

test('every complaint about a configuration is said at once', async () => {
  const dir = newPath();
  await writeCheckpoint(dir, checkpointOf(micro.config));
  const path = join(dir, 'config.json');
  const json = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...json, hidden_act: 'gelu', mlp_bias: 'yes', num_hidden_layers: -1, vocab_size: undefined }));
  await assert.rejects(openModel(dir), /hidden_act "gelu".*mlp_bias is "yes".*num_hidden_layers is -1.*vocab_size is missing/);
});
