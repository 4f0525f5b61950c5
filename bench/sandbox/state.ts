// What a leak would make grow: processes, descriptors and memory of this process and of those below it (a sandbox's servers), and files where sandboxes
// put any. Read from /proc, so Linux only.
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { processesBelow } from '../../test/slow/processes.ts';

export interface State {
  readonly candidates: number;
  /** Below this process. */
  readonly processes: number;
  readonly hostDescriptors: number;
  /** Of the process below that has most. */
  readonly serverDescriptors: number;
  /** In the temporary folder and as cgroups. */
  readonly files: number;
  /** After a collection. */
  readonly hostMegabytes: number;
  /** Of the process below that has most. */
  readonly serverMegabytes: number;
}

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** What `read` says; 0 for what is gone. */
function countOr0(read: () => number): number {
  try {
    return read();
  } catch (cause) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes((cause as NodeJS.ErrnoException).code ?? '')) return 0;
    throw cause;
  }
}

const descriptorsOf = (pid: number | 'self') => countOr0(() => readdirSync(`/proc/${pid}/fd`).length);
const megabytesOf = (pid: number | 'self') =>
  countOr0(() => Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 102.4) / 10);

const isOurs = new RegExp(`rest-em-(${process.pid}-|canary)[^/]*$`);
const oursIn = (folder: string, recursive: boolean) =>
  countOr0(() => readdirSync(folder, { recursive, encoding: 'utf8' }).filter(file => isOurs.test(file)).length);
const CGROUPS = ['/sys/fs/cgroup/memory', '/sys/fs/cgroup/pids', '/sys/fs/cgroup/unified'];

export function stateAfter(candidates: number): State {
  collect();
  const below = processesBelow().map(({ pid }) => pid);
  const most = (of: (pid: number) => number) => Math.max(0, ...below.map(of));
  return {
    candidates,
    processes: below.length,
    hostDescriptors: descriptorsOf('self'),
    serverDescriptors: most(descriptorsOf),
    files: oursIn(tmpdir(), false) + CGROUPS.reduce((sum, folder) => sum + oursIn(folder, true), 0),
    hostMegabytes: megabytesOf('self'),
    serverMegabytes: most(megabytesOf),
  };
}
