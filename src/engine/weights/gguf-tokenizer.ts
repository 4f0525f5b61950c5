// GGUF's tokenizer metadata → the tokenizer.json that Hugging Face would have, as an object. Two kinds: `gpt2` (byte-level BPE with merges) and
// `llama` (SentencePiece BPE: scores instead of merges, bytes as <0xNN>). A SentencePiece merges the pair whose union scores highest, so the
// merges are all splits of all pieces, sorted by the score of the union. Other kinds (wordpiece, unigram) are refused by name.
import { ModelError } from '../../errors.ts';
import { type Metadata, needed } from './gguf-metadata.ts';
import { preTokenizers } from './gguf-pretokenizers.ts';

/** What the tokenizer's keys begin with. */
export const ggml = 'tokenizer.ggml.';
export const tokenType = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5 } as const;

export interface GgufTokenizer {
  readonly tokenizerJson: Readonly<Record<string, unknown>>;
  readonly tokenizerConfig: Readonly<Record<string, unknown>>;
  readonly generationConfig: Readonly<Record<string, unknown>>;
}

interface Vocabulary {
  readonly tokens: readonly string[];
  readonly types: readonly number[];
  /** Without unused places (padding of the matrix). */
  readonly ids: ReadonlyMap<string, number>;
}

/** What one kind contributes to tokenizer.json. */
interface Kind {
  readonly model: object;
  readonly normalizer: object | null;
  readonly preTokenizer: object | null;
  readonly decoder: object;
  readonly addBos: boolean;
}

/** Throws ModelError: unknown kind or pre-tokenizer, missing keys, merges of tokens that do not exist. */
export function ggufTokenizer(file: string, metadata: Metadata): GgufTokenizer {
  const name = needed(file, `${ggml}model`, metadata.string(`${ggml}model`));
  const build = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (build === undefined)
    throw new ModelError(file, `the tokenizer kind ${name} is not supported; accepted: ${Object.keys(kinds).join(', ')}`);
  const vocabulary = readVocabulary(file, metadata);
  const kind = build(file, metadata, vocabulary);
  const special = readSpecial(file, metadata, vocabulary.tokens);
  const tokenizerJson = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens(vocabulary),
    normalizer: kind.normalizer,
    pre_tokenizer: kind.preTokenizer,
    post_processor: postProcessor(
      (metadata.boolean(`${ggml}add_bos_token`) ?? kind.addBos) ? special.bos : undefined,
      metadata.boolean(`${ggml}add_eos_token`) ? special.eos : undefined,
    ),
    decoder: kind.decoder,
    model: kind.model,
  };
  return { tokenizerJson, ...companions(metadata, special) };
}

function readVocabulary(file: string, metadata: Metadata): Vocabulary {
  const tokens = needed(file, `${ggml}tokens`, metadata.strings(`${ggml}tokens`));
  const types = metadata.numbers(`${ggml}token_type`) ?? tokens.map(() => tokenType.normal);
  if (types.length !== tokens.length)
    throw new ModelError(file, `${ggml}token_type has ${types.length} entries for ${tokens.length} tokens`);
  const ids = new Map<string, number>();
  for (const [id, token] of tokens.entries()) {
    if (types[id] === tokenType.unused) continue;
    if (ids.has(token)) throw new ModelError(file, `${ggml}tokens holds ${JSON.stringify(token)} twice (${ids.get(token)} and ${id})`);
    ids.set(token, id);
  }
  return { tokens, types, ids };
}

const kinds: Readonly<Record<string, (file: string, metadata: Metadata, vocabulary: Vocabulary) => Kind>> = {
  gpt2: byteLevelKind,
  llama: sentencePieceKind,
};

function byteLevelKind(file: string, metadata: Metadata, { ids }: Vocabulary): Kind {
  const pre = metadata.string(`${ggml}pre`) ?? 'default';
  const rule = Object.hasOwn(preTokenizers, pre) ? preTokenizers[pre] : undefined;
  if (rule === undefined)
    throw new ModelError(file, `${ggml}pre ${pre} is not supported; accepted: ${Object.keys(preTokenizers).join(', ')}`);
  const merges = needed(file, `${ggml}merges`, metadata.strings(`${ggml}merges`)).map(merge => splitMerge(file, merge, ids));
  return {
    model: bpe(ids, merges, { ignore_merges: rule.ignoreMerges }),
    normalizer: rule.normalizer,
    preTokenizer: rule.preTokenizer,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    addBos: rule.addBos,
  };
}

/** "a b" → [a, b]; the space is never the first character, which may be a token itself. */
function splitMerge(file: string, merge: string, ids: ReadonlyMap<string, number>): readonly [string, string] {
  const at = merge.indexOf(' ', 1);
  const pair = [merge.slice(0, at), merge.slice(at + 1)] as const;
  if (at < 0 || ![...pair, pair.join('')].every(token => ids.has(token))) {
    throw new ModelError(file, `the merge ${JSON.stringify(merge)} names tokens that are not in the vocabulary`);
  }
  return pair;
}

function sentencePieceKind(file: string, metadata: Metadata, vocabulary: Vocabulary): Kind {
  const scores = needed(file, `${ggml}scores`, metadata.numbers(`${ggml}scores`));
  if (scores.length !== vocabulary.tokens.length)
    throw new ModelError(file, `${ggml}scores has ${scores.length} entries for ${vocabulary.tokens.length} tokens`);
  const unknown = vocabulary.tokens[metadata.number(`${ggml}unknown_token_id`) ?? 0];
  const isPrefixed = metadata.boolean(`${ggml}add_space_prefix`) ?? true;
  const spaces = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
  const decoders = [{ type: 'Replace', pattern: { String: '▁' }, content: ' ' }, { type: 'ByteFallback' }, { type: 'Fuse' }];
  return {
    model: bpe(vocabulary.ids, mergesByScore(vocabulary, scores), { unk_token: unknown ?? null, fuse_unk: true, byte_fallback: true }),
    normalizer: { type: 'Sequence', normalizers: isPrefixed ? [{ type: 'Prepend', prepend: '▁' }, spaces] : [spaces] },
    preTokenizer: null,
    decoder: { type: 'Sequence', decoders: isPrefixed ? [...decoders, { type: 'Strip', content: ' ', start: 1, stop: 0 }] : decoders },
    addBos: true,
  };
}

/** Every way to build a piece of two pieces, best union first; equal scores keep the order of the vocabulary. */
function mergesByScore({ tokens, types, ids }: Vocabulary, scores: readonly number[]): (readonly [string, string])[] {
  const isPiece = (token: string) => types[ids.get(token) ?? -1] === tokenType.normal;
  const merges = tokens.flatMap((token, id) => (isPiece(token) ? splitsOf(token).map(pair => ({ pair, score: scores[id]! })) : []));
  return merges
    .filter(({ pair }) => pair.every(isPiece))
    .sort((a, b) => b.score - a.score)
    .map(({ pair }) => pair);
}

function splitsOf(token: string): (readonly [string, string])[] {
  const characters = [...token];
  return characters.slice(1).map((_, i) => [characters.slice(0, i + 1).join(''), characters.slice(i + 1).join('')]);
}

function bpe(ids: ReadonlyMap<string, number>, merges: readonly (readonly [string, string])[], differences: object): object {
  return {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    ...differences,
    vocab: Object.fromEntries(ids),
    merges,
  };
}

/** Control tokens and <unk> are special (dropped on request when decoding), user-defined ones are not; both are found in text before all else. */
function addedTokens({ tokens, types }: Vocabulary): object[] {
  return tokens.flatMap((content, id) => {
    const isSpecial = types[id] === tokenType.control || types[id] === tokenType.unknown;
    if (!isSpecial && types[id] !== tokenType.userDefined) return [];
    return [{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: isSpecial }];
  });
}

interface SpecialToken {
  readonly id: number;
  readonly token: string;
}
type SpecialTokens = Readonly<Partial<Record<'bos' | 'eos' | 'eot' | 'unk' | 'pad', SpecialToken>>>;

const specialKeys = {
  bos: 'bos_token_id',
  eos: 'eos_token_id',
  eot: 'eot_token_id',
  unk: 'unknown_token_id',
  pad: 'padding_token_id',
} as const;

function readSpecial(file: string, metadata: Metadata, tokens: readonly string[]): SpecialTokens {
  const found = Object.entries(specialKeys).flatMap(([role, key]) => {
    const id = metadata.number(`${ggml}${key}`);
    if (id === undefined) return [];
    const token = tokens[id];
    if (token === undefined) throw new ModelError(file, `${ggml}${key} is ${id}, but there are only ${tokens.length} tokens`);
    return [[role, { id, token }] as const];
  });
  return Object.fromEntries(found);
}

function postProcessor(bos: SpecialToken | undefined, eos: SpecialToken | undefined): object {
  const item = (special: SpecialToken | undefined) => (special === undefined ? [] : [{ SpecialToken: { id: special.token, type_id: 0 } }]);
  const single = [...item(bos), { Sequence: { id: 'A', type_id: 0 } }, ...item(eos)];
  const used = [bos, eos].filter(special => special !== undefined);
  return {
    type: 'TemplateProcessing',
    single,
    pair: [...single, { Sequence: { id: 'B', type_id: 1 } }],
    special_tokens: Object.fromEntries(used.map(({ id, token }) => [token, { id: token, ids: [id], tokens: [token] }])),
  };
}

function companions(metadata: Metadata, special: SpecialTokens): Pick<GgufTokenizer, 'tokenizerConfig' | 'generationConfig'> {
  const template = metadata.string('tokenizer.chat_template');
  const roles = (['bos', 'eos', 'unk', 'pad'] as const).flatMap(role =>
    special[role] === undefined ? [] : [[`${role}_token`, special[role].token]],
  );
  const ends = [special.eos, special.eot].flatMap(end => (end === undefined ? [] : [end.id]));
  return {
    tokenizerConfig: {
      ...Object.fromEntries(roles),
      clean_up_tokenization_spaces: false,
      tokenizer_class: 'PreTrainedTokenizerFast',
      ...(template === undefined ? {} : { chat_template: template }),
    },
    generationConfig: {
      ...(special.bos === undefined ? {} : { bos_token_id: special.bos.id }),
      ...(ends.length === 0 ? {} : { eos_token_id: [...new Set(ends)] }),
      ...(special.pad === undefined ? {} : { pad_token_id: special.pad.id }),
    },
  };
}
