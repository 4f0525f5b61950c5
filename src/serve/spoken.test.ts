// What is streamed joins to what is answered at once, whatever the stop strings and wherever characters are cut.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Tokenizer } from '../engine/tokenizer/tokenizer.ts';
import { Spoken } from './spoken.ts';

const END = 999;
/** Every byte is a token. */
const bytes = {
  decode: (ids: readonly number[]) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(ids.filter(id => id < 256))),
  eosIds: [END],
} as unknown as Tokenizer;

const cutAt = (text: string, stops: readonly string[]) =>
  text.slice(0, Math.min(text.length, ...stops.map(s => text.indexOf(s)).filter(i => i >= 0)));

function speak(text: string, stops: readonly string[]): { pieces: string[]; whole: string } {
  const spoken = new Spoken(bytes, stops);
  const pieces: string[] = [];
  let seen: number[] = [];
  for (const byte of [...Buffer.from(text), END]) {
    seen = [...seen, byte];
    pieces.push(spoken.push(byte));
    if (stops.some(s => bytes.decode(seen).includes(s))) break; // here the engine ends the row
  }
  const whole = cutAt(bytes.decode(seen), stops);
  pieces.push(spoken.finish(whole));
  return { pieces, whole };
}

const words = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '😀', '\n', ' '), maxLength: 30 });
const stops = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'é', '😀', '\n'), minLength: 1, maxLength: 4 }), { maxLength: 3 });

test('pieces join to the text that is kept, and none of them has to be taken back', () => {
  fc.assert(
    fc.property(words, stops, (text, list) => {
      const { pieces, whole } = speak(text, list);
      assert.equal(pieces.join(''), whole);
      assert.ok(pieces.every(piece => !piece.includes('\ufffd')));
    }),
  );
});

test('what may begin a stop string waits, and is said when it does not', () => {
  assert.deepEqual(speak('a\nb', ['\n\n']).pieces, ['a', '', '\nb', '', '']);
  assert.deepEqual(speak('ab\n\nc', ['\n\n']).pieces, ['a', 'b', '', '', '']);
});

test('the end token is not spelt, and half a character is said at the end only', () => {
  const spoken = new Spoken(bytes, []);
  assert.deepEqual([spoken.push(0xc3), spoken.push(END), spoken.finish('\ufffd')], ['', '', '\ufffd']);
});
