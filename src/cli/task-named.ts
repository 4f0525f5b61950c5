// TASK on a command line, without a model: a task or data set by its name, or a configuration (.ts, .yaml, .json) whose task it is. --set lays
// settings over it, as everywhere: task.train=FILE.
import { extname } from 'node:path';
import type { OpenedTask } from '../config/task.ts';
import type { Context } from './command.ts';
import { hubCacheOf } from './hub.ts';

/** The task, opened; its problems are not read yet. Throws ConfigError. */
export async function openTaskNamed(argument: string, set: readonly string[], context: Context): Promise<OpenedTask> {
  const { laidOver, loadConfig } = await import('../config/load.ts');
  const { parseSettings } = await import('../config/parse.ts');
  const { openTask } = await import('../config/task.ts');
  // The schema wants a model; none is opened here.
  const lay = { cwd: context.cwd, set, also: [{ path: ['model'], value: context.cwd }], hubCache: hubCacheOf(context) };
  const isFile = extname(argument) !== '';
  const { settings } = isFile
    ? await loadConfig(argument, lay)
    : { settings: parseSettings(laidOver({ task: await startOf(argument, set) }, lay)) };
  return openTask(settings.task);
}

/** What --set is laid over: a data set, a kind of task (math, tests), or where nothing is laid over the bare name. */
async function startOf(argument: string, set: readonly string[]): Promise<unknown> {
  const { DATA_SETS } = await import('../data/sets.ts');
  if (!set.some(setting => setting.startsWith('task.'))) return argument;
  return Object.hasOwn(DATA_SETS, argument) ? { set: argument } : { kind: argument };
}
