// Whether bubblewrap works here, found out by using it: being installed says little (Ubuntu 24.04 denies its user namespaces, containers its mounts). A
// pass is remembered until the machine restarts or anything of it changes; a failure never, so that mending it is noticed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { homedir, release, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Observation, Probe } from '../backend.ts';
import { BwrapBackend } from './backend.ts';
import { CANARIES, CANARY_LIMITS, type Canary, type Traps } from './canaries.ts';
import { type Cgroups, openCgroups } from './cgroup.ts';
import { sourcePath, sources } from './command.ts';
import { remedyOf } from './remedies.ts';
import { filterFor, isArchitecture } from './seccomp/filter.ts';
import { DENIED } from './seccomp/syscalls.ts';

export interface ProbeOptions {
  /** Jobs at a time (default: one for each core). */
  readonly lanes?: number;
  /** Where a pass is remembered; null remembers nothing. */
  readonly cacheFile?: string | null;
  /** False: no cgroup even where one can be made; memory is watched instead. */
  readonly cgroup?: boolean;
}

const CACHE = join(homedir(), '.cache', 'rest-em', 'bwrap-probe.json');

/** Tries the sandbox, or remembers that it held since the machine started. The backend is the caller's to close. */
export async function probeBwrap({ lanes, cacheFile = CACHE, cgroup = true }: ProbeOptions = {}): Promise<Probe> {
  if (process.platform !== 'linux') return refused('bubblewrap is for Linux');
  const cgroups = cgroup ? openCgroups() : null;
  const backend = new BwrapBackend({ cgroups, enforced: enforcedBy(cgroups), ...(lanes !== undefined && { lanes }) });
  const fingerprint = fingerprintOf(cgroups);
  if (cacheFile !== null && remembered(cacheFile) === fingerprint) return { ok: true, backend };
  const failures = await tryCanaries(backend);
  if (failures.length > 0) {
    await backend.close();
    return refused(failures.join('; '));
  }
  if (cacheFile !== null) remember(cacheFile, fingerprint);
  return { ok: true, backend };
}

const refused = (reason: string): Probe => ({ ok: false, name: 'bwrap', reason, remedy: remedyOf(reason) });

const enforcedBy = (cgroups: Cgroups | null): readonly string[] => [
  'own user, process, mount and IPC namespaces for each candidate',
  'no network',
  'no files but /usr, read-only, and 32 MiB of /tmp for each test',
  'an empty environment',
  `${Object.keys(DENIED).length} system calls refused (${process.arch})`,
  'at most 32 processes and threads',
  cgroups ? `memory of all processes together (cgroup ${cgroups.version})` : 'memory by address space and a look every 100 ms (no cgroup)',
  'CPU time, wall time, output, file size',
];

/** Everything that the result depends on: this start of this machine, the programs involved, our own part. */
function fingerprintOf(cgroups: Cgroups | null): string {
  const hash = createHash('sha256');
  const bootId = '/proc/sys/kernel/random/boot_id';
  hash.update(existsSync(bootId) ? readFileSync(bootId) : '').update(`${release()} ${process.getuid?.()} ${cgroups?.version}`);
  for (const file of ['/usr/bin/bwrap', '/usr/bin/python3'])
    if (existsSync(file)) hash.update(`${statSync(file).mtimeMs} ${statSync(file).size}`);
  for (const file of sources()) hash.update(readFileSync(sourcePath(file)));
  if (isArchitecture(process.arch)) hash.update(JSON.stringify(filterFor(process.arch)));
  for (const { program } of CANARIES) hash.update(program({ port: 0, folder: '', secret: '' }));
  return hash.digest('hex');
}

/** The whole file; an unreadable one is as good as none. */
function remembered(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (typeof (cause as NodeJS.ErrnoException).code === 'string') return null;
    throw cause;
  }
}

/** Where the home folder cannot be written, the next start probes again. */
function remember(file: string, fingerprint: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const half = `${file}.${process.pid}`;
    writeFileSync(half, fingerprint, { mode: 0o600 });
    renameSync(half, file);
  } catch (cause) {
    if (typeof (cause as NodeJS.ErrnoException).code !== 'string') throw cause;
  }
}

/** What went wrong, one line each; empty when all held. */
export async function tryCanaries(backend: BwrapBackend, canaries: readonly Canary[] = CANARIES): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'rest-em-canary-'));
  const server = await listening();
  try {
    writeFileSync(join(folder, 'secret'), 'secret');
    const traps: Traps = { port: portOf(server), folder, secret: 'secret' };
    const results = await Promise.all(canaries.map(canary => tryOne(backend, canary, traps)));
    const left = existsSync(join(folder, 'x')) ? ['write outside: a file was left'] : [];
    return [...new Set([...results.flatMap(result => result ?? []), ...left])];
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tryOne(backend: BwrapBackend, { name, program, input, wrong }: Canary, traps: Traps): Promise<string | null> {
  let seen: Observation | null = null;
  const job = { language: 'python', mode: 'stdio', program: program(traps), inputs: [input], limits: CANARY_LIMITS } as const;
  const unjudged = await backend.run(job, observation => {
    seen = observation;
    return true;
  });
  if (unjudged) return unjudged.reason;
  const said = seen && wrong(seen, traps);
  return said === null ? null : `${name}: ${said}`;
}

function listening(): Promise<Server> {
  const server = createServer(socket => socket.destroy());
  return new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', () => resolve(server)));
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
