// What a file or folder says of itself, whether or not we can compute it: for telling a user what a model is before saying why it does not run.
// It believes what it reads; open.ts is the door that checks.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelError } from '../../errors.ts';
import { openModelFile, readText } from './files.ts';
import { readGgufMetadata } from './gguf-header.ts';
import type { Metadata } from './gguf-metadata.ts';
import { isObject, type JsonObject, parseObject } from './json.ts';
import { beginsAsGguf, openModel } from './open.ts';
import { isAdapter, openAdapter } from './peft.ts';

/** Sizes as they are announced; null where nothing is said. */
export type AnnouncedSizes = Readonly<
  Record<'layers' | 'hidden' | 'heads' | 'kvHeads' | 'headDim' | 'intermediate' | 'vocab' | 'positions', number | null>
>;

export interface Glance {
  readonly format: 'Hugging Face folder' | 'GGUF file' | 'PEFT adapter';
  readonly architecture: string | null;
  readonly sizes: AnnouncedSizes;
  /** How the weights are quantised, as the file calls it; null: they are not. */
  readonly quantisation: string | null;
  /** Of the weights' files. */
  readonly bytes: number;
  readonly tokenizer: string | null;
  readonly hasChatTemplate: boolean;
}

/** Throws ModelError where there is nothing to look at: no such path, no model, a header that cannot be read. */
export async function glanceAt(path: string): Promise<Glance> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) return (await isAdapter(path)) ? glanceAtAdapter(path) : glanceAtFolder(path);
  if (found && (path.endsWith('.gguf') || (await beginsAsGguf(path)))) return glanceAtGguf(path, found.size);
  const source = await openModel(path); // says what is wrong
  await source.close();
  throw new ModelError(path, 'is no model');
}

const folderKeys: Readonly<Record<keyof AnnouncedSizes, string>> = {
  layers: 'num_hidden_layers',
  hidden: 'hidden_size',
  heads: 'num_attention_heads',
  kvHeads: 'num_key_value_heads',
  headDim: 'head_dim',
  intermediate: 'intermediate_size',
  vocab: 'vocab_size',
  positions: 'max_position_embeddings',
};
const ggufKeys: Readonly<Record<keyof AnnouncedSizes, string>> = {
  layers: 'block_count',
  hidden: 'embedding_length',
  heads: 'attention.head_count',
  kvHeads: 'attention.head_count_kv',
  headDim: 'attention.key_length',
  intermediate: 'feed_forward_length',
  vocab: 'vocab_size',
  positions: 'context_length',
};

const sizesBy = (keys: Readonly<Record<keyof AnnouncedSizes, string>>, read: (key: string) => unknown): AnnouncedSizes =>
  Object.fromEntries(
    Object.entries(keys).map(([size, key]) => {
      const value = read(key);
      return [size, typeof value === 'number' ? value : null];
    }),
  ) as AnnouncedSizes;

/** Its base, and its own file besides. */
async function glanceAtAdapter(path: string): Promise<Glance> {
  const { basePath, file } = await openAdapter(path);
  await file.close();
  const base = (await isAdapter(basePath)) ? null : await glanceAt(basePath);
  if (!base) throw new ModelError(path, `has an adapter for its base: ${basePath}`);
  return { ...base, format: 'PEFT adapter', bytes: base.bytes + (await stat(file.path)).size };
}

async function glanceAtFolder(path: string): Promise<Glance> {
  const file = join(path, 'config.json');
  const config = parseObject(file, await readText(file));
  const names = await readdir(path);
  const weights = names.filter(name => /^(model|pytorch_model).*\.(safetensors|bin)$/.test(name));
  const sizes = await Promise.all(weights.map(async name => (await stat(join(path, name)).catch(() => null))?.size ?? 0));
  const object = async (name: string) => (names.includes(name) ? parseObject(join(path, name), await readText(join(path, name))) : {});
  const quantisation = isObject(config.quantization_config) ? config.quantization_config : null;
  return {
    format: 'Hugging Face folder',
    architecture: typeof config.model_type === 'string' ? config.model_type : null,
    sizes: sizesBy(folderKeys, key => config[key]),
    quantisation: quantisation && String(quantisation.quant_method ?? 'of a kind that is not named'),
    bytes: sizes.reduce((a, b) => a + b, 0),
    tokenizer:
      kindOfTokenizer(await object('tokenizer.json')) ?? (names.includes('tokenizer.model') ? 'SentencePiece (tokenizer.model)' : null),
    hasChatTemplate: names.includes('chat_template.jinja') || 'chat_template' in (await object('tokenizer_config.json')),
  };
}

/** BPE over bytes, BPE over characters with bytes to fall back on (as SentencePiece makes them), or what else tokenizer.json names. */
export function kindOfTokenizer(json: JsonObject): string | null {
  if (!isObject(json.model)) return null;
  const { type, byte_fallback: hasBytes } = json.model;
  if (type !== 'BPE') return type === undefined ? null : String(type);
  return hasBytes === true
    ? 'BPE with byte fallback'
    : /"ByteLevel"/.test(JSON.stringify(json.pre_tokenizer ?? null))
      ? 'byte-level BPE'
      : 'BPE';
}

async function glanceAtGguf(path: string, bytes: number): Promise<Glance> {
  const file = await openModelFile(path);
  try {
    const metadata = readGgufMetadata(file);
    const architecture = metadata.string('general.architecture') ?? null;
    const number = (key: string) => numberOf(metadata, key);
    const sizes = sizesBy(ggufKeys, key => number(`${architecture}.${key}`));
    const tokens = metadata.keys.includes('tokenizer.ggml.tokens') ? (metadata.strings('tokenizer.ggml.tokens')?.length ?? null) : null;
    const type = number('general.file_type');
    const tokenizer = metadata.string('tokenizer.ggml.model');
    return {
      format: 'GGUF file',
      architecture,
      sizes: { ...sizes, vocab: sizes.vocab ?? tokens },
      quantisation: type === null ? null : type in fileTypes ? fileTypes[type]! : `file type ${type}`,
      bytes,
      tokenizer:
        tokenizer === undefined ? null : [tokenizer, metadata.string('tokenizer.ggml.pre')].filter(part => part !== undefined).join(', '),
      hasChatTemplate: metadata.keys.includes('tokenizer.chat_template'),
    };
  } finally {
    await file.close();
  }
}

/** A number, where the key has one: some files have lists, one entry a layer. */
function numberOf(metadata: Metadata, key: string): number | null {
  try {
    return metadata.number(key) ?? null;
  } catch (error) {
    if (error instanceof ModelError) return null;
    throw error;
  }
}

/** llama.cpp's names for what most of a file's matrices are stored as. */
const fileTypes: Readonly<Record<number, string | null>> = {
  0: null,
  1: null,
  2: 'Q4_0',
  3: 'Q4_1',
  7: 'Q8_0',
  8: 'Q5_0',
  9: 'Q5_1',
  10: 'Q2_K',
  11: 'Q3_K_S',
  12: 'Q3_K_M',
  13: 'Q3_K_L',
  14: 'Q4_K_S',
  15: 'Q4_K_M',
  16: 'Q5_K_S',
  17: 'Q5_K_M',
  18: 'Q6_K',
  32: null,
};
