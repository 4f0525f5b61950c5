// Tokens as clients read them: the text of each by itself, with the space that it brings, or as an id where texts would hide which token it was.
import type { RankedWord } from '../engine/sampling.ts';
import type { Tokenizer } from '../engine/tokenizer/tokenizer.ts';

export type WordOf = (id: number) => string;

/** Ids that are tried for a token of plain letters, behind which a token shows its space. */
const ANCHORS = 2000;

/** The text of one token; the same text for tokens that are parts of characters. */
export function makeWordOf(tokenizer: Tokenizer): WordOf {
  const anchor = Array.from({ length: Math.min(ANCHORS, tokenizer.vocabSize) }, (_, id) => id).find(id =>
    /^[a-z]+$/i.test(tokenizer.decode([id])),
  );
  const before = anchor === undefined ? [] : [anchor];
  const cut = tokenizer.decode(before).length;
  const known = new Map<number, string>();
  return id => {
    const word = known.get(id) ?? tokenizer.decode([...before, id]).slice(cut);
    known.set(id, word);
    return word;
  };
}

export const idWord: WordOf = id => `token_id:${id}`;

/** JSON has no infinity. */
export const finite = (logprob: number): number => (Number.isFinite(logprob) ? logprob : -9999);

/** The best words and the word itself, each once, best first. Of words that are spelt alike the better one counts. */
export function byWord(words: readonly RankedWord[], own: RankedWord, wordOf: WordOf): Record<string, number> {
  const all: Record<string, number> = {};
  for (const { id, logprob } of [...words, own]) {
    const word = wordOf(id);
    if (!Object.hasOwn(all, word)) Object.defineProperty(all, word, { value: finite(logprob), enumerable: true });
  }
  return all;
}
