// A task named by its data set: `task: gsm8k`, or `{ set: math-500, rules: strict-math }`. What the set's columns mean comes from src/data/sets.ts,
// its files from the Hub's cache on this machine, unless the settings name files of their own. No network: what is not here is pulled by
// a command of its own, so that a run never waits for one, nor changes with one; the schema asks for the files that stay missing.
import { pulledFiles } from '../data/pull.ts';
import { DATA_SETS } from '../data/sets.ts';
import { ConfigError } from '../errors.ts';
import { TASKS } from '../tasks/table.ts';
import { isCode, isPlain } from './keys.ts';

/** The task setting with what its data set says filled in; anything else as it stands. Throws ConfigError for a set that is no task. */
export function withPulled(task: unknown, hubCache: string | undefined): unknown {
  if (typeof task === 'string' && !Object.hasOwn(TASKS, task) && Object.hasOwn(DATA_SETS, task)) return filledFrom(task, {}, hubCache);
  const set = isPlain(task) && !isCode(task) ? task.set : undefined;
  return typeof set === 'string' && Object.hasOwn(DATA_SETS, set)
    ? filledFrom(set, task as Readonly<Record<string, unknown>>, hubCache)
    : task;
}

function filledFrom(name: string, { set: _, ...given }: Readonly<Record<string, unknown>>, hubCache: string | undefined): unknown {
  const { task, about, files } = DATA_SETS[name]!;
  if (task === null) throw new ConfigError({ field: 'task', message: `${name} is no task by itself: ${about}` });
  if (given.kind !== undefined && given.kind !== task.kind) throw otherKind(name, String(task.kind), given.kind);
  const settings: Readonly<Record<string, unknown>> = { ...task, ...given };
  const missing = Object.keys(files).filter(file => settings[file] === undefined);
  const pulled = missing.length > 0 && hubCache !== undefined ? pulledFiles(name, hubCache) : {};
  const found = missing.flatMap(file => (pulled[file] ? [[file, fileOrFiles(pulled[file])] as const] : []));
  return { ...settings, ...Object.fromEntries(found) };
}

const otherKind = (name: string, kind: string, came: unknown): ConfigError =>
  new ConfigError({ field: 'task.kind', message: `got ${JSON.stringify(came)}; ${name} is read by ${kind} (leave kind out)` });

const fileOrFiles = (files: readonly string[]): string | readonly string[] => (files.length === 1 ? files[0]! : files);
