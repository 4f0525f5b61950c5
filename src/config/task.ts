// The task a configuration asks for: a built-in by name, a file of word problems by its settings, or code (defineTask). Code is the user's:
// it is looked over once here, so that a forgotten field is one clear line and not a stack trace an hour later.
import { DATA_SETS } from '../data/sets.ts';
import { type Complaint, ConfigError } from '../errors.ts';
import { mathTask } from '../tasks/math/task.ts';
import { PROGRAM_KINDS, type ProgramSettings, programTask, TASKS } from '../tasks/table.ts';
import type { Split, Task } from '../tasks/task.ts';
import { wordProblems } from '../tasks/word-problems.ts';
import { show } from './complaints.ts';
import { isPlain, nearestName } from './keys.ts';
import { readConfigFile } from './load.ts';
import type { Settings } from './schema.ts';

type TaskSetting = Settings['task'];

const isText = (value: unknown) => typeof value === 'string' && value !== '';
const isFunction = (value: unknown) => typeof value === 'function';

/** What a task that is code must have. */
const FIELDS: Readonly<Record<string, { readonly accepted: string; readonly isRight: (value: unknown) => boolean }>> = {
  name: { accepted: 'text', isRight: isText },
  problems: { accepted: 'a function from a split to problems', isRight: isFunction },
  prompts: { accepted: '{ train: a function from a problem to a prompt }', isRight: v => isPlain(v) && isFunction(v.train) },
  stop: { accepted: 'a list of texts', isRight: v => Array.isArray(v) && v.every(isText) },
  maxTokens: { accepted: 'a whole number, 1 or more', isRight: v => Number.isInteger(v) && Number(v) >= 1 },
  verify: { accepted: 'a function from a problem and a completion to a verdict', isRight: isFunction },
};

function checkedTask(task: Task): Task {
  const complaints: Complaint[] = Object.entries(FIELDS).flatMap(([field, { accepted, isRight }]) => {
    const value: unknown = Reflect.get(task, field);
    return isRight(value) ? [] : [{ field: `task.${field}`, message: `got ${show(value)}; accepted: ${accepted}` }];
  });
  if (complaints.length > 0) throw new ConfigError(complaints);
  return task;
}

function builtIn(name: string): Task {
  const task = Object.hasOwn(TASKS, name) ? TASKS[name as keyof typeof TASKS] : undefined;
  if (task) return task;
  const names = [...Object.keys(TASKS), ...Object.keys(DATA_SETS).filter(set => DATA_SETS[set]?.task !== null)];
  const near = nearestName(name, names);
  const known = near ? `did you mean ${near}?` : `known: ${names.join(', ')}`;
  throw new ConfigError({ field: 'task', message: `there is no task named ${show(name)}; ${known}` });
}

async function taskOfFile(name: string, file: string): Promise<Task> {
  const config = await readConfigFile(file);
  const task = isPlain(config) ? config.task : undefined;
  if (typeof task === 'object' && task !== null && Reflect.get(task, 'name') === name) return checkedTask(task as Task);
  throw new ConfigError({ field: file, message: `has no task named ${show(name)} any more` });
}

export interface OpenedTask {
  readonly task: Task;
  /** What a reader should know about the rows of a split: those left out, say. */
  notes(split: Split): Promise<readonly string[]>;
}

const isProgram = (setting: { readonly kind: string }): setting is ProgramSettings => Object.hasOwn(PROGRAM_KINDS, setting.kind);

function programs(setting: ProgramSettings): OpenedTask {
  const task = programTask(setting);
  return { task, notes: async split => (await task.notes?.(split)) ?? [] };
}

const silent = (task: Task): OpenedTask => ({ task, notes: async () => [] });

/** Makes the task. Reads no problems yet. Throws ConfigError. */
export async function openTask(setting: TaskSetting): Promise<OpenedTask> {
  if (typeof setting === 'string') return silent(builtIn(setting));
  if ('problems' in setting) return silent(checkedTask(setting));
  if (setting.kind === 'code') return silent(await taskOfFile(setting.name, setting.file));
  if (isProgram(setting)) return programs(setting);
  const task = setting.kind === 'math' ? mathTask(setting) : wordProblems(setting);
  return { task, notes: split => task.notes(split) };
}
