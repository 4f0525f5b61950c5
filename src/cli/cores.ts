// Physical cores: two hyper-threads of one core share its multipliers, so more engine threads than cores only take turns.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Distinct (package, core) pairs of /proc/cpuinfo; 0 where it does not say. */
export function countCores(cpuinfo: string): number {
  const blocks = cpuinfo.split(/\n\s*\n/);
  const fieldOf = (block: string, key: string) => new RegExp(`^${key}\\s*:\\s*(\\d+)`, 'm').exec(block)?.[1];
  const cores = blocks.flatMap(block => {
    const core = fieldOf(block, 'core id');
    return core === undefined ? [] : [`${fieldOf(block, 'physical id') ?? 0}/${core}`];
  });
  return new Set(cores).size;
}

/** At least 1, at most what this process may use. */
export function physicalCores(): number {
  const usable = availableParallelism();
  if (process.platform !== 'linux') return usable;
  const cores = countCores(readFileSync('/proc/cpuinfo', 'utf8'));
  return cores > 0 ? Math.min(cores, usable) : usable;
}
