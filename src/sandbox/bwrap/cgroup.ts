// A cgroup for each worker, where we may make one: memory of all processes of a candidate together, counted by the kernel, and a number of processes
// that even root cannot exceed. Version 2 needs a delegated subtree (systemd-run --user --scope -p Delegate=yes), version 1 root. Where neither is
// there, openCgroups says null and memory is watched instead (limits.ts, MemoryControl).
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { OWN_MEMORY, WORKER_PROCESSES } from './limits.ts';

/** One worker's cgroup. */
export interface Cgroup {
  /** Directories whose cgroup.procs the worker enters. */
  readonly directories: readonly string[];
  /** Bytes for the candidate; ours come on top. */
  setMemory(bytes: number): void;
  /** How often the kernel has killed in it. */
  oomKills(): number;
  /** May fail while a process is still ending: false then. */
  remove(): boolean;
}

export interface Cgroups {
  readonly version: 'v1' | 'v2';
  make(name: string): Cgroup;
}

interface Files {
  readonly version: 'v1' | 'v2';
  readonly memory: string;
  readonly events: string;
  /** Written once, where they are there: no swapping instead of an end. */
  readonly once: Readonly<Record<string, string>>;
}

const V1: Files = {
  version: 'v1',
  memory: 'memory.limit_in_bytes',
  events: 'memory.oom_control',
  once: { 'memory.swappiness': '0', 'pids.max': String(WORKER_PROCESSES) },
};
const V2: Files = {
  version: 'v2',
  memory: 'memory.max',
  events: 'memory.events',
  once: { 'memory.swap.max': '0', 'memory.oom.group': '0', 'pids.max': String(WORKER_PROCESSES) },
};

const PREFIX = 'rest-em-';

/** What the operating system may say when it does not let us. */
const isRefusal = (error: unknown): boolean =>
  error instanceof Error &&
  ['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'EBUSY', 'EEXIST', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOTEMPTY'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  );

function allowed(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (cause) {
    if (isRefusal(cause)) return false;
    throw cause;
  }
}

function made(files: Files, directories: readonly string[]): Cgroup {
  for (const directory of directories) {
    allowed(() => mkdirSync(directory));
    for (const [file, value] of Object.entries(files.once))
      if (existsSync(join(directory, file))) allowed(() => writeFileSync(join(directory, file), value));
  }
  const memory = directories[0]!;
  const events = new Events(join(memory, files.events));
  return {
    directories,
    setMemory: bytes => writeFileSync(join(memory, files.memory), String(bytes + OWN_MEMORY)),
    oomKills: () => Number(/^oom_kill (\d+)$/m.exec(events.read())?.[1] ?? 0),
    remove() {
      events.close();
      return directories.every(directory => !existsSync(directory) || allowed(() => rmdirSync(directory)));
    },
  };
}

/** A file of the kernel's that is read twice a test: opened once, as opening is what costs. */
class Events {
  private readonly path: string;
  private readonly buffer = Buffer.alloc(4096);
  private fd: number | null = null;

  constructor(path: string) {
    this.path = path;
  }

  read(): string {
    this.fd ??= openSync(this.path, 'r');
    return this.buffer.toString('utf8', 0, readSync(this.fd, this.buffer, 0, this.buffer.length, 0));
  }

  close(): void {
    if (this.fd !== null) closeSync(this.fd);
    this.fd = null;
  }
}

/** The folder of this process in one hierarchy; in a container the path may be the outer one, then the hierarchy's root is ours. */
function ownFolder(root: string, mount: string, controller: string, membership: string): string | null {
  const path = new RegExp(`^\\d+:${controller}:(.*)$`, 'm').exec(membership)?.[1];
  if (path === undefined) return null;
  return (
    [join(root, mount, path), join(root, mount)].find(folder => existsSync(join(folder, 'cgroup.procs')) && isWritable(folder)) ?? null
  );
}

const isWritable = (folder: string): boolean => allowed(() => accessSync(folder, constants.W_OK));

/** Workers' cgroups of hosts that were killed; a kernel removes none by itself. */
function sweep(folder: string): void {
  for (const name of readdirSync(folder).filter(n => n.startsWith(PREFIX))) {
    const pid = name.slice(PREFIX.length).split('-')[0];
    if (!existsSync(`/proc/${pid}`)) allowed(() => rmdirSync(join(folder, name)));
  }
}

/** A new cgroup takes a memory limit and a process: what is not tried is not believed. */
function works(cgroups: Cgroups): boolean {
  const trial = cgroups.make('trial');
  try {
    return allowed(() => trial.setMemory(2 ** 30)) && allowed(() => void trial.oomKills());
  } finally {
    trial.remove();
  }
}

function inFolders(files: Files, folders: readonly string[], pid: number): Cgroups | null {
  const cgroups: Cgroups = {
    version: files.version,
    make: name =>
      made(
        files,
        folders.map(f => join(f, `${PREFIX}${pid}-${name}`)),
      ),
  };
  folders.forEach(sweep);
  return works(cgroups) ? cgroups : null;
}

/** The memory controller reaches children only from a folder without processes: where this one is alone in a delegated scope, it moves down a step. */
function delegated(folder: string, pid: number): boolean {
  const has = (file: string, word: string) => readFileSync(join(folder, file), 'utf8').split(/\s+/).includes(word);
  if (!has('cgroup.controllers', 'memory')) return false;
  if (has('cgroup.subtree_control', 'memory')) return true;
  if (readFileSync(join(folder, 'cgroup.procs'), 'utf8').trim() !== String(pid)) return false;
  const leaf = join(folder, `${PREFIX}${pid}-host`);
  return allowed(() => {
    mkdirSync(leaf);
    writeFileSync(join(leaf, 'cgroup.procs'), String(pid));
    writeFileSync(join(folder, 'cgroup.subtree_control'), has('cgroup.controllers', 'pids') ? '+memory +pids' : '+memory');
  });
}

function openV2(root: string, membership: string, pid: number): Cgroups | null {
  const folder = ownFolder(root, '', '', membership);
  return folder !== null && existsSync(join(folder, 'cgroup.controllers')) && delegated(folder, pid) ? inFolders(V2, [folder], pid) : null;
}

function openV1(root: string, membership: string, pid: number): Cgroups | null {
  const memory = ownFolder(root, 'memory', 'memory', membership);
  if (memory === null || !existsSync(join(memory, V1.memory))) return null;
  const pids = ownFolder(root, 'pids', 'pids', membership);
  return inFolders(V1, pids === null ? [memory] : [memory, pids], pid);
}

/** Null where this process may make none. `root` is where the hierarchies are mounted. */
export function openCgroups(
  root = '/sys/fs/cgroup',
  membership = readFileSync('/proc/self/cgroup', 'utf8'),
  pid = process.pid,
): Cgroups | null {
  return openV2(root, membership, pid) ?? openV1(root, membership, pid);
}
