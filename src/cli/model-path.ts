// MODEL on a command line: a Hugging Face folder, a GGUF file, or a checkpoint of a run, for which the folder of its iteration does too.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ModelError } from '../errors.ts';

/** The path to open. Throws ModelError for a whole run, naming its checkpoints. */
export async function modelPath(argument: string, cwd: string): Promise<string> {
  const path = resolve(cwd, argument);
  const checkpoint = join(path, 'checkpoint');
  if (existsSync(join(checkpoint, 'config.json'))) return checkpoint;
  if (!existsSync(join(path, 'events.jsonl'))) return path;
  const entries = await readdir(path);
  const policies = entries.filter(name => existsSync(join(path, name, 'checkpoint')));
  throw new ModelError(argument, `is a whole run; name one of its policies: ${policies.sort().join(', ') || 'it has none yet'}`);
}
