// The command that starts a child: plainly, or on Linux inside bubblewrap as well, a second wall behind WASM: no network, no process to see, and of the
// file system only what Node and the child's own files need, to read. Whether bubblewrap works here is found out by trying (probe.ts).
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

const CHILD = fileURLToPath(import.meta.url).replace(/enclosure(\.[jt]s)$/, 'child$1');
const NOBODY = '65534';
const SYSTEM = ['/usr', '/lib', '/lib64', '/bin'];

export const plainCommand = (): Command => ({ file: process.execPath, args: ['--no-warnings', CHILD] });

export function bwrapCommand(isRoot: boolean): Command {
  const system = SYSTEM.filter(path => existsSync(path)).flatMap(path => ['--ro-bind', path, path]);
  const own = ownPlaces().flatMap(path => ['--ro-bind', path, path]);
  const { file, args } = plainCommand();
  const bwrap = [
    ...['bwrap', '--unshare-all', '--unshare-user', '--uid', NOBODY, '--gid', NOBODY, '--die-with-parent', '--new-session', '--clearenv'],
    ...['--disable-userns', '--hostname', 'sandbox', ...system, '--proc', '/proc', '--dev', '/dev', ...own],
    ...['--remount-ro', '/dev', '--remount-ro', '/', '--chdir', '/', '--cap-drop', 'ALL', '--', file, ...args],
  ];
  const away = isRoot ? ['setpriv', '--reuid', NOBODY, '--regid', NOBODY, '--clear-groups', '--'] : [];
  const [first, ...rest] = [...away, ...bwrap];
  return { file: first!, args: rest };
}

/** Node itself, our sources (the folder of src/ or dist/, and package.json, which says that they are modules), and the engine's packages. */
function ownPlaces(): string[] {
  const sources = dirname(dirname(dirname(CHILD)));
  const require = createRequire(import.meta.url);
  const core = dirname(dirname(realpathSync(require.resolve('quickjs-emscripten-core'))));
  const types = createRequire(require.resolve('quickjs-emscripten-core')).resolve('@jitl/quickjs-ffi-types');
  const engine = dirname(dirname(realpathSync(require.resolve('@jitl/quickjs-wasmfile-release-sync'))));
  const places = [process.execPath, sources, `${dirname(sources)}/package.json`, core, dirname(dirname(realpathSync(types))), engine];
  return [...new Set(places)];
}
