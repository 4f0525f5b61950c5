// The tokenizer that a few metadata keys make, without a file: SentencePiece scores become merges, byte-level rules go by their name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ModelError } from '../../errors.ts';
import { characterOfByte } from '../tokenizer/decoders.ts';
import { makeTokenizer } from '../tokenizer/hugging-face.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { metadataOf, type Value } from './gguf-metadata.ts';
import { ggufTokenizer } from './gguf-tokenizer.ts';

function build(values: Readonly<Record<string, Value>>): Tokenizer {
  const parts = ggufTokenizer(
    'x.gguf',
    metadataOf('x.gguf', new Map(Object.entries(values).map(([key, value]) => [`tokenizer.ggml.${key}`, value]))),
  );
  return makeTokenizer({ ...parts, fileOf: () => 'x.gguf', configJson: null, chatTemplate: null, config: null });
}

const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
const pieces: readonly (readonly [string, number])[] = [
  ['▁', -9],
  ['a', -9],
  ['b', -9],
  ['c', -9],
  ['ab', -2],
  ['bc', -1],
  ['abc', -3],
  ['▁a', -4],
];
const sentencePiece = {
  model: 'llama',
  tokens: ['<unk>', '<s>', '</s>', ...bytes, ...pieces.map(([piece]) => piece), '<tool>'],
  scores: [0, 0, 0, ...bytes.map(() => 0), ...pieces.map(([, score]) => score), 0],
  token_type: [2, 3, 3, ...bytes.map(() => 6), ...pieces.map(() => 1), 4],
  bos_token_id: 1,
  eos_token_id: 2,
};
const id = (piece: string) => sentencePiece.tokens.indexOf(piece);

test('the pair whose union scores highest is merged first', () => {
  // bc (-1) goes before ab (-2); then a + bc gives abc.
  assert.deepEqual(build(sentencePiece).encode('abc'), ['▁', 'abc'].map(id));
  assert.deepEqual(build(sentencePiece).encode('ab'), ['▁', 'ab'].map(id));
  assert.deepEqual(build(sentencePiece).encode('ac'), ['▁a', 'c'].map(id));
});

test('a SentencePiece tokenizer adds BOS unless the file says otherwise', () => {
  assert.deepEqual(build(sentencePiece).encode('a', { addSpecial: true }), [1, id('▁a')]);
  assert.deepEqual(build({ ...sentencePiece, add_bos_token: false }).encode('a', { addSpecial: true }), [id('▁a')]);
  assert.deepEqual(build({ ...sentencePiece, add_eos_token: true }).encode('a', { addSpecial: true }), [1, id('▁a'), 2]);
});

test('the leading space of SentencePiece comes and goes, unless the file says there is none', () => {
  assert.equal(build(sentencePiece).decode(build(sentencePiece).encode('a b')), 'a b');
  const bare = build({ ...sentencePiece, add_space_prefix: false });
  assert.deepEqual(bare.encode('a'), [id('a')]);
  assert.equal(bare.decode([id('▁'), id('a')]), ' a');
});

test('characters without a piece become bytes, and bytes that are no text become one U+FFFD each', () => {
  const tokenizer = build({ ...sentencePiece, add_space_prefix: false });
  const ids = tokenizer.encode('\ufeffé');
  assert.deepEqual(ids, ['<0xEF>', '<0xBB>', '<0xBF>', '<0xC3>', '<0xA9>'].map(id));
  assert.equal(tokenizer.decode(ids), '\ufeffé');
  assert.equal(tokenizer.decode(ids.slice(0, 4)), '\ufffd'.repeat(4));
});

test('user-defined tokens are found in text and kept when special ones are dropped', () => {
  const tokenizer = build({ ...sentencePiece, add_space_prefix: false });
  assert.deepEqual(tokenizer.encode('a<tool></s>'), [id('a'), id('<tool>'), 2]);
  assert.equal(tokenizer.decode([1, id('a'), id('<tool>'), 2], { skipSpecial: true }), 'a<tool>');
});

const byteLevel = {
  model: 'gpt2',
  tokens: [...characterOfByte, '11', '111', '<end>', '[PAD0]', '[PAD0]'],
  token_type: [...characterOfByte.map(() => 1), 1, 1, 3, 5, 5],
  merges: ['1 1', '11 1'],
  eos_token_id: 258,
  bos_token_id: 258,
};

// How "1111" is cut: whole words, single digits, up to three.
const cuts: readonly { readonly pre: string; readonly ids: readonly number[]; readonly bos: boolean }[] = [
  { pre: 'gpt-2', ids: [256, 256], bos: false },
  { pre: 'smollm', ids: [49, 49, 49, 49], bos: false },
  { pre: 'qwen2', ids: [49, 49, 49, 49], bos: false },
  { pre: 'llama-bpe', ids: [257, 49], bos: true },
  { pre: 'default', ids: [257, 49], bos: false },
];

for (const { pre, ids, bos } of cuts) {
  test(`digits are cut as ${pre} does, ${bos ? 'with' : 'without'} BOS`, () => {
    const tokenizer = build({ ...byteLevel, pre });
    assert.deepEqual(tokenizer.encode('1111'), ids);
    assert.equal(tokenizer.encode('1', { addSpecial: true }).length, bos ? 2 : 1);
    assert.equal(tokenizer.decode(ids), '1111');
  });
}

test('unused places of the vocabulary have no text', () => assert.equal(build({ ...byteLevel, pre: 'gpt-2' }).decode([259, 49]), '1'));

test('both ends that a file names end a text', () => {
  assert.deepEqual(build({ ...byteLevel, pre: 'gpt-2', eot_token_id: 257 }).eosIds, [258, 257]);
});

const refusals: readonly { readonly what: string; readonly values: Readonly<Record<string, Value>>; readonly says: RegExp }[] = [
  { what: 'an unknown kind', values: { ...byteLevel, model: 'bert' }, says: /kind bert is not supported; accepted: gpt2, llama/ },
  { what: 'an unknown pre-tokenizer', values: { ...byteLevel, pre: 'tekken' }, says: /pre tekken is not supported/ },
  {
    what: 'a token that stands twice',
    values: { ...byteLevel, pre: 'gpt-2', token_type: byteLevel.tokens.map(() => 1) },
    says: /"\[PAD0\]" twice/,
  },
  { what: 'a merge without a space', values: { ...byteLevel, pre: 'gpt-2', merges: ['11'] }, says: /the merge "11"/ },
  { what: 'scores that are too few', values: { ...sentencePiece, scores: [1, 2] }, says: /scores has 2 entries/ },
  { what: 'an end of text beyond the vocabulary', values: { ...sentencePiece, eos_token_id: 9999 }, says: /eos_token_id is 9999/ },
  { what: 'tokens that are numbers', values: { ...sentencePiece, tokens: [1, 2] }, says: /tokens is not a list of strings/ },
  { what: 'no end of text', values: { model: 'gpt2', pre: 'gpt-2', tokens: ['a'], merges: [] }, says: /which token ends a text/ },
];

for (const { what, values, says } of refusals) {
  test(`${what} is refused by name`, () =>
    assert.throws(
      () => build(values),
      (error: unknown) => error instanceof ModelError && says.test(error.message),
    ));
}
