// Many candidates in a row through one sandbox, and what has grown: looked at before, after the first thousand, at the end, and when it is closed.
import { openSandbox } from '../../src/sandbox/open.ts';
import { CASES, type SandboxCase } from './cases.ts';
import { judgeMany } from './many.ts';
import { type State, stateAfter } from './state.ts';

export interface Leaks {
  readonly name: string;
  readonly backend: string;
  readonly seconds: number;
  readonly states: readonly State[];
}

const FIRST = 1000;

/** One after the other, the first case of each language. */
export async function leaksOf(candidates: number, lanes: number): Promise<readonly Leaks[]> {
  const all: Leaks[] = [];
  for (const cases of Object.values(CASES)) all.push(await leaks(cases[0]!, candidates, lanes));
  return all;
}

async function leaks({ name, job }: SandboxCase, candidates: number, lanes: number): Promise<Leaks> {
  const before = stateAfter(0);
  const sandbox = await openSandbox(job.language, { lanes });
  const began = performance.now();
  const first = Math.min(FIRST, candidates);
  await judgeMany(sandbox, job, first, lanes);
  const early = stateAfter(first);
  await judgeMany(sandbox, job, candidates - first, lanes);
  const late = stateAfter(candidates);
  const seconds = (performance.now() - began) / 1000;
  await sandbox.close();
  // The kernel takes a moment to let go of a cgroup.
  await new Promise(resolve => setTimeout(resolve, 1000));
  return { name, backend: sandbox.name, seconds, states: [before, early, late, { ...stateAfter(candidates), candidates }] };
}

const WHEN = ['before', 'early', 'late', 'closed'];
const COLUMNS = ['candidates', 'processes', 'hostDescriptors', 'serverDescriptors', 'files', 'hostMegabytes', 'serverMegabytes'] as const;

export function tableOf({ name, backend, seconds, states }: Leaks): string {
  const rows = [['', ...COLUMNS], ...states.map((state, i) => [WHEN[i]!, ...COLUMNS.map(column => String(state[column]))])];
  const lines = rows.map(row => row.map((cell, i) => cell.padStart(i === 0 ? 8 : COLUMNS[i - 1]!.length + 2)).join(''));
  return [`${name}, ${backend}: ${seconds.toFixed(0)} s`, ...lines].join('\n');
}
