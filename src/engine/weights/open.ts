// The one door to a model on disk: a Hugging Face folder (a checkpoint of ours is one), an adapter in PEFT's layout with its base, or a GGUF file.
// Opening checks everything but the numbers themselves, within a second whatever the damage; reading a weight checks its numbers.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelError } from '../../errors.ts';
import { weightShapes } from '../architecture.ts';
import { openAdapted } from './adapted.ts';
import { errorCode, openModelFile } from './files.ts';
import { openFolder } from './folder.ts';
import { openGguf } from './gguf.ts';
import { isAdapter } from './peft.ts';
import type { ModelSource } from './source.ts';

/** Opens a model; the caller closes it. Throws ModelError: one clear line that names the file. */
export async function openModel(path: string): Promise<ModelSource> {
  const found = await stat(path).catch((error: unknown) => {
    throw new ModelError(path, errorCode(error) === 'ENOENT' ? 'there is no such file or folder' : `cannot be read (${errorCode(error)})`);
  });
  if (found.isDirectory()) return (await isAdapter(path)) ? openAdapted(path, openModel) : openFolder(path);
  if (path.endsWith('.gguf') || (await beginsAsGguf(path))) return openGguf(path);
  throw new ModelError(path, `is no model that we can read: a Hugging Face folder or a .gguf file is needed${hint(path)}`);
}

/** Files from caches carry no ending. */
export async function beginsAsGguf(path: string): Promise<boolean> {
  const file = await openModelFile(path);
  try {
    return file.size >= 4 && Buffer.from(await file.read(0, 4)).toString('latin1') === 'GGUF';
  } finally {
    await file.close();
  }
}

function hint(path: string): string {
  return path.endsWith('.safetensors') ? `; give the folder (${join(path, '..')}) instead of the weights file` : '';
}

/** Every weight, in the order of weightShapes, one in memory at a time. Throws ModelError (NaN, truncated). */
export async function* readAll(source: ModelSource): AsyncGenerator<readonly [string, Float32Array]> {
  for (const name of weightShapes(source.config).keys()) yield [name, await source.read(name)];
}
