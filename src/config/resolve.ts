// From settings to a Plan: names looked up, the model's door tried, the task's problems and references read, all before any work and with
// all complaints at once. The plan's `config` is plain JSON from which the same plan can be made again (resume, verify).

import { resolve } from 'node:path';
import { type Complaint, ConfigError } from '../errors.ts';
import type { EvaluationSettings, Plan } from '../loop/plan.ts';
import { type ChosenProblems, chooseProblems } from '../loop/problems.ts';
import { type Round, roundsOf } from '../loop/rounds.ts';
import type { Method } from '../methods/method.ts';
import type { Prompt } from '../prompt.ts';
import type { Precision } from '../requests.ts';
import type { Problem, Split, Task } from '../tasks/task.ts';
import { type Device, engineDevice } from './device.ts';
import { hashModel, hashProblems } from './fingerprint.ts';
import { fitTokens } from './fit-tokens.ts';
import { loraComplaints } from './lora.ts';
import { methodsOf } from './method.ts';
import { type InspectedModel, inspectModel, promptComplaints } from './model.ts';
import { defaultKs } from './parse.ts';
import { savedConfig } from './saved.ts';
import type { Settings } from './schema.ts';
import { openTask } from './task.ts';

export interface Resolved {
  readonly plan: Plan;
  /** What the embedded engine is opened with. */
  readonly engine: {
    readonly threads: number;
    readonly rows: number;
    readonly maxTokens: number;
    readonly precision: Precision;
    readonly device: Device;
  };
  readonly model: InspectedModel;
  readonly problems: ChosenProblems;
  readonly rounds: readonly Round[];
  /** What a reader should know: rows left out, say. */
  readonly notes: readonly string[];
}

export interface ResolveOptions {
  /** Threads of the engine where the settings name none. They become part of the run, because its bytes depend on them. */
  readonly threads: number;
  /** Bytes of memory that are free: for the size of training batches where the settings name none. Absent: it is no question. */
  readonly freeBytes?: number;
  readonly cwd: string;
  /** Where the run is written; runs/NAME under `cwd` when absent. */
  readonly dir?: string;
  /** The file the settings came from: how a saved run finds a task that is code again. */
  readonly file?: string;
  /** The splits that are needed (default: both): one that is only measured needs no other. */
  readonly splits?: readonly Split[];
}

/** Waits for every part and throws one ConfigError of all their complaints; any other error first. */
async function together<T extends readonly Promise<unknown>[]>(parts: readonly [...T]): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  const settled = await Promise.allSettled(parts);
  const reasons = settled.flatMap(s => (s.status === 'rejected' ? [s.reason as unknown] : []));
  const bug = reasons.find(r => !(r instanceof ConfigError));
  if (bug !== undefined) throw bug;
  const complaints: Complaint[] = reasons.flatMap(r => (r instanceof ConfigError ? r.complaints : []));
  if (complaints.length > 0) throw new ConfigError(complaints);
  return settled.map(s => (s as PromiseFulfilledResult<unknown>).value) as { [K in keyof T]: Awaited<T[K]> };
}

const SPLITS = { train: 'trainProblems', test: 'testProblems' } as const;

async function readProblems(task: Task, settings: Settings, split: Split, isNeeded: boolean): Promise<readonly Problem[]> {
  const problems = await task.problems(split);
  const field = SPLITS[split];
  const asked = settings[field];
  if (problems.length === 0 && isNeeded) throw new ConfigError({ field: 'task', message: `${task.name} has no ${split} problems` });
  if (asked === undefined || asked <= problems.length || !isNeeded) return problems;
  throw new ConfigError({ field, message: `got ${asked}; accepted: up to ${problems.length}, all that ${task.name} has` });
}

async function readTask(settings: Settings, splits: readonly Split[]) {
  const { task, notes } = await openTask(settings.task);
  const read = (split: Split) => readProblems(task, settings, split, splits.includes(split));
  const [train, test] = await together([read('train'), read('test')]);
  return { task, train, test, notes: [...(await notes('train')), ...(await notes('test'))] };
}

/** The task as these methods ask it: without the hinted prompt where none of them gives hints. */
function asAsked(task: Task, methods: readonly Method[]): Task {
  const isHinted = methods.some(({ propose }) => propose.kind === 'greedy' && propose.hint === 'failed');
  const { hint, ...prompts } = task.prompts;
  return { ...task, prompts: { ...prompts, ...(hint && isHinted && { hint }) } };
}

/** Every prompt the plan may ask. */
const promptsOf = ({ prompts: { train, sample, hint } }: Task, problems: readonly Problem[]): Prompt[] =>
  problems.flatMap(problem => [train, sample, hint].flatMap(ask => (ask ? [ask(problem)] : [])));

function evaluationOf({ k, trainProblems, ...rest }: Settings['evaluate'], train: number): EvaluationSettings {
  const ks = [...new Set(k ?? defaultKs(rest.samples))].sort((a, b) => a - b);
  return { ...rest, ks, trainProblems: Math.min(trainProblems, train) };
}

/** Passes over the rows of an M-step where neither the configuration nor the method says. */
const EPOCHS = 3;

function fitOf({ fit: { lora, epochs = EPOCHS, ...rest } }: Settings): Plan['fit'] {
  if (!lora) return { ...rest, epochs };
  const { dropout: _, seed, ...shape } = lora;
  return { ...rest, epochs, lora: { ...shape, ...(seed !== undefined && { seed }) } };
}

/** Looks up and checks everything a run needs. Throws ConfigError with all complaints; does no work. */
export async function resolvePlan(settings: Settings, options: ResolveOptions): Promise<Resolved> {
  const modelPath = resolve(options.cwd, settings.model);
  const threads = settings.engine.threads ?? options.threads;
  const [model, methods, { task, train, test, notes }, { device, notes: deviceNotes }] = await together([
    inspectModel(modelPath),
    (async () => methodsOf(settings))(),
    readTask(settings, options.splits ?? ['train', 'test']),
    engineDevice({ ...settings.engine, threads }),
  ]);
  const name = settings.name ?? task.name;
  const askedTask = asAsked(task, [methods.method, ...methods.arms]);
  const hashes = { model: await hashModel(modelPath), train: hashProblems(askedTask, train), test: hashProblems(askedTask, test) };
  const fit = fitOf(settings);
  const maxTokens = settings.engine.maxTokens ?? fitTokens(model, fit.lora, options.freeBytes);
  const plan: Plan = {
    name,
    dir: resolve(options.cwd, options.dir ?? `runs/${name}`),
    seed: settings.seed,
    model: modelPath,
    task,
    ...methods,
    problems: { train: settings.trainProblems ?? null, test: settings.testProblems ?? null },
    validation: settings.validation,
    fit,
    evaluation: evaluationOf(settings.evaluate, settings.trainProblems ?? train.length),
    maxTokens: settings.maxTokens ?? task.maxTokens,
    ...(settings.sampleTokens !== undefined && { sampleTokens: settings.sampleTokens }),
    waveCompletions: settings.engine.waveCompletions,
    config: savedConfig(
      { ...settings, name, model: modelPath, engine: { ...settings.engine, threads, device, maxTokens } },
      task,
      options.file,
      {
        ...methods,
        hashes,
      },
    ),
  };
  const problems = await chooseProblems(plan);
  const asked = [...problems.train, ...problems.validation, ...problems.test];
  const complaints = [
    ...promptComplaints(model, promptsOf(askedTask, asked)),
    ...(plan.fit.lora ? loraComplaints(model, plan.fit.lora) : []),
  ];
  if (complaints.length > 0) throw new ConfigError(complaints);
  const engine = { threads, maxTokens, rows: settings.engine.rows, precision: settings.engine.precision, device };
  return {
    plan,
    engine,
    model,
    problems,
    rounds: roundsOf(plan, problems),
    notes: [...notes, ...deviceNotes],
  };
}
