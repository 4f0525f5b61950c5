// GGUF values against what the gguf package dequantises, tokenizers made from metadata against the references of the tokenizers they were made of.
// In a bare clone the micro model stands for both; the rest needs REST_EM_SHARED.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { openModel } from './open.ts';
import type { ModelSource } from './source.ts';

const here = join(import.meta.dirname, 'fixtures');
const shared = process.env.REST_EM_SHARED || undefined;
const skip = shared === undefined && 'REST_EM_SHARED is not set';
const engine = join(shared ?? '', 'fixtures', 'engine');

interface TensorReference {
  readonly hf: string;
  readonly first64?: readonly number[];
  readonly first64HuggingFaceOrder?: readonly number[];
  readonly first16HuggingFaceOrder?: readonly number[];
  readonly sum: number;
  readonly sumSquares: number;
}

async function checkTensor(source: ModelSource, reference: TensorReference): Promise<void> {
  const values = await source.read(reference.hf);
  const first = reference.first64HuggingFaceOrder ?? reference.first16HuggingFaceOrder ?? reference.first64 ?? [];
  assert.deepEqual([...values.subarray(0, first.length)], first.map(Math.fround), reference.hf);
  const total = (f: (x: number) => number) => values.reduce((sum, x) => sum + f(x), 0);
  assert.ok(Math.abs(total(x => x) - reference.sum) <= 1e-9 * total(Math.abs), `${reference.hf} sums to ${total(x => x)}`);
  assert.ok(Math.abs(total(x => x * x) - reference.sumSquares) <= 1e-9 * reference.sumSquares, reference.hf);
}

interface EncodeReference {
  readonly text: string;
  readonly ids: readonly number[];
  readonly idsWithSpecial?: readonly number[];
  readonly decoded: string;
}

function checkEncoding(tokenizer: Tokenizer, { text, ids, idsWithSpecial, decoded }: EncodeReference): void {
  assert.deepEqual(tokenizer.encode(text), ids, JSON.stringify(text));
  if (idsWithSpecial !== undefined) assert.deepEqual(tokenizer.encode(text, { addSpecial: true }), idsWithSpecial, JSON.stringify(text));
  assert.equal(tokenizer.decode(ids), decoded);
}

const readJson = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8'));

test('the micro GGUF model holds the weights of the micro folder, within the rounding of Q8_0', async () => {
  const [folder, gguf] = await Promise.all([openModel(join(here, 'micro')), openModel(join(here, 'micro.gguf'))]);
  for (const name of ['model.embed_tokens.weight', 'model.layers.0.self_attn.q_proj.weight', 'model.layers.0.self_attn.k_proj.weight']) {
    const [exact, rounded] = await Promise.all([folder.read(name), gguf.read(name)]);
    const largest = exact.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    for (const [i, x] of exact.entries()) assert.ok(Math.abs(x - rounded[i]!) <= largest / 250, `${name} at ${i}: ${x} and ${rounded[i]}`);
  }
  await Promise.all([folder.close(), gguf.close()]);
});

const FILES = [
  ...['llama-tied-f32', 'llama-tied-f16', 'llama-tied-q8_0', 'llama-tied-q4_0', 'llama-tied-q4_1', 'llama-untied-f16'],
  ...['llama3-rope-q8_0', 'qwen2-f32', 'qwen2-f16', 'qwen2-q8_0', 'qwen2-q4_0', 'qwen2-q4_1'],
];

for (const name of FILES) {
  test(`${name}.gguf dequantises to the reference, bit for bit, and its tokenizer gives the reference's ids`, { skip }, async () => {
    const reference = readJson(engine, 'gguf', `${name}.json`);
    const source = await openModel(join(engine, 'gguf', `${name}.gguf`));
    assert.ok(reference.tensors[0].first64.length > 0);
    for (const tensor of reference.tensors) if (tensor.hf) await checkTensor(source, tensor);
    for (const row of readJson(engine, reference.sameTokenizerAs).encode) checkEncoding(source.tokenizer, row);
    assert.equal(source.config.tied, name !== 'llama-untied-f16');
    assert.equal(source.config.rmsEpsilon, name.startsWith('qwen') ? 1e-6 : 1e-5);
    await source.close();
  });
}

test("Llama 3's scaling is recognised in a GGUF file's factors", { skip }, async () => {
  const [gguf, folder] = await Promise.all([
    openModel(join(engine, 'gguf/llama3-rope-q8_0.gguf')),
    openModel(join(engine, 'models/llama3-rope')),
  ]);
  assert.deepEqual(gguf.config.scaling, folder.config.scaling);
  assert.deepEqual(folder.config.scaling, { kind: 'llama3', factor: 8, low: 1, high: 4, original: 64 });
  await Promise.all([gguf.close(), folder.close()]);
});

test('SmolLM2 gives the reference ids, prompts and weights', { skip }, async () => {
  const reference = readJson(engine, 'smollm2.json');
  const source = await openModel(join(shared!, 'models', 'smollm2-135m-instruct-q4_1.gguf'));
  for (const row of reference.encode) checkEncoding(source.tokenizer, row);
  for (const { messages, addGenerationPrompt, prompt, promptTokens } of reference.chat) {
    assert.equal(source.tokenizer.renderChat(messages, { addGenerationPrompt }), prompt);
    assert.deepEqual(source.tokenizer.encode(prompt), promptTokens);
  }
  for (const tensor of reference.tensors) if (tensor.hf !== 'model.embed_tokens.weight') await checkTensor(source, tensor);
  assert.deepEqual([source.tokenizer.eosIds, source.tokenizer.endId, source.tokenizer.vocabSize], [[2], 2, 49152]);
  await source.close();
});
