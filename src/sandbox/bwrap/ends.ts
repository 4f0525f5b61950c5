// From what a session saw (messages.ts, Observed) to how a test ended (backend.ts, End). A table of ways, and for a process that ended by itself a
// table of signals. Everything here is the candidate's doing; ours, `setup`, is an error before it comes here.
import { constants } from 'node:os';
import type { End, Limits } from '../backend.ts';
import type { Observed } from './messages.ts';

export interface Ending {
  readonly end: End;
  /** One line. */
  readonly detail: string;
}

/** SIGRTMAX - 1 and - 2: how the child says what no exit status can (inside/child.py). */
const LOAD_FAILED = 63;
const OUT_OF_MEMORY = 62;

const { SIGKILL, SIGXCPU, SIGXFSZ } = constants.signals;
/** Two names for one number: the first is the usual one (SIGABRT, not SIGIOT). */
const NAMES = new Map(
  Object.entries(constants.signals)
    .reverse()
    .map(([name, number]) => [number, name]),
);

/** The last line on standard error that is not blank: where Python names the exception. */
export const lastLine = (stderr: string): string => stderr.trimEnd().split('\n').at(-1)?.trim().slice(0, 300) ?? '';

function bySignal(signal: number, observed: Observed, limits: Limits): Ending {
  // The kernel's own limit, which stands behind the session's.
  if (observed.cpu >= limits.cpuSeconds && (signal === SIGXCPU || signal === SIGKILL)) return outOfCpu(limits);
  if (signal === SIGXFSZ) return { end: 'output_limit', detail: 'a file grew beyond the limit' };
  if (signal === LOAD_FAILED) return { end: 'load_error', detail: lastLine(observed.stderr) };
  if (signal === OUT_OF_MEMORY) return { end: 'memory', detail: 'MemoryError' };
  return { end: 'runtime_error', detail: `killed by ${NAMES.get(signal) ?? `signal ${signal}`}` };
}

function byExit(code: number, stderr: string): Ending {
  if (code === 0) return { end: 'exit', detail: '' };
  return { end: 'runtime_error', detail: lastLine(stderr) || `exit status ${code}` };
}

const WAYS: Readonly<Record<Observed['how'], (observed: Observed, limits: Limits) => Ending>> = {
  exited: (o, limits) => (o.code < 0 ? bySignal(-o.code, o, limits) : byExit(o.code, o.stderr)),
  cpu: (_, limits) => outOfCpu(limits),
  wall: (_, limits) => ({ end: 'timeout_wall', detail: `more than ${limits.wallSeconds} s by the clock` }),
  output: () => ({ end: 'output_limit', detail: 'more than 4 MiB of output' }),
  memory: (_, limits) => outOfMemory(limits),
  protocol: () => ({ end: 'protocol_error', detail: 'wrote to the channel out of turn' }),
  ended: () => ({ end: 'exit', detail: '' }),
  setup: o => ({ end: 'runtime_error', detail: o.stderr }),
};

const outOfCpu = (limits: Limits): Ending => ({ end: 'timeout_cpu', detail: `more than ${limits.cpuSeconds} s of CPU` });

export const outOfMemory = (limits: Limits): Ending => ({
  end: 'memory',
  detail: `more than ${Math.round(limits.memoryBytes / 2 ** 20)} MiB of memory`,
});

/** `oomKilled`: the kernel killed something in the worker's cgroup meanwhile, so whatever was printed, memory is what ended it. */
export const endingOf = (observed: Observed, limits: Limits, oomKilled: boolean): Ending =>
  oomKilled ? outOfMemory(limits) : WAYS[observed.how](observed, limits);
