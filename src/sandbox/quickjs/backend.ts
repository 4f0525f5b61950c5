// The quickjs backend: a few children, each with one job at a time; jobs wait for a free one. A child is replaced when it has died, has grown (the memory of
// WASM never shrinks) or has served long; a program never meets what another left behind.
import type { Backend, End, Job, Observation, Unjudged } from '../backend.ts';
import { Lanes } from '../lanes.ts';
import { type Death, QuickjsChild } from './child-process.ts';
import type { Command } from './enclosure.ts';
import { isFunctionName } from './programs-names.ts';
import type { Answer, Request, Seen } from './protocol.ts';

const MOST_SERVED = 500;
/** Bytes. Idle it has about 80 MiB. */
const MOST_RESIDENT = 400 * 2 ** 20;
const LARGEST_PROGRAM = 64 * 1024;

interface Slot {
  child: QuickjsChild | null;
}

export class QuickjsBackend implements Backend {
  readonly name = 'quickjs';
  readonly languages = ['javascript'] as const;
  readonly enforced: readonly string[];
  private readonly command: Command;
  private readonly lanes: Lanes<Slot>;
  private nextId = 1;

  constructor(command: Command, lanes: number, enforced: readonly string[]) {
    this.command = command;
    this.enforced = enforced;
    this.lanes = new Lanes<Slot>(Array.from({ length: lanes }, () => ({ child: null })));
  }

  run(job: Job, onTest: (observation: Observation) => boolean, signal?: AbortSignal): Promise<Unjudged | null> {
    const refusal = refusalOf(job);
    if (refusal) return Promise.resolve(refusal);
    return this.lanes.use(slot => this.runIn(slot, job, onTest, signal), signal);
  }

  async close(): Promise<void> {
    await this.lanes.close(slot => slot.child?.kill());
  }

  private async runIn(slot: Slot, job: Job, onTest: (o: Observation) => boolean, signal?: AbortSignal): Promise<Unjudged | null> {
    const requests = requestsOf(job);
    let index = 0;
    for (const [i, request] of requests.entries()) {
      if (tooLarge(job)) {
        onTest(observed(i, blank('load_error', `the program is longer than ${LARGEST_PROGRAM} bytes`)));
        return null;
      }
      const answer = await this.ask(slot, { ...request, id: this.nextId++ }, signal);
      if ('kind' in answer) return answer;
      if (answer.unsupported !== null) return { kind: 'unsupported', reason: answer.unsupported };
      for (const seen of answer.seen) if (!onTest(observed(index++, seen))) return null;
    }
    return null;
  }

  /** A child that dies under a program is tried once more, afresh; if that dies as well it is the program's doing. */
  private async ask(slot: Slot, request: Request, signal?: AbortSignal): Promise<Answer | Unjudged> {
    for (const isLast of [false, true]) {
      const child = await this.childOf(slot);
      if (typeof child === 'string') return { kind: 'sandbox_error', reason: child };
      const answer = await child.ask(request, signal);
      if (!('end' in answer)) {
        if (answer.resident > MOST_RESIDENT || child.served >= MOST_SERVED) void child.kill();
        return answer;
      }
      if (answer.end !== 'died' || isLast) return ofDeath(request.id, answer);
    }
    throw new Error('unreachable');
  }

  private async childOf(slot: Slot): Promise<QuickjsChild | string> {
    if (slot.child?.isAlive && slot.child.served < MOST_SERVED) return slot.child;
    await slot.child?.kill();
    slot.child = new QuickjsChild(this.command);
    const failure = await slot.child.ready();
    if (failure !== null) await slot.child.kill();
    return failure ?? slot.child;
  }
}

function refusalOf(job: Job): Unjudged | null {
  if (job.language !== 'javascript') return { kind: 'unsupported', reason: `quickjs runs JavaScript, not ${job.language}` };
  const names = job.mode === 'call' ? [job.fn] : job.mode === 'assert' ? (job.names ?? []) : [];
  const bad = names.find(name => !isFunctionName(name));
  return bad === undefined ? null : { kind: 'unsupported', reason: `${JSON.stringify(bad)} is no name of a function` };
}

const tooLarge = (job: Job) => Buffer.byteLength(job.program) > LARGEST_PROGRAM;

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

function requestsOf(job: Job): readonly WithoutId<Request>[] {
  const { program, limits } = job;
  switch (job.mode) {
    case 'stdio':
      return job.inputs.map(input => ({ mode: 'stdio', program, limits, input }));
    case 'call':
      return job.calls.map(args => ({ mode: 'call', program, limits, fn: job.fn, args }));
    case 'assert':
      return [{ mode: 'assert', program, limits, setup: job.setup, asserts: job.asserts, names: job.names ?? null }];
  }
}

const blank = (end: End, detail: string): Seen => ({ end, detail, stdout: '', stderr: '', wallMs: 0, cpuMs: 0 });

const ofDeath = (id: number, { end, detail }: Death): Answer => ({
  id,
  seen: [blank(end === 'died' ? 'runtime_error' : end, detail)],
  unsupported: null,
  resident: 0,
});

const observed = (index: number, { stdout, ...seen }: Seen): Observation => ({ index, ...seen, stdout: Buffer.from(stdout, 'base64') });
