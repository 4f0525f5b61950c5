// MODEL on a command line: a Hugging Face folder, a GGUF file, a checkpoint of a run, for which the folder of its iteration does too, or hf:owner/name,
// a model of the Hub that was pulled.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hubModelPath, isHubModel } from '../data/models.ts';
import { ModelError } from '../errors.ts';
import type { Context } from './command.ts';
import { hubCacheOf } from './hub.ts';

/** What tells a folder with a model, or with an adapter. */
const MODEL_FILES = ['config.json', 'adapter_config.json'];

/** The path to open. Throws ModelError for a whole run, naming its checkpoints, ConfigError for a model that was not pulled. */
export async function modelPath(argument: string, context: Pick<Context, 'cwd' | 'env'>): Promise<string> {
  const { cwd } = context;
  if (isHubModel(argument)) return hubModelPath(argument, hubCacheOf(context));
  const path = resolve(cwd, argument);
  const checkpoint = join(path, 'checkpoint');
  if (MODEL_FILES.some(name => existsSync(join(checkpoint, name)))) return checkpoint;
  if (!existsSync(join(path, 'events.jsonl'))) return path;
  const entries = await readdir(path);
  const policies = entries.filter(name => existsSync(join(path, name, 'checkpoint')));
  throw new ModelError(argument, `is a whole run; name one of its policies: ${policies.sort().join(', ') || 'it has none yet'}`);
}
