// A model as a GGUF file that llama.cpp loads: the way back of gguf.ts. Matrices in the type asked for, vectors in F32, as its own converter does; a
// matrix whose rows are no whole blocks stays F16 where Q8_0 is asked for. What llama.cpp would compute otherwise is refused.
import { ModelError } from '../../errors.ts';
import { type ModelConfig, weightShapes } from '../architecture.ts';
import { familyOf } from '../families.ts';
import { ropeFactors } from '../rope.ts';
import type { StoredAs } from './encoders.ts';
import { tokenizerFiles } from './folder.ts';
import { ggufName, interleaved } from './gguf.ts';
import { ggufVocabulary } from './gguf-vocabulary.ts';
import { type MetadataValue, type TensorPlan, writeGguf } from './gguf-write.ts';
import { isObject } from './json.ts';
import { readAll } from './open.ts';
import type { ModelSource } from './source.ts';

const FILE_TYPES: Readonly<Record<StoredAs, number>> = { F32: 0, F16: 1, Q8_0: 7, BF16: 32 };
const BLOCK = 32;
const ROPE_FACTORS = 'rope_freqs.weight';

export interface GgufOptions {
  readonly type: StoredAs;
  /** general.name */
  readonly name: string;
}

/** Writes a new file. Throws ModelError for a model that GGUF cannot say or llama.cpp would compute otherwise, EngineError when writing fails. */
export async function exportGguf(source: ModelSource, path: string, { type, name }: GgufOptions): Promise<void> {
  const { config } = source;
  refuseUnwritable(source);
  const vocabulary = vocabularyOf(source);
  const plans = new Map<string, TensorPlan>();
  for (const [weight, shape] of weightShapes(config)) plans.set(ggufName(weight), { shape, dtype: storedAs(shape, type) });
  const factors = hasFactors(config) ? Float32Array.from(ropeFactors(config)) : null;
  if (factors !== null) plans.set(ROPE_FACTORS, { shape: [factors.length], dtype: 'F32' });
  async function* tensors(): AsyncGenerator<readonly [string, Float32Array]> {
    for await (const [weight, values] of readAll(source)) yield [ggufName(weight), interleaved(config, weight, values)];
    if (factors !== null) yield [ROPE_FACTORS, factors];
  }
  await writeGguf(path, new Map([...modelEntries(config, type, name), ...vocabulary]), plans, tensors());
}

const storedAs = (shape: readonly number[], type: StoredAs): StoredAs =>
  shape.length < 2 ? 'F32' : type === 'Q8_0' && shape.at(-1)! % BLOCK !== 0 ? 'F16' : type;

const hasFactors = ({ scaling }: ModelConfig): boolean => scaling?.kind === 'llama3' || scaling?.kind === 'factors';

function refuseUnwritable({ path, config }: ModelSource): void {
  const { gguf } = familyOf(config.architecture);
  if (hasFactors(config) && !gguf.hasRopeFactors)
    throw new ModelError(path, `llama.cpp does not scale RoPE as ${config.scaling?.kind} for ${config.architecture}`);
  const strange = (config.biases ?? []).filter(what => !gguf.biases.includes(what));
  if (strange.length > 0)
    throw new ModelError(path, `llama.cpp has no place for the biases (${strange.join(', ')}) of this ${config.architecture}`);
}

/** The keys of the architecture. llama.cpp slides no window for these, so what is announced is what is exact. */
function modelEntries(c: ModelConfig, type: StoredAs, name: string): [string, MetadataValue][] {
  const architecture = familyOf(c.architecture).gguf.name;
  const u32 = (key: string, value: number): [string, MetadataValue] => [`${architecture}.${key}`, { type: 'u32', value }];
  const f32 = (key: string, value: number): [string, MetadataValue] => [`${architecture}.${key}`, { type: 'f32', value }];
  const linear: [string, MetadataValue][] =
    c.scaling?.kind === 'linear'
      ? [[`${architecture}.rope.scaling.type`, { type: 'string', value: 'linear' }], f32('rope.scaling.factor', c.scaling.factor)]
      : [];
  return [
    ['general.architecture', { type: 'string', value: architecture }],
    ['general.type', { type: 'string', value: 'model' }],
    ['general.name', { type: 'string', value: name }],
    ['general.file_type', { type: 'u32', value: FILE_TYPES[type] }],
    ['general.quantization_version', { type: 'u32', value: 2 }],
    u32('block_count', c.layers),
    u32('context_length', c.maxPositions),
    u32('embedding_length', c.hidden),
    u32('feed_forward_length', c.intermediate),
    u32('attention.head_count', c.heads),
    u32('attention.head_count_kv', c.kvHeads),
    u32('attention.key_length', c.headDim),
    u32('attention.value_length', c.headDim),
    u32('rope.dimension_count', c.headDim),
    u32('vocab_size', c.vocab),
    f32('rope.freq_base', c.ropeTheta),
    f32('attention.layer_norm_rms_epsilon', c.rmsEpsilon),
    ...linear,
  ];
}

function vocabularyOf({ path, sidecars, tokenizer, config }: ModelSource): ReadonlyMap<string, MetadataValue> {
  const files = tokenizerFiles(path, sidecars);
  const given = files.tokenizerConfig?.chat_template;
  const named = Array.isArray(given) ? given.find(entry => isObject(entry) && entry.name === 'default')?.template : given;
  return ggufVocabulary({
    file: path,
    tokenizer,
    tokenizerJson: files.tokenizerJson,
    tokenizerConfig: files.tokenizerConfig ?? {},
    chatTemplate: files.chatTemplate ?? (typeof named === 'string' ? named : null),
    vocab: config.vocab,
  });
}
