// A run directory opened for writing: made or taken up, locked, its configuration written or compared, crash leftovers removed.
// What makes a directory THIS run is config.json: the same configuration goes on, another one is refused, and so is a directory that
// holds anything else.
import { mkdir, readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { ConfigError } from '../errors.ts';
import { readIfThere, removeLeftovers, syncFolder, writeWhole } from './atomic.ts';
import { firstDifference } from './difference.ts';
import { type EventLog, openEventLog } from './events.ts';
import { type Layout, layoutOf } from './layout.ts';
import { takeLock } from './lock.ts';
import { codeOf, storeError, storing } from './storing.ts';

export interface RunDirectory {
  readonly layout: Layout;
  readonly events: EventLog;
  /** Whether there was a run here already. */
  readonly resumed: boolean;
  /** What was found and mended while opening; to be said aloud. */
  readonly notes: readonly string[];
  /** Releases the lock; closes the event log. */
  close(): Promise<void>;
}

/**
 * Opens `dir` for the run of `config` (plain JSON). Throws ConfigError when the directory holds another run, is no run or is being written
 * by somebody else; StoreError when it cannot be written. Closed by its opener.
 */
export async function openRun(dir: string, config: unknown): Promise<RunDirectory> {
  const layout = layoutOf(dir);
  await makeRunFolder(dir);
  const resumed = await isThisRun(dir, layout, config); // before the lock: a directory that is no run is left untouched
  const notes: string[] = [];
  const lock = await takeLock(layout.lock, message => notes.push(message));
  try {
    const removed = await removeLeftovers(dir);
    if (removed.length > 0) notes.push(`removed what a crash had left half-written: ${removed.join(', ')}`);
    if (!(await isThisRun(dir, layout, config))) await writeWhole(layout.config, `${JSON.stringify(config, null, 2)}\n`);
    const events = await openEventLog(layout.events, bytes =>
      notes.push(`cut a half-written last line (${bytes} bytes) off ${layout.events}`),
    );
    const close = async () => {
      events.close();
      await lock.release();
    };
    return { layout, events, resumed, notes, close };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Makes the folder of a policy, if it is not there. */
export const makeFolder = (dir: string): Promise<void> =>
  storing(`making ${dir}`, async () => {
    if ((await mkdir(dir, { recursive: true })) !== undefined) await syncFolder(dir);
  });

async function makeRunFolder(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
  } catch (error) {
    if (!['EEXIST', 'ENOTDIR'].includes(codeOf(error) ?? '')) throw storeError(`making ${dir}`, error);
    throw new ConfigError({ field: dir, message: 'is a file, or lies under one; give an empty or new directory' });
  }
}

async function isThisRun(dir: string, layout: Layout, config: unknown): Promise<boolean> {
  const text = await readIfThere(layout.config);
  if (text === null) {
    await refuseOthersFolder(dir, layout);
    return false;
  }
  const difference = firstDifference(parseConfig(layout.config, text), JSON.parse(JSON.stringify(config)));
  if (difference === null) return true;
  if (difference.isStranger)
    throw new ConfigError({ field: dir, message: `holds a config.json that is not of a run; give an empty or new directory` });
  const { path, before, after } = difference;
  throw new ConfigError({
    field: path,
    message: `is ${after}, but the run in ${dir} was started with ${before}; give another directory, or the old value`,
  });
}

/** Without config.json only what a crash before its writing leaves may be there. */
async function refuseOthersFolder(dir: string, layout: Layout): Promise<void> {
  const ours = (name: string) => name.startsWith(basename(layout.lock)) || name === `${basename(layout.config)}.tmp`;
  const others = (await storing(`reading ${dir}`, () => readdir(dir))).filter(name => !ours(name));
  if (others.length === 0) return;
  throw new ConfigError({ field: dir, message: `is not a run (it holds ${others[0]} and no config.json); give an empty or new directory` });
}

function parseConfig(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigError({ field: file, message: `is no JSON (${String(cause)}), so this is not a run; give an empty or new directory` });
  }
}
