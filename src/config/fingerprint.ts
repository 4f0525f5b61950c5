// What a run was made from, as hashes: the files of the base model, and every problem with its prompt. They stand in config.json, so a run is
// not taken up again with a model or data set that has changed under the same name.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { baseOf } from '../engine/weights/peft.ts';
import type { Problem, Task } from '../tasks/task.ts';

/** The files of a folder that make the model what it is; a README beside them does not. */
const COUNTS = /\.(safetensors|json|gguf|model|jinja)$/;

async function filesOf(model: string): Promise<string[]> {
  if ((await stat(model)).isFile()) return [model];
  const names = (await readdir(model)).filter(name => COUNTS.test(name)).sort();
  return names.map(name => join(model, name));
}

/** SHA-256 over the model's files in the order of their names; those of its base after them, where it is an adapter. */
export async function hashModel(model: string): Promise<string> {
  const hash = createHash('sha256');
  const base = await baseOf(model);
  const files = [...(await filesOf(model)), ...(base === null ? [] : await filesOf(base))];
  for (const file of files) await pipeline(createReadStream(file), hash, { end: false });
  return hash.digest('hex');
}

/** SHA-256 over the problems of a split and the prompts they are asked with. */
export function hashProblems(task: Task, problems: readonly Problem[]): string {
  const hash = createHash('sha256');
  const { train, sample, hint } = task.prompts;
  for (const problem of problems)
    hash.update(JSON.stringify([problem, train(problem), sample?.(problem) ?? null, ...(hint ? [hint(problem)] : [])]));
  return hash.digest('hex');
}
