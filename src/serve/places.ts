// Tokens of an answer with their log-probabilities and where in the text they begin, and the two forms in which OpenAI's answers list them.

import type { RankedWord } from '../engine/sampling.ts';
import { createTextStream } from '../engine/tokenizer/incremental.ts';
import type { Tokenizer } from '../engine/tokenizer/tokenizer.ts';
import type { Choice, FinishedChoice } from './generate.ts';
import { Spoken } from './spoken.ts';
import { byWord, finite, type WordOf } from './words.ts';

export interface Place {
  readonly id: number;
  /** Null for the first token of a prompt: nothing stands before it. */
  readonly logprob: number | null;
  /** Best first. */
  readonly best: readonly RankedWord[];
  /** Where its text begins in the text of the answer. */
  readonly offset: number;
}

/** The prompt as it is echoed. */
export const promptText = (tokenizer: Tokenizer, { prompt }: Choice): string => prompt.text ?? tokenizer.decode(prompt.ids);

/** Places of an echoed prompt, its log-probabilities from its scores. A BOS that was not in the text takes no room in it. */
export function promptPlaces(tokenizer: Tokenizer, choice: Choice): Place[] {
  const { prompt, scored } = choice;
  const length = promptText(tokenizer, choice).length;
  const stream = createTextStream(tokenizer, { skipSpecial: prompt.text !== null });
  let offset = 0;
  return prompt.ids.map((id, i) => {
    const place = { id, logprob: scored?.logprobs[i - 1] ?? null, best: scored?.best[i - 1] ?? [], offset: Math.min(offset, length) };
    offset += stream.push(id).length;
    return place;
  });
}

/** Places of all sampled tokens, the end token or those behind a stop string's beginning included. `from`: where the completion begins in the text. */
export function saidPlaces(tokenizer: Tokenizer, { tokens, generation }: FinishedChoice, from: number): Place[] {
  const spoken = new Spoken(tokenizer, []);
  return tokens.map(({ token, logprob, best }) => {
    const offset = from + Math.min(spoken.length, generation.text.length);
    spoken.push(token);
    return { id: token, logprob, best, offset };
  });
}

const ownOf = ({ id, logprob }: Place): RankedWord => ({ id, logprob: logprob ?? 0 });

/** For `/v1/completions`. */
export const completionLogprobs = (places: readonly Place[], wordOf: WordOf) => ({
  tokens: places.map(p => wordOf(p.id)),
  token_logprobs: places.map(p => (p.logprob === null ? null : finite(p.logprob))),
  top_logprobs: places.map(p => (p.logprob === null ? null : byWord(p.best, ownOf(p), wordOf))),
  text_offset: places.map(p => p.offset),
});

/** Bytes of a token's text; null where the token is part of a character. */
const bytesOf = (word: string): number[] | null => (word.includes('\ufffd') ? null : [...Buffer.from(word)]);

/** For `/v1/chat/completions`. */
export const chatLogprobs = (places: readonly Place[], wordOf: WordOf) => {
  const shown = ({ id, logprob }: RankedWord) => ({ token: wordOf(id), logprob: finite(logprob), bytes: bytesOf(wordOf(id)) });
  return { content: places.map(p => ({ ...shown(ownOf(p)), top_logprobs: p.best.map(shown) })), refusal: null };
};
