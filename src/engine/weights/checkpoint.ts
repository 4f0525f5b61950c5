// Writes a model as a Hugging Face folder that transformers (and openModel) loads: config.json, generation_config.json, tokenizer files,
// model.safetensors. Every file is synced, then the folder; the same model gives the same bytes. The folder must be new: the caller writes to a
// temporary name and renames it, which makes the checkpoint appear whole or not at all.
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../../errors.ts';
import { type ModelConfig, weightShapes } from '../architecture.ts';
import { makeTokenizer } from '../tokenizer/hugging-face.ts';
import { formatConfig, formatJson } from './config-json.ts';
import { tokenizerFiles } from './folder.ts';
import { parseObject } from './json.ts';
import { type NamedTensors, type StoredType, writeSafetensors } from './safetensors-write.ts';

export interface Checkpoint {
  readonly config: ModelConfig;
  /** As in ModelSource; tokenizer.json must be among them. */
  readonly sidecars: ReadonlyMap<string, string>;
  /** Every weight once, in any order. */
  readonly tensors: NamedTensors;
  readonly dtype: StoredType;
}

/** Writes and syncs a new folder `dir`. Throws EngineError when it exists, when a tensor is missing or not finite, when the disk fails. */
export async function writeCheckpoint(dir: string, { config, sidecars, tensors, dtype }: Checkpoint): Promise<void> {
  const texts = checkpointTexts(dir, config, sidecars, dtype);
  await writeNewFolder(dir, texts, path => writeSafetensors(join(path, 'model.safetensors'), weightShapes(config), tensors, dtype));
}

/** Makes a folder of some texts and what `writeWeights` puts beside them, all synced. Throws EngineError. */
export async function writeNewFolder(
  dir: string,
  texts: ReadonlyMap<string, string>,
  writeWeights: (dir: string) => Promise<void>,
): Promise<void> {
  try {
    await mkdir(dir);
    for (const [name, text] of texts) await writeSynced(join(dir, name), text);
    await writeWeights(dir);
    await syncFolder(dir);
  } catch (cause) {
    throw cause instanceof EngineError ? cause : new EngineError(`cannot write the checkpoint ${dir}`, { cause });
  }
}

function checkpointTexts(
  dir: string,
  config: ModelConfig,
  sidecars: ReadonlyMap<string, string>,
  dtype: StoredType,
): ReadonlyMap<string, string> {
  const base = parseObject(join(dir, 'config.json'), sidecars.get('config.json') ?? '{}');
  const tokenizer = makeTokenizer({ ...tokenizerFiles(dir, sidecars), config }); // refuses before a byte is written
  const ids = { bos_token_id: tokenizer.bosId, eos_token_id: tokenizer.eosIds };
  const texts = new Map(sidecars);
  texts.set('config.json', formatConfig(config, dtype, { ...ids, ...base }));
  if (!texts.has('generation_config.json')) texts.set('generation_config.json', formatJson(ids));
  return texts;
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the names in a folder durable. Windows cannot open folders; there the rename that follows must do. */
async function syncFolder(dir: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
