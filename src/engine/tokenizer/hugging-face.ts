// The Tokenizer over tokenizer.json and its companions: encoder.ts encodes, decoders.ts decodes, chat-template.ts renders.
// Special tokens inside a text become those tokens, as the library does by default: a user's `<|im_end|>` ends the turn. We keep that, because
// templates are rendered to text and then encoded; whoever puts strangers' text into prompts must clean it first.

import { ModelError } from '../../errors.ts';
import type { ModelConfig } from '../architecture.ts';
import { makeChatTemplate, type RenderChat } from './chat-template.ts';
import { makeDecoder } from './decoders.ts';
import { knownIds, makeEncoder } from './encoder.ts';
import { findSpecialIds, specialTokenTexts } from './special-tokens.ts';
import type { Tokenizer } from './tokenizer.ts';

type Json = Readonly<Record<string, unknown>>;

export interface TokenizerFiles {
  /** Where a part came from, for messages: tokenizer.json → a file of the folder, or the GGUF file that holds all parts. */
  readonly fileOf: (part: string) => string;
  readonly tokenizerJson: Json;
  readonly tokenizerConfig: Json | null;
  readonly generationConfig: Json | null;
  /** config.json: its eos_token_id counts where generation_config.json names none. */
  readonly configJson: Json | null;
  /** Text of chat_template.jinja; wins over the one in tokenizer_config.json. */
  readonly chatTemplate: string | null;
  /** The model: ids beyond its vocabulary are refused when they appear. Null: a tokenizer by itself. */
  readonly config: Pick<ModelConfig, 'vocab'> | null;
}

/** Throws ModelError: a tokenizer kind that is not supported, a damaged file, a template that does not parse. */
export function makeTokenizer(files: TokenizerFiles): Tokenizer {
  const file = files.fileOf('tokenizer.json');
  const encoder = makeEncoder(file, files.tokenizerJson, files.tokenizerConfig ?? {});
  const texts = specialTokenTexts(files.tokenizerConfig);
  const { bosId, eosIds } = findSpecialIds(files.fileOf('tokenizer_config.json'), token => encoder.token_to_id(token), texts, files);
  const render = findTemplate(files, texts);
  const decodeTokens = makeDecoder(file, files.tokenizerJson.decoder);
  const special = new Set([...encoder.get_added_tokens_decoder()].filter(([, token]) => token.special).map(([id]) => id));
  let vocabSize = 0; // a loop: 128,000 arguments are too many for Math.max
  for (const id of encoder.get_vocab().values()) vocabSize = Math.max(vocabSize, id + 1);
  return {
    vocabSize,
    bosId,
    eosIds,
    endId: eosIds.find(id => id < (files.config?.vocab ?? vocabSize)) ?? eosIds[0]!,
    encode: (text, { addSpecial = false } = {}) =>
      knownIds(file, encoder.encode(text, { add_special_tokens: addSpecial }).ids, files.config?.vocab ?? vocabSize),
    decode: (ids, { skipSpecial = false } = {}) => {
      const tokens = ids.flatMap(id => (skipSpecial && special.has(id) ? [] : (encoder.id_to_token(id) ?? []))); // ids without a token: nothing
      return decodeTokens(tokens);
    },
    hasChatTemplate: render !== null,
    renderChat: (messages, options) => {
      if (render === null) throw new ModelError(files.fileOf('tokenizer_config.json'), 'has no chat template: prompts must be plain text');
      return render(messages, options);
    },
  };
}

/** chat_template: a text, or a list of named ones, of which `default` counts. */
function findTemplate(files: TokenizerFiles, texts: Readonly<Record<string, string>>): RenderChat | null {
  if (files.chatTemplate !== null) return makeChatTemplate(files.fileOf('chat_template.jinja'), files.chatTemplate, texts);
  const given: unknown = files.tokenizerConfig?.chat_template;
  const named = Array.isArray(given) ? given.find(entry => entry?.name === 'default')?.template : given;
  return typeof named === 'string' ? makeChatTemplate(files.fileOf('tokenizer_config.json'), named, texts) : null;
}
