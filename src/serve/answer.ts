// An answer in one piece: the choices of a request, and what they came to in tokens.
import type { Tokenizer } from '../engine/tokenizer/tokenizer.ts';
import type { Ask } from './ask.ts';
import type { Endpoint, Json } from './endpoint.ts';
import type { FinishedChoice } from './generate.ts';
import { promptPlaces, promptText, saidPlaces } from './places.ts';
import type { WordOf } from './words.ts';

/** What every part of an answer begins with. */
export interface Head {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
}

/** A prompt counts once whatever n is; end tokens count, as they were sampled. */
export function usageOf(ask: Ask, choices: readonly FinishedChoice[]) {
  const prompt_tokens = ask.prompts.reduce((n, p) => n + p.ids.length, 0);
  const completion_tokens = choices.reduce((n, c) => n + c.generation.tokens.length, 0);
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}

export interface Spelling {
  readonly tokenizer: Tokenizer;
  readonly wordOf: WordOf;
}

export function answerOf(
  endpoint: Endpoint,
  head: Head,
  ask: Ask,
  choices: readonly FinishedChoice[],
  { tokenizer, wordOf }: Spelling,
): Json {
  const choiceOf = (done: FinishedChoice): Json => {
    const before = ask.echo ? promptText(tokenizer, done) : '';
    const places =
      ask.logprobs === null ? null : [...(ask.echo ? promptPlaces(tokenizer, done) : []), ...saidPlaces(tokenizer, done, before.length)];
    return {
      ...endpoint.choice(done, before + done.generation.text, places, wordOf),
      ...(ask.manner.returnTokenIds && { token_ids: done.generation.tokens, prompt_token_ids: done.prompt.ids }),
    };
  };
  const { id, created, model } = head;
  return { id, object: endpoint.object, created, model, choices: choices.map(choiceOf), usage: usageOf(ask, choices) };
}
