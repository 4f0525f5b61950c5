// The Linux backend: Python programs in bubblewrap, nested namespaces for each candidate, a fork server so that one costs ten milliseconds. Holds the
// lanes (lane.ts), gives each job one, and tries again what a broken worker left undone (tests.ts, asserts.ts). Start with probe.ts: nothing else may open this.
import { availableParallelism } from 'node:os';
import { Interrupted } from '../../errors.ts';
import type { Backend, Job, OnTest, Unjudged } from '../backend.ts';
import { runAsserts } from './asserts.ts';
import type { Cgroups } from './cgroup.ts';
import { Lane } from './lane.ts';
import { LARGEST_PROGRAM } from './limits.ts';
import { runTests } from './tests.ts';
import { WorkerFault } from './worker.ts';

export interface BwrapOptions {
  readonly cgroups: Cgroups | null;
  readonly enforced: readonly string[];
  /** Jobs at a time; a worker each (default: one for each core). */
  readonly lanes?: number;
}

export class BwrapBackend implements Backend {
  readonly name = 'bwrap';
  readonly languages = ['python'] as const;
  readonly enforced: readonly string[];
  private readonly free: Lane[];
  private readonly waiting: ((lane: Lane) => void)[] = [];
  private readonly lanes: readonly Lane[];
  private closed = false;

  constructor({ cgroups, enforced, lanes = availableParallelism() }: BwrapOptions) {
    this.enforced = enforced;
    this.lanes = Array.from({ length: lanes }, () => new Lane(cgroups));
    this.free = [...this.lanes];
  }

  async run(job: Job, onTest: OnTest, signal?: AbortSignal): Promise<Unjudged | null> {
    const refusal = refusalOf(job, onTest);
    if (refusal !== undefined) return refusal;
    const lane = this.free.pop() ?? (await new Promise<Lane>(resolve => this.waiting.push(resolve)));
    try {
      return this.closed ? CLOSED : await runOn(lane, job, onTest, signal);
    } finally {
      await lane.release();
      this.giveBack(lane);
    }
  }

  /** Ends every process. Jobs under way end as sandbox errors. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.lanes.map(lane => lane.stop()));
  }

  private giveBack(lane: Lane): void {
    const next = this.waiting.shift();
    if (next) next(lane);
    else this.free.push(lane);
  }
}

const CLOSED: Unjudged = { kind: 'sandbox_error', reason: 'the sandbox is closed' };

/** What needs no process: undefined when the job is to be run. */
function refusalOf(job: Job, onTest: OnTest): Unjudged | null | undefined {
  if (job.language !== 'python') return { kind: 'unsupported', reason: `this sandbox runs Python, not ${job.language}` };
  if (Buffer.byteLength(job.program) <= LARGEST_PROGRAM) return undefined;
  onTest({
    index: 0,
    end: 'load_error',
    detail: `the program is longer than ${LARGEST_PROGRAM / 1024} KiB`,
    stdout: Buffer.alloc(0),
    stderr: '',
    wallMs: 0,
    cpuMs: 0,
  });
  return null;
}

async function runOn(lane: Lane, job: Job, onTest: OnTest, signal?: AbortSignal): Promise<Unjudged | null> {
  if (signal?.aborted) throw new Interrupted();
  const stop = () => void lane.stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await (job.mode === 'assert' ? runAsserts(lane, job, onTest) : runTests(lane, job, onTest));
  } catch (fault) {
    if (signal?.aborted) throw new Interrupted();
    if (fault instanceof WorkerFault) return { kind: 'sandbox_error', reason: fault.message };
    throw fault;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
