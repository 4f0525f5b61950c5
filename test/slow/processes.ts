// Processes that come of this one, to see that none is left and what they cost: those that name it as their parent, and all below.
import { readdirSync, readFileSync } from 'node:fs';

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** Its own, and that of the children it has waited for. */
  readonly cpuSeconds: number;
}

/** Of the kernel's clock that /proc counts in. */
const TICKS = 100;

function readProcess(pid: number): Process | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    // From the state on: state, parent, …; user, system and the children's are the 12th to the 15th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { pid, parent: Number(fields[1]), name, cpuSeconds: ticks / TICKS };
  } catch (cause) {
    if (['ENOENT', 'ESRCH'].includes((cause as NodeJS.ErrnoException).code ?? '')) return null;
    throw cause;
  }
}

export function processesBelow(pid = process.pid): Process[] {
  const all = readdirSync('/proc').flatMap(entry => (/^\d+$/.test(entry) ? (readProcess(Number(entry)) ?? []) : []));
  const below = (parent: number): Process[] => all.filter(p => p.parent === parent).flatMap(p => [p, ...below(p.pid)]);
  return below(pid);
}
