// Loaded before the command line (node --import), in its main thread and in the engine's: the process comes to a stop for good at a moment of
// a checkpoint's making, says so, and waits to be killed. Without it a killer from outside could only hope to come in time.
import { writeSync } from 'node:fs';
import fsp from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** Of a checkpoint: its weights are begun, it is whole but has its temporary name, it has its name and the folder is not synced yet. */
export const MOMENTS = ['writing', 'before', 'after'] as const;
export type Moment = (typeof MOMENTS)[number];

/** What is said on standard error when the moment has come. */
export const HALTED = 'halted at the checkpoint';

/** The option of node that loads this file. */
export const haltingAt = (moment: Moment): string => `--import=${import.meta.url}?at=${moment}`;

const at = new URL(import.meta.url).searchParams.get('at');

/** Killers can die themselves: nobody waits for longer than this. */
const PATIENCE_MS = 60_000;

function halt(): void {
  writeSync(2, `${HALTED}\n`);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PATIENCE_MS);
  process.kill(process.pid, 'SIGKILL');
}

if (at !== null) {
  const { open, rename } = fsp;
  fsp.open = async (path, ...rest) => {
    const handle = await open(path, ...rest);
    if (at === 'writing' && String(path).endsWith('model.safetensors') && rest[0] === 'wx') halt();
    return handle;
  };
  fsp.rename = async (from, to) => {
    const isCheckpoint = String(to).endsWith('checkpoint');
    if (isCheckpoint && at === 'before') halt();
    await rename(from, to);
    if (isCheckpoint && at === 'after') halt();
  };
  syncBuiltinESMExports();
}
