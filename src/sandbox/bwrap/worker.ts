// One worker: a sandbox with a fork server in it, seen from the host. Messages go in, messages come out, in order; it can be killed at any time. Whatever
// is not as it should be (death, silence, nonsense) is a WorkerFault, after which the worker is of no use any more.
import { type ChildProcess, spawn } from 'node:child_process';
import type { Cgroup, Cgroups } from './cgroup.ts';
import { closeAll, isKernelRoot, workerCommand } from './command.ts';
import { FrameError, FrameReader, packFrame } from './frames.ts';
import { type Message, readMessage } from './messages.ts';
import { toBytes } from './seccomp/assemble.ts';
import { filterFor, isArchitecture } from './seccomp/filter.ts';

/** Seconds: of a loaded machine. */
const START_SECONDS = 30;
/** Bytes of what the start says on standard error: bubblewrap's own complaint. */
const COMPLAINT_KEPT = 2000;

export class WorkerFault extends Error {
  override readonly name: string = 'WorkerFault';
}

/** The session could not put up its walls: ours, whoever the candidate is. */
export class SetupFault extends WorkerFault {
  override readonly name = 'SetupFault';
}

let made = 0;

interface Waiting {
  readonly resolve: (message: Message) => void;
  readonly reject: (fault: WorkerFault) => void;
  readonly timer: NodeJS.Timeout;
}

export class Worker {
  /** How many jobs it has held. */
  jobs = 0;
  isOpen = false;
  private readonly child: ChildProcess;
  private readonly cgroup: Cgroup | null;
  private readonly reader = new FrameReader();
  private readonly inbox: Message[] = [];
  private readonly ended: Promise<void>;
  private waiting: Waiting | null = null;
  private fault: WorkerFault | null = null;
  private complaint = '';
  private memory = 0;
  /** Replies that are still to come and of which nobody else will ask. */
  private awaited: ('opened' | 'closed')[] = [];

  private constructor(child: ChildProcess, cgroup: Cgroup | null) {
    this.child = child;
    this.cgroup = cgroup;
    child.stdout!.on('data', (piece: Buffer) => this.take(piece));
    child.stderr!.on('data', (piece: Buffer) => {
      this.complaint = (this.complaint + piece.toString()).slice(-COMPLAINT_KEPT);
    });
    // A pipe breaks when its process ends, and the end says more.
    child.stdin!.on('error', () => undefined);
    child.on('error', error => this.fail(error.message));
    this.ended = new Promise(resolve => {
      child.on('close', (code, signal) => {
        this.fail(`ended with ${signal ?? `status ${code}`}${this.complaint && `: ${this.complaint.trim()}`}`);
        this.removeCgroup();
        resolve();
      });
      child.on('error', () => resolve());
    });
  }

  /** Rejects with a WorkerFault that says what bubblewrap said. */
  static async start(cgroups: Cgroups | null): Promise<Worker> {
    if (!isArchitecture(process.arch)) throw new WorkerFault(`no system call filter for ${process.arch}: x64 and arm64 have one`);
    const cgroup = cgroups?.make(String(++made)) ?? null;
    const command = workerCommand(isKernelRoot(), cgroup?.directories ?? []);
    // An empty environment: the first process of the sandbox shows it to all. Detached: a Ctrl-C is the host's to handle.
    const child = spawn(command.file, command.args, {
      stdio: ['pipe', 'pipe', 'pipe', ...command.descriptors],
      env: { PATH: '/usr/bin:/bin' },
      cwd: '/',
      detached: true,
    });
    closeAll(command.descriptors);
    const worker = new Worker(child, cgroup);
    try {
      worker.send({ op: 'hello', seccomp: toBytes(filterFor(process.arch)).toString('base64') });
      const hello = await worker.receive(START_SECONDS);
      if (hello.op !== 'ready') throw new WorkerFault(`the sandbox began with ${hello.op}`);
      return worker;
    } catch (fault) {
      await worker.kill();
      throw fault;
    }
  }

  get isDead(): boolean {
    return this.fault !== null;
  }

  /** A dead worker takes no message; asking it for one says why. */
  send(message: object): void {
    if (!this.fault) this.child.stdin!.write(packFrame(message));
  }

  /** The next message. Rejects with a WorkerFault when the worker is dead, says nonsense, or nothing for so long; then it is killed. */
  async receive(seconds: number): Promise<Message> {
    for (;;) {
      const message = await this.next(seconds);
      if (message.op === 'broken') throw this.fail(message.detail);
      if (this.awaited[0] !== message.op) return message;
      this.awaited.shift();
      if (message.op === 'closed' && message.status !== 0) throw this.fail(`a session ended with ${message.status}`);
    }
  }

  /** Begins a candidate: in namespaces of its own from here to `close`. */
  open(memoryBytes: number): void {
    this.isOpen = true;
    if (this.memory !== memoryBytes) this.ofCgroup(cgroup => cgroup.setMemory(memoryBytes));
    this.memory = memoryBytes;
    this.send({ op: 'open' });
    this.awaited.push('opened');
  }

  /** Ends it: the kernel kills what is left. What comes of it is looked at before the next one's first answer. */
  close(): void {
    this.isOpen = false;
    this.send({ op: 'close' });
    this.awaited.push('closed');
  }

  oomKills(): number {
    return this.ofCgroup(cgroup => cgroup.oomKills()) ?? 0;
  }

  /** The event loop may end while nobody waits for an idle worker. */
  hold(held: boolean): void {
    const { child } = this;
    const streams = [child.stdin, child.stdout, child.stderr] as unknown as { ref(): void; unref(): void }[];
    for (const part of [child, ...streams]) held ? part.ref() : part.unref();
  }

  /** Resolves when its processes are gone. */
  async kill(): Promise<void> {
    this.hold(true);
    this.fail('was ended');
    await this.ended;
  }

  /** The kernel may refuse (a limit below what is still in use), or somebody has removed it: a fresh worker has a fresh one. */
  private ofCgroup<T>(act: (cgroup: Cgroup) => T): T | undefined {
    try {
      return this.cgroup ? act(this.cgroup) : undefined;
    } catch (cause) {
      throw this.fail(`has lost its cgroup: ${cause instanceof Error ? cause.message : cause}`);
    }
  }

  private next(seconds: number): Promise<Message> {
    const message = this.inbox.shift();
    if (message) return Promise.resolve(message);
    if (this.fault) return Promise.reject(this.fault);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.fail(`said nothing for ${seconds} s`), seconds * 1000);
      this.waiting = { resolve, reject, timer };
    });
  }

  private take(piece: Buffer): void {
    try {
      for (const text of this.reader.push(piece)) this.deliver(readMessage(text));
    } catch (cause) {
      if (!(cause instanceof FrameError)) throw cause;
      this.fail(cause.message);
    }
  }

  private deliver(message: Message | null): void {
    if (!message) this.fail('sent something that is no message');
    else if (!this.waiting) this.inbox.push(message);
    else this.stopWaiting().resolve(message);
  }

  private stopWaiting(): Waiting {
    const waiting = this.waiting!;
    clearTimeout(waiting.timer);
    this.waiting = null;
    return waiting;
  }

  /** The first reason stays. Kills the group: sh, setpriv and bwrap are one process, and bubblewrap's dies with it, and with that all inside. */
  private fail(reason: string): WorkerFault {
    this.fault ??= new WorkerFault(`the sandbox ${reason}`);
    if (this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    if (this.waiting) this.stopWaiting().reject(this.fault);
    return this.fault;
  }

  /** The kernel lets go of the last process a moment after we hear of its end. */
  private removeCgroup(tries = 20): void {
    if (!this.cgroup || this.cgroup.remove() || tries === 0) return;
    setTimeout(() => this.removeCgroup(tries - 1), 50);
  }
}
