// A run directory, read for people: whatever is there of it, finished or under way. Nothing is written and nothing is needed but
// config.json; a part that is not there yet is simply absent from what is returned. The names of the files are src/runs/layout.ts's.
import { readdir } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { ConfigError, StoreError } from '../errors.ts';
import type { DynamicsFile } from '../metrics/dynamics.ts';
import type { Evaluation, EvaluationFile } from '../metrics/evaluation.ts';
import { readIfThere } from '../runs/atomic.ts';
import type { AuditFile } from '../runs/audit-file.ts';
import { layoutOf } from '../runs/layout.ts';
import type { FitFile } from '../runs/rows.ts';
import { codeOf, storing } from '../runs/storing.ts';
import { inOrder } from './policies.ts';
import { type EventFacts, readEvents } from './read-events.ts';
import { readExamples, type SampleExample } from './read-examples.ts';

export interface PolicyFacts {
  /** The folder's name: 'base', 'sft', 'iteration-1', … */
  readonly policy: string;
  readonly evaluations: readonly Evaluation[];
  readonly fit: FitFile | null;
  readonly dynamics: DynamicsFile | null;
}

export interface RunFacts {
  readonly run: string;
  readonly task: string;
  readonly method: string;
  /** 'ReST-EM' */
  readonly methodTitle: string;
  readonly seed: number;
  /** config.json as it lies there. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly policies: readonly PolicyFacts[];
  readonly events: EventFacts;
  readonly examples: readonly SampleExample[];
  /** Where `rest-em audit` was run. */
  readonly audit: AuditFile | null;
}

/** Throws ConfigError where `dir` is no run directory. */
export async function readRun(dir: string): Promise<RunFacts> {
  const layout = layoutOf(dir);
  const config = await readConfig(dir, layout.config);
  const folders = inOrder(await readFolders(dir));
  const policies = await Promise.all(folders.map(name => readPolicy(dir, name)));
  const events = await readEvents(layout.events);
  return {
    ...identityOf(config, events.run ?? basename(resolve(dir))),
    config,
    policies: policies.filter(p => p.evaluations.length > 0 || p.fit !== null),
    events,
    examples: await readExamples(dir, folders),
    audit: await readJson<AuditFile>(layout.audit),
  };
}

async function readPolicy(dir: string, policy: string): Promise<PolicyFacts> {
  const layout = layoutOf(dir).policy(policy);
  const evaluation = await readJson<EvaluationFile>(layout.evaluation);
  const [fit, dynamics] = [await readJson<FitFile>(layout.fit), await readJson<DynamicsFile>(layout.dynamics)];
  return { policy, evaluations: evaluation?.evaluations ?? [], fit, dynamics };
}

/** Half-written folders end in .tmp and are not there yet. */
async function readFolders(dir: string): Promise<string[]> {
  const entries = await storing(`reading ${dir}`, () => readdir(dir, { withFileTypes: true }));
  return entries.filter(e => e.isDirectory() && !e.name.endsWith('.tmp')).map(e => e.name);
}

async function readJson<T>(file: string): Promise<T | null> {
  const text = await readIfThere(file);
  if (text === null) return null;
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new StoreError(`${file} is no JSON: the file was changed or damaged`, { cause });
  }
}

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

async function readConfig(dir: string, file: string): Promise<Json> {
  const text = await readIfThere(file).catch((error: unknown) => {
    if (error instanceof Error && codeOf(error.cause) === 'ENOTDIR') return null;
    throw error;
  });
  if (text === null) throw new ConfigError({ field: dir, message: 'is not a run: it holds no config.json; give the directory of a run' });
  const config = parseOrNull(text);
  if (!isObject(config)) throw new ConfigError({ field: file, message: 'is not the configuration of a run; give the directory of a run' });
  return config;
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const firstText = (...values: readonly unknown[]): string => values.find(v => typeof v === 'string' && v !== '')?.toString() ?? 'unknown';

/** What the configuration calls things. A task made from files has no name of its own: the run's has to do. */
function identityOf(config: Json, run: string): Pick<RunFacts, 'run' | 'task' | 'method' | 'methodTitle' | 'seed'> {
  const settings = isObject(config.settings) ? config.settings : config;
  const task = isObject(settings.task) ? settings.task : { name: settings.task };
  const method = isObject(config.method) ? config.method : { name: config.method };
  return {
    run: firstText(settings.name, run),
    task: firstText(task.name, task.kind, run),
    method: firstText(method.name),
    methodTitle: firstText(method.title, method.name),
    seed: typeof settings.seed === 'number' ? settings.seed : 0,
  };
}
