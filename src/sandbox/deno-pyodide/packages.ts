// Where Deno's binary and Pyodide are: npm packages that the user has installed, in a folder that is named, or beside this package. Nothing is fetched.
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface Packages {
  readonly deno: string;
  /** Pyodide's folder. */
  readonly pyodide: string;
}

const PLATFORM = `${process.platform}-${process.arch}${process.platform === 'linux' ? '-glibc' : ''}`;
const BINARY = process.platform === 'win32' ? 'deno.exe' : 'deno';

/** The packages, or what is missing. `folder` is one with node_modules in it or above it; without, the places where Node would look from here. */
export function findPackages(folder?: string): Packages | string {
  const require = createRequire(folder === undefined ? import.meta.url : pathToFileURL(join(folder, 'here.js')));
  const deno = folderOf(require, 'deno');
  const binary = deno && folderOf(createRequire(join(deno, 'package.json')), `@deno/${PLATFORM}`);
  const pyodide = folderOf(require, 'pyodide');
  const missing = [...(binary ? [] : ['deno']), ...(pyodide ? [] : ['pyodide'])];
  if (!binary || !pyodide) return `${missing.join(' and ')}: not installed`;
  const path = join(binary, BINARY);
  return existsSync(path) ? { deno: path, pyodide } : `deno: there is no ${path}`;
}

function folderOf(require: NodeJS.Require, name: string): string | null {
  const found = (require.resolve.paths(name) ?? []).map(place => join(place, name, 'package.json')).find(path => existsSync(path));
  return found === undefined ? null : dirname(realpathSync(found));
}
