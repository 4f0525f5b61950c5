// The command line that starts a worker: into its cgroup, away from root, into bubblewrap's namespaces, and there the fork server. The order of
// bubblewrap's arguments is the order of what it does. Nothing secret may stand here or in the environment: a candidate can read both.
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PYTHON = fileURLToPath(new URL('./python/', import.meta.url));
const SHM_BYTES = 2 ** 20;
const TMP_BYTES = 32 * 2 ** 20;
/** 512 MiB for the main thread: recursion of a hundred thousand levels, which contest programs use, overflows 8. They may ask for more themselves. */
const STACK_BYTES = 2 ** 29;
const NOBODY = '65534';
/** The first descriptor that is free for a file: 0, 1, 2 are the wire. */
const FIRST_FILE = 3;

const ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: '/usr/bin',
  HOME: '/tmp',
  LANG: 'C.UTF-8',
  // The same program prints the same order of a set each time.
  PYTHONHASHSEED: '0',
  // Address space for threads: an arena for each core would take it first.
  MALLOC_ARENA_MAX: '2',
  OMP_NUM_THREADS: '1',
};

/** The fork server's sources, relative to python/. */
export const sources = (): string[] => [
  'boot.py',
  ...readdirSync(join(PYTHON, 'inside'))
    .filter(f => f.endsWith('.py'))
    .map(f => `inside/${f}`),
];

export const sourcePath = (file: string): string => join(PYTHON, file);

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** To be given to the child from descriptor 3 on, then closed here. */
  readonly descriptors: readonly number[];
}

/** The sources go in through descriptors: after setpriv the path to them may not be readable. */
function openSources(): { readonly args: readonly string[]; readonly descriptors: readonly number[] } {
  const files = sources();
  const descriptors = files.map(file => openSync(sourcePath(file), 'r'));
  return { args: files.flatMap((file, i) => ['--ro-bind-data', String(FIRST_FILE + i), `/sb/${file}`]), descriptors };
}

export const closeAll = (descriptors: readonly number[]): void => descriptors.forEach(closeSync);

const NAMESPACES = ['--unshare-all', '--unshare-user', '--uid', NOBODY, '--gid', NOBODY, '--hostname', 'sandbox'];
const LIFE = ['--die-with-parent', '--new-session', '--clearenv'];
const SYSTEM = [
  '--ro-bind',
  '/usr',
  '/usr',
  '--symlink',
  'usr/lib',
  '/lib',
  '--symlink',
  'usr/lib64',
  '/lib64',
  '--symlink',
  'usr/bin',
  '/bin',
];
const PLACES = [
  '--proc',
  '/proc',
  '--dev',
  '/dev',
  '--size',
  String(SHM_BYTES),
  '--tmpfs',
  '/dev/shm',
  '--size',
  String(TMP_BYTES),
  '--tmpfs',
  '/tmp',
];
/** bubblewrap's / and /dev are writable tmpfs without a limit until said otherwise. */
const CLOSED = ['--remount-ro', '/dev', '--remount-ro', '/', '--chdir', '/tmp', '--cap-drop', 'ALL'];
/** -I or -E would be nicer, but ignore PYTHONHASHSEED. */
const SERVER = ['prlimit', `--stack=${STACK_BYTES}:`, '/usr/bin/python3', '-s', '-S', '-B', '-X', 'utf8', '/sb/boot.py'];

/** Whether this is the root that the kernel knows, and not only the one of some user namespace. */
export function isKernelRoot(uid = process.getuid?.(), map = readFileSync('/proc/self/uid_map', 'utf8')): boolean {
  return uid === 0 && /^\s*0\s+0\s/m.test(map);
}

/** Kernel uid 0 knows no limit of processes, whatever uid it has in its namespace. */
const AWAY_FROM_ROOT = ['setpriv', '--reuid', NOBODY, '--regid', NOBODY, '--clear-groups', '--'];

/** `cgroups`: directories whose cgroup.procs the worker enters before anything else. */
export function workerCommand(isRoot: boolean, cgroups: readonly string[]): Command {
  const { args: files, descriptors } = openSources();
  const environment = Object.entries(ENVIRONMENT).flatMap(([name, value]) => ['--setenv', name, value]);
  const bwrap = ['bwrap', ...NAMESPACES, ...LIFE, ...environment, ...SYSTEM, ...PLACES, ...files, ...CLOSED, '--', ...SERVER];
  const command = [...(isRoot ? AWAY_FROM_ROOT : []), ...bwrap];
  const enter = cgroups.map((_, i) => `echo $$ > "\${${i + 1}}/cgroup.procs"`).join(' && ');
  const script = `${enter} && shift ${cgroups.length} && exec "$@"`;
  const [file, ...args] = cgroups.length === 0 ? command : ['sh', '-c', script, 'sh', ...cgroups, ...command];
  return { file: file!, args, descriptors };
}
