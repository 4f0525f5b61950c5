// The Python that runs inside: what the bwrap sandbox has, without its walls, and two files of our own in the place of two of its.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SHARED = ['__init__.py', 'calls.py', 'closing.py', 'names.py', 'tests.py', 'values.py', 'warm.py'];
const OWN = ['drive.py', 'wire.py'];

const textOf = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');

/** By name, as they lie in the folder `inside`. */
export const pythonFiles = (): Readonly<Record<string, string>> =>
  Object.fromEntries([
    ...SHARED.map(name => [name, textOf(`../bwrap/python/inside/${name}`)] as const),
    ...OWN.map(name => [name, textOf(`./python/${name}`)] as const),
  ]);
