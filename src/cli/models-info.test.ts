// What is told of a model without reading its weights, of one that does not run as well; and that a check refuses what opening lets pass.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { modelInfo } from '../config/model-info.ts';
import { ModelError } from '../errors.ts';
import { describeModel } from './model-words.ts';

const FIXTURES = join(import.meta.dirname, '../engine/weights/fixtures');
const TINY = join(import.meta.dirname, '../../models/tiny-s');
const HERE = mkdtempSync(join(tmpdir(), 'rest-em-info-'));
after(() => rmSync(HERE, { recursive: true, force: true }));

let copies = 0;
/** The micro model with another config.json. */
function microWith(changes: object): string {
  const dir = join(HERE, String(copies++));
  cpSync(join(FIXTURES, 'micro'), dir, { recursive: true });
  const config = JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8'));
  writeFileSync(join(dir, 'config.json'), JSON.stringify({ ...config, ...changes }));
  return dir;
}

test('a folder is told of in numbers, without its weights being read', async () => {
  const info = await modelInfo(TINY, { check: false });
  assert.deepEqual(
    [info.format, info.architecture, info.parameters, info.layers, info.hidden, info.heads, info.kv_heads, info.head_dim, info.vocab],
    ['Hugging Face folder', 'llama', 787584, 4, 128, 4, 2, 32, 768],
  );
  assert.deepEqual([info.context, info.rope, info.types], [512, { theta: 10000, scaling: null }, { BF16: 787584 }]);
  assert.deepEqual([info.tokenizer, info.chat_template], [{ kind: 'byte-level BPE', tokens: 768, bos: null, eos: [0] }, false]);
  assert.deepEqual([info.runs, info.why, info.checked, info.quantisation], [true, null, false, null]);
  assert.equal((await modelInfo(TINY, { check: true })).checked, true);
});

test('a GGUF file is told of with its quantisation', async () => {
  const info = await modelInfo(join(FIXTURES, 'micro.gguf'), { check: true });
  assert.deepEqual(
    [info.format, info.parameters, info.quantisation, info.bytes],
    ['GGUF file', 14944, 'Q8_0', readFileSync(join(FIXTURES, 'micro.gguf')).length],
  );
  assert.deepEqual(Object.keys(info.types ?? {}).sort(), ['F32', 'Q8_0']);
  const words = describeModel(info, 60_000);
  assert.match(words, /^is +llama, 14,944 parameters, tied embeddings$/m);
  assert.match(
    words,
    /^memory +59.8 kB of weights to sample \([\d.]+ kB in 4 bits\), 239 kB with what a full fit adds, and caches besides$/m,
  );
  assert.match(describeModel(info, 50_000), /caches besides; 50.0 kB are free: --precision int4 may fit$/m);
});

test('what does not run is told of all the same, with the reason; a check refuses it', async () => {
  for (const [changes, architecture, says] of [
    [{ model_type: 'gpt_neox' }, 'gpt_neox', /model_type "gpt_neox" is not supported/],
    [{ rope_scaling: { rope_type: 'yarn', factor: 4 } }, 'llama', /rope_scaling .*yarn/],
    [{ quantization_config: { quant_method: 'gptq' } }, 'llama', /quantization_config/],
  ] as const) {
    const dir = microWith(changes);
    const info = await modelInfo(dir, { check: false });
    assert.deepEqual([info.runs, info.architecture, info.layers, info.checked], [false, architecture, 1, false]);
    assert.match(info.why ?? '', says);
    assert.match(describeModel(info, 0), /^runs here +no: /m);
    await assert.rejects(modelInfo(dir, { check: true }), (error: unknown) => error instanceof ModelError && says.test(error.message));
  }
  assert.equal((await modelInfo(microWith({ quantization_config: { quant_method: 'gptq' } }), { check: false })).quantisation, 'gptq');
});

test('a number that is none is found by a check alone', async () => {
  const path = join(FIXTURES, 'damaged/nan-scale.gguf');
  assert.equal((await modelInfo(path, { check: false })).runs, true);
  await assert.rejects(modelInfo(path, { check: true }), /up_proj\.weight holds NaN/);
});

test('where there is no model there is nothing to tell', async () => {
  for (const [path, says] of [
    [join(HERE, 'nowhere'), /no such file or folder/],
    [join(FIXTURES, 'micro/tokenizer.json'), /a Hugging Face folder or a \.gguf file is needed/],
    [join(FIXTURES, 'damaged/truncated-header.gguf'), /too short/],
    [HERE, /config\.json: is missing/],
  ] as const)
    await assert.rejects(modelInfo(path, { check: false }), (error: unknown) => error instanceof ModelError && says.test(error.message));
});
