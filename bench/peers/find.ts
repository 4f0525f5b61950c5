// What is at hand: a model, a file of prompts, a Python that has a peer's modules, a folder that has node-llama-cpp. Nothing is downloaded.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { hubCacheOf } from '../../src/cli/hub.ts';
import { modelPath } from '../../src/cli/model-path.ts';
import { hubModelPath } from '../../src/data/models.ts';
import { pulledFiles } from '../../src/data/pull.ts';
import { ConfigError } from '../../src/errors.ts';
import type { Peer } from './peers.ts';

const HUB_MODEL = 'hf:HuggingFaceTB/SmolLM2-135M-Instruct';
const SHARED_MODEL = 'models/smollm2-135m-instruct-q4_1.gguf';
const SHARED_PROMPTS = 'data/svamp/test.jsonl';

const here = { cwd: process.cwd(), env: process.env };

/** The model given, else the one of REST_EM_SHARED, else the one of the Hub's cache. Throws ConfigError where there is none. */
export async function findModel(given: string | undefined): Promise<string> {
  if (given !== undefined) return modelPath(given, here);
  const shared = process.env.REST_EM_SHARED && join(process.env.REST_EM_SHARED, SHARED_MODEL);
  if (shared && existsSync(shared)) return resolve(shared);
  try {
    return hubModelPath(HUB_MODEL, hubCacheOf(here));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError({
      field: '--model',
      message: `no model at hand; name a folder or a GGUF file of SmolLM2-135M-Instruct, or: rest-em models pull ${HUB_MODEL.slice(3)}`,
    });
  }
}

/** The prompts given, else svamp's of REST_EM_SHARED, else svamp as it was pulled. Throws ConfigError where there are none. */
export function findPrompts(given: string | undefined): string {
  if (given !== undefined) {
    if (existsSync(given)) return resolve(given);
    throw new ConfigError({
      field: '--prompts',
      message: `${given} is missing; accepted: a JSONL file with question, or Body and Question`,
    });
  }
  const shared = process.env.REST_EM_SHARED && join(process.env.REST_EM_SHARED, SHARED_PROMPTS);
  if (shared && existsSync(shared)) return resolve(shared);
  const [pulled] = pulledFiles('svamp', hubCacheOf(here)).test ?? [];
  if (pulled) return pulled;
  throw new ConfigError({ field: '--prompts', message: 'none at hand; name a JSONL file with question, or: rest-em data pull svamp' });
}

const pythons: readonly string[] = (process.env.REST_EM_PYTHON ?? 'python3').split(delimiter).filter(word => word !== '');

/** Whether a Python has the modules, without running them: importing one takes seconds, and a broken one shows when it is run. */
function hasModules(python: string, modules: readonly string[]): boolean {
  const code = `import importlib.util as u, sys; sys.exit(0 if all(map(u.find_spec, ${JSON.stringify(modules)})) else 1)`;
  try {
    execFileSync(python, ['-c', code], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const llamaFolders = (): string[] => [
  ...(process.env.REST_EM_LLAMA_CPP ? [process.env.REST_EM_LLAMA_CPP, join(process.env.REST_EM_LLAMA_CPP, 'node_modules')] : []),
  join(import.meta.dirname, '../../node_modules'),
];

/** The command of a peer up to its script, and what comes after its part; or why it cannot be run. */
export interface Runner {
  readonly command: string;
  readonly extra: readonly string[];
}

export function findRunner({ needs }: Peer): Runner | string {
  if (needs === 'nothing') return { command: process.execPath, extra: [] };
  if (needs === 'node-llama-cpp') {
    const modules = llamaFolders().find(folder => existsSync(join(folder, 'node-llama-cpp/package.json')));
    return modules
      ? { command: process.execPath, extra: [resolve(modules)] }
      : 'node-llama-cpp is not installed; name its folder in REST_EM_LLAMA_CPP';
  }
  const python = pythons.find(p => hasModules(p, needs.python));
  return python
    ? { command: python, extra: [] }
    : `${pythons.join(' and ')} ${pythons.length > 1 ? 'lack' : 'lacks'} ${needs.python.join(', ')}; name a Python that has them in REST_EM_PYTHON`;
}
