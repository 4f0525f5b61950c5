// tokenizer.json → GGUF's tokenizer metadata: the way back of gguf-tokenizer.ts, for the two kinds that it reads. GGUF keeps of a byte-level BPE
// the name of its pre-tokenizer, of a SentencePiece BPE scores instead of merges; what has no such name, or would merge otherwise, is refused, because
// llama.cpp would read other ids without any error. The result is read back and compared on texts.
import { ModelError } from '../../errors.ts';
import { makeTokenizer } from '../tokenizer/hugging-face.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { metadataOf } from './gguf-metadata.ts';
import { preTokenizers } from './gguf-pretokenizers.ts';
import { ggml, ggufTokenizer, tokenType } from './gguf-tokenizer.ts';
import type { MetadataValue } from './gguf-write.ts';
import { isObject, type JsonObject } from './json.ts';

export interface VocabularyInput {
  /** For messages. */
  readonly file: string;
  readonly tokenizer: Tokenizer;
  readonly tokenizerJson: JsonObject;
  readonly tokenizerConfig: JsonObject;
  /** Text of the chat template, if there is one. */
  readonly chatTemplate: string | null;
  /** Rows of the embedding matrix. */
  readonly vocab: number;
}

type Entries = [key: string, value: MetadataValue][];
type Merge = readonly [string, string];

const strings = (value: readonly string[]): MetadataValue => ({ type: 'strings', value });
const string = (value: string): MetadataValue => ({ type: 'string', value });
const bool = (value: boolean): MetadataValue => ({ type: 'bool', value });
const u32 = (value: number): MetadataValue => ({ type: 'u32', value });

/** Throws ModelError where GGUF has no way to say what this tokenizer does. */
export function ggufVocabulary(input: VocabularyInput): ReadonlyMap<string, MetadataValue> {
  const { file, tokenizerJson, tokenizer, vocab, chatTemplate } = input;
  const model = isObject(tokenizerJson.model) ? tokenizerJson.model : {};
  const isByteFallback = model.byte_fallback === true;
  const { tokens, types } = listTokens(tokenizerJson, model, vocab);
  const merges = mergesOf(model);
  const entries: Entries = [
    ...(isByteFallback ? sentencePiece(file, tokenizerJson, tokens, merges) : byteLevel(file, tokenizerJson, model, merges)),
    [`${ggml}tokens`, strings(tokens)],
    [`${ggml}token_type`, { type: 'i32s', value: types }],
    ...specialEntries(input),
    ...(chatTemplate === null ? [] : ([['tokenizer.chat_template', string(chatTemplate)]] as Entries)),
  ];
  const metadata = new Map(entries);
  compare(file, tokenizer, metadata, vocab);
  return metadata;
}

interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
}

const addedTokens = ({ added_tokens: added }: JsonObject): AddedToken[] =>
  (Array.isArray(added) ? added : []).flatMap(t =>
    isObject(t) && typeof t.id === 'number' && typeof t.content === 'string'
      ? [{ id: t.id, content: t.content, special: t.special === true }]
      : [],
  );

const BYTE = /^<0x[0-9A-F]{2}>$/;
const TYPE_OF_BYTES = 6;

/** The token of every row of the embedding; rows without one are named and marked unused. */
function listTokens(
  json: JsonObject,
  model: JsonObject,
  vocab: number,
): { readonly tokens: readonly string[]; readonly types: readonly number[] } {
  const tokens = Array.from({ length: vocab }, (_, id) => `[PAD${id}]`);
  const types = Array.from({ length: vocab }, (): number => tokenType.unused);
  const unknown = model.unk_token;
  for (const [token, id] of Object.entries(isObject(model.vocab) ? model.vocab : {})) {
    if (typeof id !== 'number' || id >= vocab) continue;
    tokens[id] = token;
    types[id] = model.byte_fallback === true && BYTE.test(token) ? TYPE_OF_BYTES : tokenType.normal;
  }
  for (const { id, content, special } of addedTokens(json)) {
    if (id >= vocab) continue;
    tokens[id] = content;
    types[id] = !special ? tokenType.userDefined : content === unknown ? tokenType.unknown : tokenType.control;
  }
  return { tokens, types };
}

const mergesOf = ({ merges }: JsonObject): Merge[] =>
  (Array.isArray(merges) ? merges : []).map(merge => {
    if (Array.isArray(merge)) return [String(merge[0]), String(merge[1])];
    const text = String(merge);
    const at = text.indexOf(' ', 1);
    return [text.slice(0, at), text.slice(at + 1)];
  });

/** What counts of a rule: not whether offsets are trimmed, nor whether a single rule stands in a list. */
function ruleOf(rule: unknown): string {
  const plain = (value: unknown): unknown => {
    if (!isObject(value)) return Array.isArray(value) ? value.map(plain) : value;
    const { type, trim_offsets: _, ...rest } = value;
    const inner = value.pretokenizers;
    if (type === 'Sequence' && Array.isArray(inner) && inner.length === 1) return plain(inner[0]);
    return Object.fromEntries([
      ['type', type],
      ...Object.entries(rest)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, x]) => [key, plain(x)]),
    ]);
  };
  return JSON.stringify(plain(rule ?? null));
}

function byteLevel(file: string, json: JsonObject, model: JsonObject, merges: readonly Merge[]): Entries {
  const ignores = model.ignore_merges === true;
  const found = Object.entries(preTokenizers).find(
    ([, rule]) =>
      ruleOf(rule.preTokenizer) === ruleOf(json.pre_tokenizer) &&
      ruleOf(rule.normalizer) === ruleOf(json.normalizer) &&
      rule.ignoreMerges === ignores,
  );
  if (found === undefined)
    throw new ModelError(file, 'its pre-tokenizer has no name in GGUF that we know: llama.cpp would cut texts otherwise');
  if (merges.some(merge => merge.some(token => token.includes(' '))))
    throw new ModelError(file, 'a merge holds a space, for which GGUF has no form');
  return [
    [`${ggml}model`, string('gpt2')],
    [`${ggml}pre`, string(found[0])],
    [`${ggml}merges`, strings(merges.map(merge => merge.join(' ')))],
  ];
}

/** A piece's score is minus the place of the first merge that makes it, so that the earliest merge is the best union. */
function sentencePiece(file: string, json: JsonObject, tokens: readonly string[], merges: readonly Merge[]): Entries {
  const places = new Map<string, number>();
  for (const [i, merge] of merges.entries()) if (!places.has(merge.join(''))) places.set(merge.join(''), i);
  const rules = isObject(json.normalizer) && Array.isArray(json.normalizer.normalizers) ? json.normalizer.normalizers : [json.normalizer];
  const isPrefixed = rules.some(rule => isObject(rule) && rule.type === 'Prepend');
  if (json.pre_tokenizer) throw new ModelError(file, 'a SentencePiece tokenizer with a pre-tokenizer has no form in GGUF that we know');
  return [
    [`${ggml}model`, string('llama')],
    [`${ggml}pre`, string('default')],
    [`${ggml}scores`, { type: 'f32s', value: tokens.map(token => -(places.get(token) ?? merges.length)) }],
    [`${ggml}add_space_prefix`, bool(isPrefixed)],
  ];
}

function specialEntries({ tokenizer, tokenizerConfig, tokenizerJson }: VocabularyInput): Entries {
  const idOf = (role: string): number | undefined => {
    const given = tokenizerConfig[role];
    const content = isObject(given) ? given.content : given;
    return addedTokens(tokenizerJson).find(token => token.content === content)?.id;
  };
  const [second] = tokenizer.eosIds.filter(id => id !== tokenizer.endId);
  const ids: Readonly<Record<string, number | null | undefined>> = {
    bos_token_id: tokenizer.bosId,
    eos_token_id: tokenizer.endId,
    eot_token_id: second,
    unknown_token_id: idOf('unk_token'),
    padding_token_id: idOf('pad_token'),
  };
  const [plain, whole] = [tokenizer.encode('a'), tokenizer.encode('a', { addSpecial: true })];
  return [
    ...Object.entries(ids).flatMap(([key, id]) => (typeof id === 'number' ? ([[`${ggml}${key}`, u32(id)]] as Entries) : [])),
    [`${ggml}add_bos_token`, bool(whole.length > plain.length && whole[0] === tokenizer.bosId)],
    [`${ggml}add_eos_token`, bool(whole.length > plain.length && tokenizer.eosIds.includes(whole.at(-1)!))],
  ];
}

/** Words, numbers, spaces, code, scripts, an emoji: what pre-tokenizers and merges disagree on. */
const TEXTS = [
  'Tom has 12 pens and 3,456 coins.\nHow many, if he loses 78?\n\n  Answer:',
  "it's they'll  WE'RE don’t naïve Ünïcode ﬁne",
  'def f(x):\n\treturn x**2  # 3.14e-5 != 1_000\r\n\r\n',
  '猫が好き привет مرحبا 🐈 ½ ٤٢ \u200b\u00a0end ',
  '<|im_end|></s><|endoftext|> $\\frac{1}{2}$ ((((',
];

function compare(file: string, tokenizer: Tokenizer, metadata: ReadonlyMap<string, MetadataValue>, vocab: number): void {
  const values = new Map([...metadata].map(([key, { value }]) => [key, value]));
  const read = ggufTokenizer(file, metadataOf(file, values));
  const again = makeTokenizer({ ...read, fileOf: () => file, configJson: null, chatTemplate: null, config: { vocab } });
  for (const text of TEXTS)
    for (const addSpecial of [false, true])
      if (tokenizer.encode(text, { addSpecial }).join() !== again.encode(text, { addSpecial }).join())
        throw new ModelError(file, `its tokenizer has no exact form in GGUF: ${JSON.stringify(text.slice(0, 30))} would have other ids`);
}
