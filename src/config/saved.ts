// config.json of a run: `settings`, from which the same plan can be made again, and what they came to (methods, hashes, version), which is there to
// be read and compared but never read back.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../errors.ts';
import type { Method } from '../methods/method.ts';
import type { Task } from '../tasks/task.ts';
import { isPlain } from './keys.ts';
import { parseSettings } from './parse.ts';
import type { Settings } from './schema.ts';
import { version } from './version.ts';

export interface Outcome {
  readonly method: Method;
  readonly arms: readonly Method[];
  readonly hashes: { readonly model: string; readonly train: string; readonly test: string };
}

/** Plain JSON, undefined left out. A task that is code is named by its file. */
export function savedConfig(settings: Settings, task: Task, file: string | undefined, outcome: Outcome): unknown {
  const isCode = typeof settings.task === 'object' && 'problems' in settings.task;
  const saved = isCode ? { ...settings, task: { kind: 'code', name: task.name, file } } : settings;
  return JSON.parse(JSON.stringify({ settings: saved, ...outcome, rest_em: version }));
}

/** The settings of the run in `dir`, checked by today's schema. Throws ConfigError where there is no run, or one of another version. */
export const readSavedSettings = (dir: string): Settings => parseSettings(findRun(dir));

/** What the run in `dir` was set to, as it was written. Throws ConfigError where there is no run. */
export function findRun(dir: string): unknown {
  const file = join(dir, 'config.json');
  if (!existsSync(dir)) throw new ConfigError({ field: dir, message: 'there is no such run directory' });
  if (!existsSync(file)) throw new ConfigError({ field: dir, message: 'is no run directory: it holds no config.json' });
  const config = parseOrNull(readFileSync(file, 'utf8'));
  if (!isPlain(config) || !isPlain(config.settings)) {
    throw new ConfigError({ field: dir, message: 'is no run directory: its config.json is not of a run' });
  }
  return config.settings;
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
}
