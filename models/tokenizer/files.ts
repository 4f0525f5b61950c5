// The tokenizer as the files that others load: tokenizer.json (@huggingface/tokenizers, transformers, vLLM) and tokenizer_config.json.
// Ids: the end token, the padding token, the 256 bytes, the merges in order. No BOS: a document begins with its first word.
import { byteSymbols } from './bytes.ts';
import type { Merge } from './train-bpe.ts';

export const endToken = '<|end|>';
export const padToken = '<|pad|>';

const specials = [endToken, padToken] as const;

/** Tokens that are there before any merge. */
export const fixedTokens = specials.length + byteSymbols.length;

const special = (content: string, id: number) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});

const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: true } as const;

function tokenizerJson(merges: readonly Merge[]) {
  const tokens = [...specials, ...byteSymbols, ...merges.map(pair => pair.join(''))];
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specials.map(special),
    normalizer: null,
    pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Digits', individual_digits: true }, byteLevel] },
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: merges.map(pair => pair.join(' ')),
    },
  };
}

const tokenizerConfig = (maxLength: number) => ({
  tokenizer_class: 'PreTrainedTokenizerFast',
  bos_token: null,
  eos_token: endToken,
  pad_token: padToken,
  unk_token: null,
  model_max_length: maxLength,
  clean_up_tokenization_spaces: false,
});

/** File names and their texts. */
export function tokenizerFiles(merges: readonly Merge[], maxLength: number): ReadonlyMap<string, string> {
  const text = (json: unknown) => `${JSON.stringify(json, null, 1)}\n`;
  return new Map([
    ['tokenizer.json', text(tokenizerJson(merges))],
    ['tokenizer_config.json', text(tokenizerConfig(maxLength))],
    ['generation_config.json', text({ eos_token_id: 0, pad_token_id: 1 })],
  ]);
}
