// Writes an adapter of ours as a PEFT folder: its configuration, its tensors in F32, and the tokenizer, so that whoever takes the folder asks the model
// as it was trained. The weights of the base are not among them: base_model_name_or_path says where they lie.
import { copyFile, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelConfig } from '../architecture.ts';
import { type Adapter, adapterShapes, modulesOf, nameOfA, nameOfB } from '../lora/adapter.ts';
import { writeNewFolder } from './checkpoint.ts';
import { readText } from './files.ts';
import { readSidecars } from './folder.ts';
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS, tensorName } from './peft.ts';
import { formatPeftConfig } from './peft-config.ts';
import { writeSafetensors } from './safetensors-write.ts';

export interface AdapterCheckpoint {
  /** The base's. */
  readonly config: ModelConfig;
  /** As in ModelSource. */
  readonly sidecars: ReadonlyMap<string, string>;
  /** The path of the base. */
  readonly base: string;
  readonly adapter: Adapter;
}

/** What the model is and how it generates is the base's to say. */
const tokenizerOf = (sidecars: ReadonlyMap<string, string>) =>
  [...sidecars].filter(([name]) => name !== 'config.json' && name !== 'generation_config.json');

/** Writes and syncs a new folder `dir`. Throws EngineError when it exists, when a number is not finite, when the disk fails. */
export async function writeAdapter(dir: string, { config, sidecars, base, adapter }: AdapterCheckpoint): Promise<void> {
  const ofTokenizer = tokenizerOf(sidecars);
  const texts = new Map([[ADAPTER_CONFIG, formatPeftConfig(adapter, base)] as const, ...ofTokenizer]);
  const inFile = new Map(
    modulesOf(config, adapter.targets).flatMap(({ name }) => [
      [nameOfA(name), tensorName(name, 'A')] as const,
      [nameOfB(name), tensorName(name, 'B')] as const,
    ]),
  );
  const shapes = new Map(adapterShapes(config, adapter).map(({ name, shape }) => [inFile.get(name)!, shape]));
  const tensors = [...adapter.tensors].map(([name, data]) => [inFile.get(name)!, data] as const);
  await writeNewFolder(dir, texts, path => writeSafetensors(join(path, ADAPTER_WEIGHTS), shapes, tensors, 'F32'));
}

/** Copies an adapter that was opened and read: its configuration, tensors and tokenizer, synced. Throws EngineError when the disk fails. */
export async function copyAdapter(from: string, dir: string): Promise<void> {
  const sidecars = await readSidecars(from);
  const ofTokenizer = tokenizerOf(sidecars);
  const texts = new Map([[ADAPTER_CONFIG, await readText(join(from, ADAPTER_CONFIG))] as const, ...ofTokenizer]);
  await writeNewFolder(dir, texts, async path => {
    const to = join(path, ADAPTER_WEIGHTS);
    await copyFile(join(from, ADAPTER_WEIGHTS), to);
    const file = await open(to, 'r+');
    await file.sync().finally(() => file.close());
  });
}
