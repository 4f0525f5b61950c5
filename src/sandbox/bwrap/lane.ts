// A place where one job runs at a time: a worker for the candidate and, for asserts, one for the tests. Workers are started when first needed and
// replaced after five hundred candidates, or when anything about them was odd.
import type { Cgroups } from './cgroup.ts';
import type { MemoryControl } from './limits.ts';
import { Worker, WorkerFault } from './worker.ts';

/** Candidates before a worker is replaced: what leaks in the kernel's or Python's bookkeeping does not add up. */
const RECYCLE_AFTER = 500;

/** `tests` never holds a candidate: expected values lie in its memory. */
type Role = 'candidate' | 'tests';

export class Lane {
  private readonly cgroups: Cgroups | null;
  private readonly workers = new Map<Role, Worker>();
  private isStopped = false;

  constructor(cgroups: Cgroups | null) {
    this.cgroups = cgroups;
  }

  get memoryControl(): MemoryControl {
    return this.cgroups ? 'cgroup' : 'watchdog';
  }

  /** A worker in which a session is open. Rejects with a WorkerFault when none can be started. */
  async open(role: Role, memoryBytes: number): Promise<Worker> {
    const worker = await this.living(role);
    worker.hold(true);
    if (!worker.isOpen) worker.open(memoryBytes);
    return worker;
  }

  /** The job is over: no session outlives its candidate (the tests' may go on, its children do not), and idle workers keep nobody awake. */
  async release(): Promise<void> {
    this.isStopped = false;
    await Promise.all([...this.workers].map(([role, worker]) => this.retire(role, worker)));
  }

  private async retire(role: Role, worker: Worker): Promise<void> {
    if (role === 'candidate' && worker.isOpen) worker.close();
    if (worker.jobs >= RECYCLE_AFTER) await worker.kill();
    if (worker.isDead) this.workers.delete(role);
    else worker.hold(false);
  }

  /** Ends every process of this lane; the next `open` starts new ones. */
  async kill(): Promise<void> {
    const all = [...this.workers.values()];
    this.workers.clear();
    await Promise.all(all.map(worker => worker.kill()));
  }

  /** The same for good, until the job has been released: nothing of it is tried again. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.kill();
  }

  private async living(role: Role): Promise<Worker> {
    const worker = this.workers.get(role);
    if (worker && !worker.isDead) return worker;
    const fresh = this.isStopped ? null : await Worker.start(this.cgroups);
    // It may have been stopped while the worker was starting.
    if (!fresh || this.isStopped) {
      await fresh?.kill();
      throw new WorkerFault('the sandbox was stopped');
    }
    this.workers.set(role, fresh);
    return fresh;
  }
}
