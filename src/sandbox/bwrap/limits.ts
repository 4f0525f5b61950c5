// The limits of one test in the numbers that the inside needs (inside/limits.py, inside/watch.py). What a job may choose is in backend.ts; the rest is
// fixed here, with the reasons.
import type { Limits } from '../backend.ts';

const MIB = 2 ** 20;

/** How a candidate's memory is held: counted by the kernel over all its processes, or by each process's address space and a look every 100 ms. */
export type MemoryControl = 'cgroup' | 'watchdog';

export interface WireLimits {
  /** Seconds. */
  readonly cpu: number;
  /** Seconds, of the child's own turns. */
  readonly wall: number;
  readonly address_space: number;
  /** Bytes of standard output and error together, and of one frame. */
  readonly output: number;
  /** Bytes of the largest file. */
  readonly file: number;
  /** Open files. */
  readonly files: number;
  /** Processes and threads. */
  readonly processes: number;
  /** Bytes above which the session ends the test, null where a cgroup does. */
  readonly memory_watch: number | null;
}

/** Bytes. A larger program is refused unread: no honest one is near. */
export const LARGEST_PROGRAM = 64 * 1024;
/** Bytes of one frame in either direction. */
export const LARGEST_FRAME = 16 * MIB;
/** Processes of a whole worker: ours, and the candidate's with room to be refused in. */
export const WORKER_PROCESSES = 96;
/** What the fork server and the session take of the worker's memory. */
export const OWN_MEMORY = 48 * MIB;
/** Seconds that the session gets beyond a limit before the host stops believing in it. */
export const GRACE_SECONDS = 2;

const OUTPUT = 4 * MIB;
const FILE = 16 * MIB;

/**
 * Address space is a multiple of memory: a thread reserves its 64 MiB of stack without using them, and with 1 GiB fourteen threads did not start.
 * The cgroup counts what is used, so there the multiple can be larger.
 */
const ADDRESS_SPACE: Readonly<Record<MemoryControl, number>> = { cgroup: 4, watchdog: 2 };

export const wireLimits = (limits: Limits, control: MemoryControl): WireLimits => ({
  cpu: limits.cpuSeconds,
  wall: limits.wallSeconds,
  address_space: ADDRESS_SPACE[control] * limits.memoryBytes,
  output: OUTPUT,
  file: FILE,
  files: 64,
  processes: 32,
  memory_watch: control === 'watchdog' ? limits.memoryBytes : null,
});

/** Seconds for all tests of a job: a program that is slow on every one must not take an hour. */
export const problemSeconds = (limits: Limits, tests: number): number =>
  Math.max(limits.wallSeconds, Math.min(60, tests * limits.cpuSeconds * 1.5 + 10));
