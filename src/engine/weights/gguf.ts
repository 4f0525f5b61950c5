// A GGUF file as a ModelSource: header and metadata are read and checked when it opens, a tensor is dequantised to float32 when asked for, under
// its Hugging Face name and with its rows in Hugging Face's order. The sidecars are made from the metadata, so a checkpoint of a GGUF model is
// a complete folder.
import { ModelError } from '../../errors.ts';
import type { ModelConfig } from '../architecture.ts';
import { weightShapes } from '../architecture.ts';
import { familyOf, ggufLayerNames } from '../families.ts';
import { makeTokenizer } from '../tokenizer/hugging-face.ts';
import { formatConfig, formatJson } from './config-json.ts';
import { encodings, readValues } from './encodings.ts';
import { type ModelFile, openModelFile } from './files.ts';
import { ggufConfig } from './gguf-config.ts';
import { type GgufEntry, readGgufHeader } from './gguf-header.ts';
import { ggufTokenizer } from './gguf-tokenizer.ts';
import type { ModelSource } from './source.ts';
import { checkFinite, checkTensors } from './tensors.ts';

/** Opens a GGUF file. Throws ModelError naming the file and what is wrong. */
export async function openGguf(path: string): Promise<ModelSource> {
  const file = await openModelFile(path);
  try {
    return await openHeader(path, file);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openHeader(path: string, file: ModelFile): Promise<ModelSource> {
  const header = readGgufHeader(file);
  const config = ggufConfig(path, header, await readRopeFactors(file, header.tensors));
  const tensors = byHuggingFaceName(path, config, header.tensors);
  checkTensors(path, config, tensors, Object.keys(encodings));
  const parts = ggufTokenizer(path, header.metadata);
  const tokenizer = makeTokenizer({ fileOf: () => path, ...parts, configJson: null, chatTemplate: null, config });
  const ids = { bos_token_id: tokenizer.bosId, eos_token_id: tokenizer.endId };
  const sidecars = new Map([
    ['config.json', formatConfig(config, 'F32', ids)],
    ['generation_config.json', formatJson(parts.generationConfig)],
    ['tokenizer.json', formatJson(parts.tokenizerJson)],
    ['tokenizer_config.json', formatJson({ ...parts.tokenizerConfig, model_max_length: config.maxPositions })],
  ]);
  return { path, config, tokenizer, sidecars, tensors, read: name => readTensor(file, config, tensors, name), close: () => file.close() };
}

const ROPE_FACTORS = 'rope_freqs.weight';

/** What RoPE's frequencies are divided by, where the file says so. */
async function readRopeFactors(file: ModelFile, tensors: ReadonlyMap<string, GgufEntry>): Promise<readonly number[] | null> {
  const entry = tensors.get(ROPE_FACTORS);
  if (entry === undefined) return null;
  const [count = 1, ...rest] = entry.shape;
  if (rest.length > 0 || count > 4096)
    throw new ModelError(file.path, `${ROPE_FACTORS} has shape [${entry.shape.join(', ')}]; a short vector is needed`);
  const values = await readValues(file, entry.begin, count, encodings[entry.dtype]);
  if (!values.every(value => value > 0 && Number.isFinite(value)))
    throw new ModelError(file.path, `${ROPE_FACTORS} holds a number that is not positive`);
  return [...values];
}

/** The tensors under Hugging Face's names; those that have none there keep GGUF's. */
function byHuggingFaceName(path: string, config: ModelConfig, tensors: ReadonlyMap<string, GgufEntry>): ReadonlyMap<string, GgufEntry> {
  if (config.layers > tensors.size)
    throw new ModelError(path, `block_count is ${config.layers}, but there are only ${tensors.size} tensors`);
  const names = new Map([...weightShapes(config).keys()].map(name => [ggufName(name), name]));
  return new Map([...tensors].map(([name, entry]) => [names.get(name) ?? name, entry]));
}

const outerNames: Readonly<Record<string, string>> = {
  'model.embed_tokens.weight': 'token_embd.weight',
  'model.norm.weight': 'output_norm.weight',
  'lm_head.weight': 'output.weight',
};

/** model.layers.3.mlp.up_proj.weight → blk.3.ffn_up.weight */
export function ggufName(name: string): string {
  const inLayer = /^model\.layers\.(\d+)\.(.+)\.(weight|bias)$/.exec(name);
  if (inLayer === null) return outerNames[name] ?? name;
  return `blk.${inLayer[1]}.${ggufLayerNames[inLayer[2]!]}.${inLayer[3]}`;
}

async function readTensor(
  file: ModelFile,
  config: ModelConfig,
  tensors: ReadonlyMap<string, GgufEntry>,
  name: string,
): Promise<Float32Array> {
  const entry = tensors.get(name);
  if (entry === undefined) throw new ModelError(file.path, `the tensor ${name} is missing`);
  const count = entry.shape.reduce((product, size) => product * size, 1);
  const values = await readValues(file, entry.begin, count, encodings[entry.dtype]);
  checkFinite(file.path, name, values);
  return isInterleaved(config, name) ? moveRows(values, config.headDim, values.length / entry.shape[0]!, true) : values;
}

const isInterleaved = ({ architecture }: ModelConfig, name: string): boolean =>
  /\.self_attn\.[qk]_proj\.(weight|bias)$/.test(name) && familyOf(architecture).gguf.interleavesRows;

/** A weight of Hugging Face with its rows as GGUF has them. */
export const interleaved = (config: ModelConfig, name: string, values: Float32Array): Float32Array =>
  isInterleaved(config, name) ? moveRows(values, config.headDim, name.endsWith('.bias') ? 1 : config.hidden, false) : values;

/** Rows (0, d/2, 1, d/2 + 1, …) of every head → rows (0, 1, 2, …), or (`back` false) the other way round. */
function moveRows(values: Float32Array, headDim: number, rowLength: number, back: boolean): Float32Array {
  const out = new Float32Array(values.length);
  const rows = values.length / rowLength;
  for (let row = 0; row < rows; row++) {
    const inHead = row % headDim;
    const plain = row - inHead + (inHead % 2) * (headDim / 2) + Math.floor(inHead / 2);
    const [from, to] = back ? [row, plain] : [plain, row];
    out.set(values.subarray(from * rowLength, (from + 1) * rowLength), to * rowLength);
  }
  return out;
}
