// Text while it is being sampled, for stop strings and live output: each id is decoded together with the few before it that are not yet settled,
// so a sample of n tokens costs about 2n decodings of two or three tokens instead of n decodings of up to n. A character whose bytes are
// still coming is held back. For byte-level tokenizers the pieces join to decode(ids) exactly; with byte fallback they can differ where bytes
// that are no text follow whole characters: the text that is kept should be decode(ids).
import type { Tokenizer } from './tokenizer.ts';

export interface TextStream {
  /** The text that this id completes; often its own, sometimes none yet. */
  push(id: number): string;
  /** What was held back: an unfinished character, as U+FFFD. */
  finish(): string;
}

export function createTextStream(tokenizer: Pick<Tokenizer, 'decode'>, options: { readonly skipSpecial?: boolean } = {}): TextStream {
  let ids: number[] = []; // the ids of the last piece, as context for spaces, then those that are not settled
  let settled = 0; // how many of them are context
  const unsettledText = () => tokenizer.decode(ids, options).slice(tokenizer.decode(ids.slice(0, settled), options).length);
  return {
    push: id => {
      ids.push(id);
      const text = unsettledText();
      if (text === '' || text.endsWith('\ufffd')) return '';
      ids = ids.slice(settled);
      settled = ids.length;
      return text;
    },
    finish: unsettledText,
  };
}
