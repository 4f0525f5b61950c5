// Candidates a second, and the CPU that one costs: on a shared machine the latter is the figure to compare.
import { loadavg } from 'node:os';
import type { Backend } from '../../src/sandbox/backend.ts';
import { processesBelow } from '../../test/slow/processes.ts';
import type { SandboxCase } from './cases.ts';
import { judgeMany } from './many.ts';

export interface Throughput {
  readonly name: string;
  readonly backend: string;
  readonly candidates: number;
  readonly perSecond: number;
  readonly cpuMs: number;
  /** What as many idle cores as there are lanes could do. */
  readonly idlePerSecond: number;
  readonly target: number | null;
  readonly load: number;
}

/** Seconds of CPU of this process and of everything below it, the ended included. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + processesBelow().reduce((sum, p) => sum + p.cpuSeconds, 0);
}

/** `run` judges so many; it has been warmed up. */
export async function timed(
  name: string,
  backend: string,
  { candidates, lanes, target }: { readonly candidates: number; readonly lanes: number; readonly target: number | null },
  run: () => Promise<void>,
): Promise<Throughput> {
  const cpu = cpuSeconds();
  const start = performance.now();
  await run();
  const seconds = (performance.now() - start) / 1000;
  const cpuMs = ((cpuSeconds() - cpu) * 1000) / candidates;
  const perSecond = candidates / seconds;
  return { name, backend, candidates, perSecond, cpuMs, idlePerSecond: (1000 * lanes) / cpuMs, target, load: loadavg()[0]! };
}

export async function throughputOf(sandbox: Backend, { name, share, target, job }: SandboxCase, wanted: number, lanes: number) {
  const candidates = Math.max(lanes, Math.round(wanted * share));
  await judgeMany(sandbox, job, lanes, lanes);
  return timed(name, sandbox.name, { candidates, lanes, target }, () => judgeMany(sandbox, job, candidates, lanes));
}

export function lineOf({ name, backend, perSecond, cpuMs, idlePerSecond, target, load }: Throughput): string {
  const wanted = target === null ? '' : ` (wanted ${target})`;
  return `${name.padEnd(30)} ${backend.padEnd(10)} ${perSecond.toFixed(0).padStart(4)}/s  CPU ${cpuMs.toFixed(1).padStart(5)} ms each: ${idlePerSecond.toFixed(0).padStart(4)}/s on idle cores${wanted}  load ${load.toFixed(1)}`;
}
