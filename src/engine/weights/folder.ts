// A Hugging Face folder as a ModelSource: config.json, generation_config.json, tokenizer files, and weights in model.safetensors or in shards
// that model.safetensors.index.json names. Everything but the numbers is checked when it opens; a weight is read and checked when asked for.
import { basename, join } from 'node:path';
import { ModelError } from '../../errors.ts';
import type { ModelConfig } from '../architecture.ts';
import { makeTokenizer } from '../tokenizer/hugging-face.ts';
import { parseConfig } from './config-json.ts';
import { readText, readTextIfThere } from './files.ts';
import { isObject, type JsonObject, parseObject, parseObjectStrictly } from './json.ts';
import { openSafetensors, type SafetensorsFile, weightTypes } from './safetensors.ts';
import type { ModelSource } from './source.ts';
import { checkFinite, checkTensors, type TensorEntry } from './tensors.ts';

/** The files that travel with a checkpoint. Only config.json and tokenizer.json must be there. */
export const sidecarNames = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'chat_template.jinja',
] as const;

/** Opens a folder. Throws ModelError naming the file at fault. */
export async function openFolder(path: string): Promise<ModelSource> {
  const known = await openSidecars(path);
  return { path, ...known, ...(await openWeights(path, known.config)) };
}

/** All of a folder but its weights, which need not be there yet. Throws ModelError. */
export async function openSidecars(path: string): Promise<Pick<ModelSource, 'config' | 'tokenizer' | 'sidecars'>> {
  const sidecars = await readSidecars(path);
  const configFile = join(path, 'config.json');
  const config = parseConfig(configFile, parseObject(configFile, sidecars.get('config.json') ?? (await readText(configFile))));
  if (!sidecars.has('tokenizer.json')) throw new ModelError(join(path, 'tokenizer.json'), 'is missing');
  const tokenizer = makeTokenizer({ ...tokenizerFiles(path, sidecars), config });
  return { config, tokenizer, sidecars };
}

/** The files beside the weights, by name. */
export async function readSidecars(path: string): Promise<ReadonlyMap<string, string>> {
  const sidecars = new Map<string, string>();
  for (const name of sidecarNames) {
    const text = await readTextIfThere(join(path, name));
    if (text !== null) sidecars.set(name, text);
  }
  return sidecars;
}

/** The tokenizer's files, parsed; those that are absent are null. */
export function tokenizerFiles(path: string, sidecars: ReadonlyMap<string, string>) {
  const parse = (name: string): JsonObject | null => {
    const text = sidecars.get(name);
    return text === undefined ? null : parseObject(join(path, name), text);
  };
  return {
    fileOf: (part: string) => join(path, part),
    tokenizerJson: parse('tokenizer.json') ?? {},
    tokenizerConfig: parse('tokenizer_config.json'),
    generationConfig: parse('generation_config.json'),
    configJson: parse('config.json'),
    chatTemplate: sidecars.get('chat_template.jinja') ?? null,
  };
}

async function openWeights(path: string, config: ModelConfig): Promise<Pick<ModelSource, 'tensors' | 'read' | 'close'>> {
  const indexFile = join(path, 'model.safetensors.index.json');
  const index = await readTextIfThere(indexFile);
  const single = join(path, 'model.safetensors');
  const places = index === null ? null : parseIndex(indexFile, parseObjectStrictly(indexFile, index));
  const files = await openAll(places === null ? [single] : [...new Set(places.values())].map(name => join(path, name)));
  const close = async () => void (await Promise.all([...files.values()].map(file => file.close())));
  try {
    const owners = places === null ? ownersIn(files.get(single)!) : ownersBy(places, files, path);
    const entries = new Map([...owners].map(([name, file]) => [name, file.tensors.get(name)!] as const));
    checkTensors(places === null ? single : indexFile, config, entries satisfies ReadonlyMap<string, TensorEntry>, weightTypes);
    return { tensors: entries, read: name => readFinite(owners, path, name), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Tensor → file name. A name with a folder in it is refused before anything is opened: an index must not lead out of its folder. */
function parseIndex(file: string, json: JsonObject): ReadonlyMap<string, string> {
  if (!isObject(json.weight_map)) throw new ModelError(file, 'has no weight_map');
  const places = new Map<string, string>();
  for (const [tensor, name] of Object.entries(json.weight_map)) {
    if (typeof name !== 'string' || name !== basename(name) || name.includes('\\') || !name.endsWith('.safetensors')) {
      throw new ModelError(file, `puts ${tensor} into ${JSON.stringify(name)}: not the name of a .safetensors file in the folder`);
    }
    places.set(tensor, name);
  }
  return places;
}

async function openAll(paths: readonly string[]): Promise<ReadonlyMap<string, SafetensorsFile>> {
  const files = new Map<string, SafetensorsFile>();
  try {
    for (const path of paths) files.set(path, await openSafetensors(path));
    return files;
  } catch (error) {
    for (const file of files.values()) await file.close();
    throw error;
  }
}

function ownersIn(file: SafetensorsFile): ReadonlyMap<string, SafetensorsFile> {
  return new Map([...file.tensors.keys()].map(name => [name, file]));
}

function ownersBy(places: ReadonlyMap<string, string>, files: ReadonlyMap<string, SafetensorsFile>, folder: string) {
  const owners = new Map<string, SafetensorsFile>();
  for (const [name, place] of places) {
    const file = files.get(join(folder, place))!;
    if (!file.tensors.has(name)) throw new ModelError(file.path, `the tensor ${name} is missing, though the index puts it here`);
    owners.set(name, file);
  }
  return owners;
}

async function readFinite(owners: ReadonlyMap<string, SafetensorsFile>, path: string, name: string): Promise<Float32Array> {
  const file = owners.get(name);
  if (file === undefined) throw new ModelError(path, `the tensor ${name} is missing`);
  const values = await file.read(name);
  checkFinite(file.path, name, values);
  return values;
}
