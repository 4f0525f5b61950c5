// Decoder steps as the reference has them (tokenizers 0.2x): Metaspace drops the first token's marks, Strip cuts what it may, none joins by spaces.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeDecoder } from './decoders.ts';

const rows: readonly { readonly what: string; readonly decoder: unknown; readonly tokens: readonly string[]; readonly text: string }[] = [
  { what: 'Metaspace without the first space', decoder: { type: 'Metaspace' }, tokens: ['▁Hey', '▁my', 'self'], text: 'Hey myself' },
  {
    what: 'Metaspace that prepends nothing',
    decoder: { type: 'Metaspace', prepend_scheme: 'never' },
    tokens: ['▁Hey', '▁you'],
    text: ' Hey you',
  },
  { what: 'Strip at both ends', decoder: { type: 'Strip', content: 'H', start: 1, stop: 2 }, tokens: ['HHello', 'HiHHH'], text: 'HelloiH' },
  {
    what: 'Replace of every match',
    decoder: { type: 'Replace', pattern: { String: '_' }, content: '$&' },
    tokens: ['a_b_'],
    text: 'a$&b$&',
  },
  {
    what: 'Replace by a pattern',
    decoder: { type: 'Replace', pattern: { Regex: '[_-]' }, content: ' ' },
    tokens: ['a_b-c'],
    text: 'a b c',
  },
  { what: 'byte tokens that are text', decoder: { type: 'ByteFallback' }, tokens: ['<0xE5>', '<0x8f>', '<0xab>', 'a'], text: '叫a' },
  {
    what: 'byte tokens that are no text',
    decoder: { type: 'ByteFallback' },
    tokens: ['<0xE5>', '<0x8f>', 'a', '<0x61>'],
    text: '\ufffd\ufffdaa',
  },
  { what: 'a token outside the byte alphabet', decoder: { type: 'ByteLevel' }, tokens: ['Ġa', '数 x', 'Ã'], text: ' a数 x\ufffd' },
  { what: 'no decoder', decoder: null, tokens: ['a', 'b'], text: 'a b' },
];

for (const { what, decoder, tokens, text } of rows)
  test(`${what} decodes as the reference does`, () => assert.equal(makeDecoder('tokenizer.json', decoder)(tokens), text));
