// An adapter in PEFT's layout: adapter_config.json and adapter_model.safetensors, whose tensors are called
// base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight, A [rank, in] and B [out, rank]. Read and written here; added to the weights of its
// base elsewhere (adapted.ts).
import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { ModelError } from '../../errors.ts';
import { type ModelConfig, weightShapes } from '../architecture.ts';
import type { LowRank } from '../lora/merge.ts';
import { readText, readTextIfThere } from './files.ts';
import { parseObjectStrictly } from './json.ts';
import { type PeftConfig, parsePeftConfig } from './peft-config.ts';
import { openSafetensors, type SafetensorsFile, weightTypes } from './safetensors.ts';
import type { SourceAdapter } from './source.ts';
import { checkFinite } from './tensors.ts';

export const ADAPTER_CONFIG = 'adapter_config.json';
export const ADAPTER_WEIGHTS = 'adapter_model.safetensors';

export interface AdapterFolder {
  readonly path: string;
  readonly config: PeftConfig;
  /** Where its base lies. */
  readonly basePath: string;
  readonly file: SafetensorsFile;
}

/** Whether a folder holds an adapter. */
export const isAdapter = async (path: string): Promise<boolean> =>
  (await readTextIfThere(join(path, ADAPTER_CONFIG)).catch(() => null)) !== null;

/** Where the base of an adapter lies; null for a path that is no adapter. Throws ModelError. */
export async function baseOf(path: string): Promise<string | null> {
  if (!(await isAdapter(path))) return null;
  const { basePath, file } = await openAdapter(path);
  await file.close();
  return basePath;
}

/** Opens an adapter far enough to know its base; the caller closes `file`. Throws ModelError. */
export async function openAdapter(path: string): Promise<AdapterFolder> {
  const configFile = join(path, ADAPTER_CONFIG);
  const config = parsePeftConfig(configFile, parseObjectStrictly(configFile, await readText(configFile)));
  const basePath = await findBase(path, config.base);
  return { path, config, basePath, file: await openSafetensors(join(path, ADAPTER_WEIGHTS)) };
}

/** The base by its path; a relative one is looked for beside the adapter, in every folder above it, and where the program was started. */
async function findBase(adapter: string, name: string): Promise<string> {
  const places = isAbsolute(name) ? [name] : [...foldersUp(resolve(adapter)).map(folder => join(folder, name)), resolve(name)];
  for (const place of places) if (resolve(place) !== resolve(adapter) && (await isThere(place))) return place;
  throw new ModelError(
    join(adapter, ADAPTER_CONFIG),
    `its base ${name} is not there; write the path of the base model into base_model_name_or_path`,
  );
}

const foldersUp = (path: string): string[] => (dirname(path) === path ? [path] : [path, ...foldersUp(dirname(path))]);

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const TENSOR = /^base_model\.model\.(.+)\.lora_([AB])\.weight$/;
/** The names of a module's tensors in the file. */
export const tensorName = (module: string, which: 'A' | 'B'): string => `base_model.model.${module}.lora_${which}.weight`;

/** The modules that have an adapter, checked against the base. Throws ModelError at a tensor that is unknown, misshapen or alone. */
export function adapterModules({ config, file }: AdapterFolder, model: ModelConfig): SourceAdapter['modules'] {
  const weights = weightShapes(model);
  const modules = new Map<string, { readonly rank: number; readonly scale: number }>();
  for (const [name, { dtype, shape }] of file.tensors) {
    const fail = (what: string) => new ModelError(file.path, `${name} ${what}`);
    const [, module = '', which] = TENSOR.exec(name) ?? [];
    const weight = weights.get(`${module}.weight`);
    if (weight?.length !== 2 || module === 'model.embed_tokens')
      throw fail('is no lora_A or lora_B of a linear layer of the base; nothing else is accepted in an adapter');
    if (!weightTypes.some(type => type === dtype)) throw fail(`is stored as ${dtype}; accepted are ${weightTypes.join(', ')}`);
    const rank = config.rankOf(module);
    const expected = which === 'A' ? [rank, weight[1]!] : [weight[0]!, rank];
    if (shape.join() !== expected.join())
      throw fail(`has shape [${shape.join(', ')}], but the base and the configuration ask for [${expected.join(', ')}]`);
    modules.set(module, { rank, scale: config.scaleOf(module) });
  }
  if (modules.size === 0) throw new ModelError(file.path, 'holds no adapter');
  for (const module of modules.keys())
    for (const which of ['A', 'B'] as const)
      if (!file.tensors.has(tensorName(module, which)))
        throw new ModelError(file.path, `the tensor ${tensorName(module, which)} is missing`);
  return modules;
}

/** One module's pair. Throws ModelError (NaN, truncated). */
export async function readModule({ config, file }: AdapterFolder, module: string): Promise<LowRank> {
  const read = async (which: 'A' | 'B'): Promise<Float32Array> => {
    const values = await file.read(tensorName(module, which));
    checkFinite(file.path, tensorName(module, which), values);
    return values;
  };
  return { a: await read('A'), b: await read('B'), rank: config.rankOf(module), scale: config.scaleOf(module) };
}
