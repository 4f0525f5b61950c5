// The tokenizer as a user loads it: trained here on a small part of the text, read back through the engine's door.
import assert from 'node:assert/strict';
import test from 'node:test';
import { tokenizerOf } from '../make-model.ts';
import { makeWorld } from '../world/mixture.ts';
import { byteSymbols, cut } from './bytes.ts';
import { endToken, fixedTokens, padToken, tokenizerFiles } from './files.ts';
import { applyMerge, trainBpe } from './train-bpe.ts';

const world = makeWorld(1);
const documents = Array.from({ length: 3000 }, (_, i) => world.document(i));
const merges = trainBpe(
  documents.map(d => d.prompt + d.completion),
  510,
);
const files = tokenizerFiles(merges, 512);
const tokenizer = tokenizerOf(files);

test('ids are the special tokens, the bytes and the merges, without gaps', () => {
  assert.equal(fixedTokens, 258);
  assert.equal(tokenizer.vocabSize, 768);
  assert.equal(tokenizer.endId, 0);
  assert.deepEqual(tokenizer.eosIds, [0]);
  assert.equal(tokenizer.bosId, null);
  assert.deepEqual(tokenizer.encode(endToken + padToken), [0, 1]);
  assert.equal(new Set(byteSymbols).size, 256);
});

test('every document comes back to the letter, and so does text nobody trained on', () => {
  for (const { prompt, completion } of documents.slice(0, 400))
    assert.equal(tokenizer.decode(tokenizer.encode(prompt + completion)), prompt + completion);
  for (const text of ['Größe: 3½ m²\t\r\n  "quoted"', '漢字と emoji 😀 ', "it's they'll", '   spaces   ', ''])
    assert.equal(tokenizer.decode(tokenizer.encode(text)), text);
});

test('every digit is a token of its own, and no other token holds one', () => {
  assert.deepEqual(
    tokenizer.encode('120+37=157').map(id => tokenizer.decode([id])),
    [...'120+37=157'],
  );
  for (const merge of merges) assert.doesNotMatch(merge.join(''), /\d/);
});

test('prompt and completion encoded apart are the whole encoded at once', () => {
  for (const { prompt, completion } of documents.slice(0, 600))
    assert.deepEqual([...tokenizer.encode(prompt), ...tokenizer.encode(completion)], tokenizer.encode(prompt + completion), prompt);
});

test('the library cuts and merges as the trainer does', () => {
  for (const { completion } of documents.slice(0, 200)) {
    const ours = cut(completion).flatMap(word => merges.reduce((symbols, merge) => applyMerge(symbols, merge), [...word]));
    const symbols = tokenizer.encode(completion).map(id => [...byteSymbols, ...merges.map(m => m.join(''))][id - 2]);
    assert.deepEqual(symbols, ours);
  }
});

test('the words of the task are single tokens', () => {
  for (const word of [' Answer', ' Tom', ' has', ' pens', ' many', ' First', ' times', ' return'])
    assert.equal(tokenizer.encode(word).length, 1, word);
});

test('the same text gives the same files', () => {
  const texts = documents.slice(0, 300).map(d => d.prompt + d.completion);
  assert.deepEqual(trainBpe(texts, 100), trainBpe(texts, 100));
});

test('merging goes from left to right and never overlaps', () => {
  assert.deepEqual(applyMerge(['a', 'a', 'a'], ['a', 'a']), ['aa', 'a']);
  assert.deepEqual(trainBpe(['ab ab abc'], 1), [['a', 'b']]);
  assert.deepEqual(trainBpe([''], 5), []);
});
