// Opening models: what loads, and what is refused in one line that names the file. The shared folder of damaged files, one row each, needs
// REST_EM_SHARED; a handful of them lie here so that a bare clone tests the same paths.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ModelError } from '../../errors.ts';
import { openModel, readAll } from './open.ts';

const here = join(import.meta.dirname, 'fixtures');
const shared = process.env.REST_EM_SHARED || undefined;
const scratch = mkdtempSync(join(tmpdir(), 'rest-em-open-'));
after(() => rmSync(scratch, { recursive: true }));

let copies = 0;
/** The micro model with changes. */
function copyOfMicro(change: (folder: string) => void = () => undefined): string {
  const folder = join(scratch, String(copies++));
  cpSync(join(here, 'micro'), folder, { recursive: true });
  change(folder);
  return folder;
}

async function readWhole(path: string): Promise<number> {
  const source = await openModel(path);
  try {
    let count = 0;
    for await (const [, values] of readAll(source)) count += values.length;
    return count;
  } finally {
    await source.close();
  }
}

async function assertRefused(path: string, pattern: RegExp): Promise<void> {
  const begin = performance.now();
  await assert.rejects(readWhole(path), (error: unknown) => {
    assert.ok(error instanceof ModelError, String(error));
    assert.equal(error.complaints.length, 1);
    assert.match(error.message, pattern);
    assert.ok(error.complaints[0]!.field.startsWith(path), `${error.message} does not name the file`);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
  assert.ok(performance.now() - begin < 10_000, 'took more than ten seconds');
}

test('the micro model loads as a folder and as GGUF, with equal numbers of weights', async () => {
  assert.equal(await readWhole(join(here, 'micro')), 14944);
  assert.equal(await readWhole(join(here, 'micro.gguf')), 14944);
});

const damaged: readonly { readonly what: string; readonly path: () => string; readonly says: RegExp }[] = [
  { what: 'a path that does not exist', path: () => join(scratch, 'nowhere'), says: /no such file or folder/ },
  {
    what: 'a folder without config.json',
    path: () => copyOfMicro(folder => rmSync(join(folder, 'config.json'))),
    says: /config\.json: is missing/,
  },
  {
    what: 'a folder without weights',
    path: () => copyOfMicro(folder => rmSync(join(folder, 'model.safetensors'))),
    says: /model\.safetensors: is missing/,
  },
  {
    what: 'a folder without tokenizer.json',
    path: () => copyOfMicro(folder => rmSync(join(folder, 'tokenizer.json'))),
    says: /tokenizer\.json: is missing/,
  },
  { what: 'weights given instead of their folder', path: () => join(here, 'micro', 'model.safetensors'), says: /give the folder/ },
  {
    what: 'a file of no known kind',
    path: () => join(here, 'micro', 'config.json'),
    says: /a Hugging Face folder or a \.gguf file is needed/,
  },
  {
    what: 'weights cut in the middle',
    path: () => copyOfMicro(folder => truncateSync(join(folder, 'model.safetensors'), 20000)),
    says: /truncated/,
  },
  { what: 'tensors that overlap', path: () => withDamaged('overlapping-offsets.safetensors', 'model.safetensors'), says: /an overlap/ },
  { what: 'a GGUF block whose scale is NaN', path: () => join(here, 'damaged', 'nan-scale.gguf'), says: /up_proj\.weight holds NaN/ },
  { what: 'a GGUF header that ends early', path: () => join(here, 'damaged', 'truncated-header.gguf'), says: /19 bytes: too short/ },
  { what: 'GGUF metadata that ends early', path: () => join(here, 'damaged', 'truncated-metadata.gguf'), says: /tokenizer\.ggml\.tokens/ },
  {
    what: 'another architecture',
    path: () => withDamaged('config-architecture'),
    says: /model_type "gpt_neox" is not supported; accepted: llama, mistral, qwen2, qwen3/,
  },
  { what: 'another activation', path: () => withDamaged('config-activation'), says: /hidden_act "relu2" is not supported; accepted: silu/ },
  { what: 'another RoPE', path: () => withDamaged('config-rope-type'), says: /rope_scaling .*longrope.* is not supported/ },
  { what: 'heads that cannot be grouped', path: () => withDamaged('config-heads-indivisible'), says: /3 attention heads cannot share 2/ },
  { what: 'quantised weights', path: () => withDamaged('config-quantised'), says: /quantization_config .*gptq/ },
  { what: 'a config.json that is no JSON', path: () => withDamaged('config-not-json'), says: /config\.json: is not valid JSON/ },
  {
    what: 'another kind of tokenizer',
    path: () => withDamaged('tokenizer-model-kind'),
    says: /tokenizer\.json: .*"Unigram".*accepted: BPE/,
  },
  {
    what: 'a chat template that does not parse',
    path: () => withDamaged('template-error'),
    says: /tokenizer_config\.json: the chat template does not parse/,
  },
  {
    what: 'an index with a shard that is not there',
    path: () => withoutWeights('index-missing-shard'),
    says: /model-00001-of-00002\.safetensors: is missing/,
  },
  {
    what: 'an index that leads out of its folder',
    path: () => withoutWeights('index-path-traversal'),
    says: /index\.json: puts .*\.\.\/micro/,
  },
];

for (const { what, path, says } of damaged) test(`${what} is refused in one line that names the file`, () => assertRefused(path(), says));

/** A damaged folder laid over the micro model, or a damaged file put in place of `name`. */
function withDamaged(item: string, name = '.'): string {
  return copyOfMicro(folder => cpSync(join(here, 'damaged', item), join(folder, name), { recursive: true }));
}

function withoutWeights(item: string): string {
  const folder = withDamaged(item);
  rmSync(join(folder, 'model.safetensors'));
  return folder;
}

/** Renames a tensor in the header; the new name may be shorter or longer. */
function renameTensor(folder: string, from: string, to: string): void {
  const path = join(folder, 'model.safetensors');
  const bytes = readFileSync(path);
  const length = Number(bytes.readBigUInt64LE());
  const header = Buffer.from(bytes.toString('utf8', 8, 8 + length).replace(from, to));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(header.length));
  writeFileSync(path, Buffer.concat([size, header, bytes.subarray(8 + length)]));
}

test('a tensor called __proto__ pollutes nothing', async () => {
  await assertRefused(
    copyOfMicro(folder => renameTensor(folder, 'model.norm.weight', '__proto__')),
    /model\.norm\.weight is missing/,
  );
  assert.equal(Reflect.get({}, 'shape'), undefined);
});

interface Case {
  readonly file: string;
  readonly ok: boolean;
  readonly what: string;
  readonly removes?: readonly string[];
}

/** Where a case of the shared manifest lies once its recipe ("how") is followed. */
function prepare(root: string, { file, removes = [] }: Case): string {
  if (file.startsWith('corrupt/gguf/')) return join(root, file);
  return copyOfMicro(folder => {
    for (const name of removes) rmSync(join(folder, name));
    const target = file.endsWith('.safetensors') ? join(folder, 'model.safetensors') : folder;
    if (existsSync(join(root, file))) cpSync(join(root, file), target, { recursive: true, force: true });
  });
}

const root = shared === undefined ? null : join(shared, 'fixtures', 'engine');
const cases: readonly Case[] = root === null ? [] : JSON.parse(readFileSync(join(root, 'corrupt', 'manifest.json'), 'utf8')).cases;

// What the message must name where another fault of the same file could hide it.
const says: Readonly<Record<string, RegExp>> = {
  'gguf/bad-magic.gguf': /does not begin with GGUF/,
  'gguf/version-1.gguf': /version 1/,
  'gguf/big-endian.gguf': /big-endian/,
  'gguf/tensor-offset-beyond.gguf': /output_norm\.weight ends at/,
  'gguf/tensor-offset-overlap.gguf': /shares bytes/,
  'gguf/count-tensors-absurd.gguf': /number of tensors/,
  'gguf/count-metadata-absurd.gguf': /number of metadata keys/,
  'gguf/metadata-type-unknown.gguf': /unknown type 99/,
  'gguf/tensor-type-unknown.gguf': /ffn_up\.weight is stored as type 999/,
  'gguf/dims-too-many.gguf': /9 dimensions/,
  'gguf/row-not-whole-blocks.gguf': /rows of 16/,
  'gguf/duplicate-tensor.gguf': /output_norm\.weight occurs twice/,
  'gguf/duplicate-key.gguf': /"llama\.block_count" twice/,
  'gguf/missing-tensor.gguf': /v_proj\.weight is missing/,
  'gguf/missing-key.gguf': /llama\.attention\.head_count is missing/,
  'gguf/layers-absurd.gguf': /block_count is 2147483648/,
  'gguf/alignment-zero.gguf': /alignment is 0/,
  'gguf/architecture-unknown.gguf': /architecture gpt2/,
  'gguf/merge-unknown-token.gguf': /merge "zq xj"/,
  'gguf/nan.gguf': /model\.norm\.weight holds NaN/,
  'gguf/nan-scale.gguf': /up_proj\.weight holds NaN/,
  'safetensors/header-length-too-big.safetensors': /header's length/,
  'safetensors/header-length-zero.safetensors': /header's length/,
  'safetensors/header-not-json.safetensors': /not valid JSON/,
  'safetensors/trailing-bytes.safetensors': /bytes too many/,
  'safetensors/hole.safetensors': /a hole/,
  'safetensors/overlapping-offsets.safetensors': /an overlap/,
  'safetensors/dtype-unknown.safetensors': /"F12"/,
  'safetensors/dtype-unsupported.safetensors': /up_proj\.weight is stored as I16/,
  'safetensors/shape-wrong-for-config.safetensors': /up_proj\.weight has shape \[16, 64\]/,
  'safetensors/duplicate-keys.safetensors': /up_proj\.weight" twice/,
  'safetensors/key-proto.safetensors': /up_proj\.weight is missing/,
  'safetensors/missing-tensor.safetensors': /model\.norm\.weight is missing/,
  'safetensors/nan.safetensors': /up_proj\.weight holds NaN/,
};

test('the shared manifest of damaged files has its 67 cases', { skip: root === null && 'REST_EM_SHARED is not set' }, () => {
  assert.equal(cases.length, 67);
});

for (const item of cases) {
  test(`${item.file}: ${item.what}`, async () => {
    const path = prepare(root!, item);
    if (item.ok) assert.equal(await readWhole(path), 14944);
    else await assertRefused(path, says[item.file.replace('corrupt/', '')] ?? /./);
  });
}

test('an empty folder is refused for its missing config.json', async () => {
  const folder = join(scratch, 'empty');
  mkdirSync(folder);
  await assertRefused(folder, /config\.json: is missing/);
});

const skip = root === null && 'REST_EM_SHARED is not set';
const models = {
  'llama-tied': 113216,
  'llama-untied': 164160,
  'llama-bf16': 203232,
  'llama-sharded': 136000,
  'llama3-rope': 102336,
  qwen2: 102976,
  qwen3: 75072,
};

for (const [name, count] of Object.entries(models)) {
  test(`${name} loads whole, whichever version of transformers wrote its config.json`, { skip }, async () => {
    const path = join(root!, 'models', name);
    assert.equal(await readWhole(path), count);
    const source = await openModel(path);
    assert.equal(source.config.ropeTheta, { 'llama-bf16': 100000, 'llama3-rope': 500000, qwen2: 1e6, qwen3: 1e6 }[name] ?? 10000);
    await source.close();
  });
}
