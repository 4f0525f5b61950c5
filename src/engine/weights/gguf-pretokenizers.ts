// How a byte-level BPE of GGUF cuts text into words before merging: the file says only a name (tokenizer.ggml.pre), the rule is the reader's.
// A name without a row here is refused: a wrong cut gives other ids without any error. To add one, read the rule in the model's own
// tokenizer.json and check its ids against the reference.
export interface PreTokenizer {
  readonly preTokenizer: object;
  readonly normalizer: object | null;
  /** A word that is in the vocabulary is taken whole, without merging. */
  readonly ignoreMerges: boolean;
  /** Whether BOS is added when the file does not say. */
  readonly addBos: boolean;
}

const byteLevel = (useRegex: boolean) => ({ type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: useRegex });
const split = (regex: string) => ({ type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false });
const sequence = (...pretokenizers: object[]) => ({ type: 'Sequence', pretokenizers });

/** Llama 3's pattern, which takes digits in groups of up to `digits`. */
const words = (digits: string) =>
  split(
    `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
  );

const plain = { normalizer: null, ignoreMerges: false, addBos: false };
const gpt2: PreTokenizer = { ...plain, preTokenizer: byteLevel(true) };
const singleDigits: PreTokenizer = { ...plain, preTokenizer: sequence({ type: 'Digits', individual_digits: true }, byteLevel(true)) };
const llama3: PreTokenizer = { ...plain, ignoreMerges: true, addBos: true, preTokenizer: sequence(words('\\p{N}{1,3}'), byteLevel(false)) };
const qwen2: PreTokenizer = { ...plain, normalizer: { type: 'NFC' }, preTokenizer: sequence(words('\\p{N}'), byteLevel(false)) };
// llama.cpp's own rule for files that name none: punctuation, then words, then digits in threes.
const unnamed: PreTokenizer = {
  ...plain,
  preTokenizer: sequence(
    split('[\\p{P}\\$\\+<=>\\^~\\|]+'),
    split("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)"),
    split('\\p{N}+'),
    split('[0-9][0-9][0-9]'),
    byteLevel(false),
  ),
};

export const preTokenizers: Readonly<Record<string, PreTokenizer>> = {
  default: unnamed,
  'gpt-2': gpt2,
  smollm: singleDigits,
  starcoder: singleDigits,
  'llama-bpe': llama3,
  'llama-v3': llama3,
  llama3,
  qwen2,
};
