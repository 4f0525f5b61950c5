// One writer at a time. lock.json names the process that writes: pid, host, and when that process was started (a pid alone may have passed on to
// somebody else). Readers never look at it. The file appears with its content (link, not create and write), so nobody reads half a lock.
// The lock of a dead process of this host is taken over; another host's processes cannot be looked at, so that one is for the user to judge.

import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { ConfigError } from '../errors.ts';
import { readIfThere } from './atomic.ts';
import { codeOf, isMissing, storing } from './storing.ts';

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process was started, in the kernel's own count; null where the platform does not tell. */
  readonly started: string | null;
}

export interface Lock {
  release(): Promise<void>;
}

/** Takes the lock, or throws ConfigError naming who holds it. `onTakeover` hears of a dead process's lock. Closed by its opener. */
export async function takeLock(file: string, onTakeover: (message: string) => void): Promise<Lock> {
  const mine: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  for (let tries = 0; tries < 3; tries++) {
    if (await place(file, mine)) return { release: () => storing(`removing ${file}`, () => rm(file, { force: true })) };
    const text = await readIfThere(file);
    if (text === null) continue; // released just now
    const holder = parse(text);
    if (holder !== null && !isDead(holder)) throw busy(file, holder);
    if (await remove(file, text)) onTakeover(describe(holder));
  }
  throw new ConfigError({ field: file, message: 'other processes keep taking this lock; start again when they are done' });
}

const parse = (text: string): Holder | null => {
  try {
    const value: unknown = JSON.parse(text);
    return isHolder(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null; // torn by a power cut: nobody's
    throw error;
  }
};

const isHolder = (value: unknown): value is Holder =>
  typeof value === 'object' && value !== null && 'pid' in value && 'host' in value && 'started' in value;

const busy = (file: string, holder: Holder): ConfigError =>
  new ConfigError({
    field: file,
    message:
      holder.host === hostname()
        ? `process ${holder.pid} is writing this run; wait for it or stop it`
        : `process ${holder.pid} on ${holder.host} is writing this run; wait for it, or delete this file when that process is gone`,
  });

const describe = (holder: Holder | null): string =>
  holder === null
    ? 'the lock was damaged: taken over'
    : `process ${holder.pid}, which wrote this run, is gone without releasing its lock: taken over`;

/** Puts the lock into place with its content; false when there is one already. */
const place = (file: string, mine: Holder): Promise<boolean> =>
  storing(`taking ${file}`, async () => {
    const temporary = `${file}.${mine.pid}.tmp`;
    await writeFile(temporary, `${JSON.stringify(mine)}\n`);
    try {
      await link(temporary, file);
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST' || isMissing(error)) return false; // missing: the holder has just tidied up
      throw error;
    } finally {
      await rm(temporary, { force: true });
    }
  });

/** Removes a dead lock unless another process was quicker: what was moved away must be what was read. */
const remove = (file: string, text: string): Promise<boolean> =>
  storing(`taking over ${file}`, async () => {
    const aside = `${file}.${process.pid}.stale.tmp`;
    try {
      await rename(file, aside);
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
    const isSame = (await readFile(aside, 'utf8')) === text;
    if (!isSame) await link(aside, file);
    await rm(aside, { force: true });
    return isSame;
  });

function isDead(holder: Holder): boolean {
  if (holder.host !== hostname()) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return codeOf(error) === 'ESRCH'; // EPERM: it lives, as another user
  }
  const started = startOf(holder.pid);
  return started !== null && holder.started !== null && started !== holder.started;
}

/** The start time of a process from /proc/PID/stat (field 22, ticks since boot); null where there is no /proc. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch (error) {
    if (codeOf(error) !== undefined) return null;
    throw error;
  }
}
