// Text → ids by @huggingface/tokenizers, behind the checks that it leaves out: only BPE (what decoder-only models use, and what our references
// cover), and pre-tokenizers mean what the reference means. What the library cannot use is a ModelError, never a crash at the first prompt.
import { Tokenizer as Encoder } from '@huggingface/tokenizers';
import { ModelError } from '../../errors.ts';

type Json = Readonly<Record<string, unknown>>;

/** The library over tokenizer.json and tokenizer_config.json. Throws ModelError naming `file`. */
export function makeEncoder(file: string, tokenizer: Json, config: Json): Encoder {
  const model: Json = typeof tokenizer.model === 'object' && tokenizer.model !== null ? { ...tokenizer.model } : {};
  if (model.type !== 'BPE')
    throw new ModelError(file, `the tokenizer model ${JSON.stringify(model.type) ?? '(none)'} is not supported; accepted: BPE`);
  const absent = { normalizer: null, post_processor: null, decoder: null, added_tokens: [] }; // the library insists on them, the reference does not
  try {
    return new Encoder({ ...absent, ...tokenizer, pre_tokenizer: withUnicodeDigits(tokenizer.pre_tokenizer ?? null) }, config);
  } catch (error) {
    throw new ModelError(file, `cannot be used: ${error instanceof Error ? error.message.replace(/\s+/g, ' ') : String(error)}`);
  }
}

/** The library's Digits means 0-9; the reference's means every Unicode number (½, ٤), which a Split can say. */
function withUnicodeDigits(rule: unknown): unknown {
  if (Array.isArray(rule)) return rule.map(withUnicodeDigits);
  if (typeof rule !== 'object' || rule === null) return rule;
  const { type, individual_digits: isEach, pretokenizers }: Json = { ...rule };
  if (type === 'Sequence') return { ...rule, pretokenizers: withUnicodeDigits(pretokenizers) };
  if (type !== 'Digits') return rule;
  return { type: 'Split', pattern: { Regex: isEach === true ? '\\p{N}' : '\\p{N}+' }, behavior: 'Isolated', invert: false };
}

/** Drops undefined ids (a character that the vocabulary lacks, and no unk), as the reference does. Throws ModelError for an id that the model lacks. */
export function knownIds(file: string, ids: readonly (number | undefined)[], modelVocab: number): number[] {
  const known = ids.filter(id => id !== undefined);
  const beyond = known.find(id => id >= modelVocab);
  if (beyond !== undefined) throw new ModelError(file, `gives the token ${beyond}, but the model has only ${modelVocab} tokens`);
  return known;
}
