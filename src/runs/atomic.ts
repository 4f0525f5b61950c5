// A file or a folder appears whole or not at all: it is written beside its place as NAME.tmp, forced to the disk, renamed, and the folder
// that holds the name is forced to the disk as well (without that a power cut can undo the rename). What a crash leaves is only ever a
// NAME.tmp, which the next writer removes. Not for files that grow: jsonl.ts.
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, isMissing, storeError, storing } from './storing.ts';

const TEMPORARY = '.tmp';

/** Writes a text file, whole or not at all. */
export const writeWhole = (file: string, text: string): Promise<void> =>
  storing(`writing ${file}`, async () => {
    const temporary = file + TEMPORARY;
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await moveIntoPlace(temporary, file);
  });

/** Makes a folder, whole or not at all: `fill` is given a path that does not exist and makes a folder there. */
export async function makeWhole(dir: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = dir + TEMPORARY;
  await storing(`removing ${temporary}`, () => rm(temporary, { recursive: true, force: true }));
  await fill(temporary).catch((error: unknown) => {
    throw codeOf(error) === undefined ? error : storeError(`writing ${dir}`, error);
  });
  await storing(`writing ${dir}`, async () => {
    await syncTree(temporary);
    await moveIntoPlace(temporary, dir);
  });
}

/** The text of a file, or null where there is none. */
export const readIfThere = (file: string): Promise<string | null> =>
  storing(`reading ${file}`, () =>
    readFile(file, 'utf8').catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    }),
  );

/** Removes what crashed writers left anywhere under `dir`; returns the paths removed. */
export const removeLeftovers = (dir: string): Promise<string[]> =>
  storing(`cleaning ${dir}`, async () => {
    const entries = await readdir(dir, { withFileTypes: true });
    const removed: string[] = [];
    for (const entry of entries) {
      const path = join(dir, entry.name);
      if (entry.name.endsWith(TEMPORARY)) {
        await rm(path, { recursive: true, force: true });
        removed.push(path);
      } else if (entry.isDirectory()) {
        removed.push(...(await removeLeftovers(path)));
      }
    }
    return removed;
  });

/** Forces a folder's list of names to the disk. */
export async function syncFolder(dir: string): Promise<void> {
  if (process.platform === 'win32') return; // a folder cannot be opened there; NTFS keeps renames in its journal
  await syncPath(dir);
}

async function moveIntoPlace(temporary: string, path: string): Promise<void> {
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

async function syncTree(dir: string): Promise<void> {
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    await (entry.isDirectory() ? syncTree(path) : syncPath(path));
  }
  await syncFolder(dir);
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes a file, if it is there. */
export const removeFile = (file: string): Promise<void> => storing(`removing ${file}`, () => rm(file, { force: true }));

/** Removes a folder, if it is there, whole or not at all. */
export const removeWhole = (dir: string): Promise<void> =>
  storing(`removing ${dir}`, async () => {
    const temporary = dir + TEMPORARY;
    try {
      await rename(dir, temporary);
    } catch (error) {
      if (isMissing(error)) return;
      throw error;
    }
    await syncFolder(dirname(dir));
    await rm(temporary, { recursive: true, force: true });
  });
