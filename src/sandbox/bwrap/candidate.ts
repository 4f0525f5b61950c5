// The candidate of an assert job, in sandbox A, as the relay sees it: something that loads, answers calls, and may be dead, with a reason.
import type { Limits } from '../backend.ts';
import { type Answer, type Ask, readAnswer, saysLoaded } from './answers.ts';
import { type Ending, endingOf, outOfMemory } from './ends.ts';
import { GRACE_SECONDS, type MemoryControl, wireLimits } from './limits.ts';
import type { Message, Usage } from './messages.ts';
import { endingOfAnswer, mustBeObserved } from './one-test.ts';
import type { Worker } from './worker.ts';

const TAIL = 2048;

export class Candidate {
  /** How it died; null while it can be asked. */
  death: Ending | null = null;
  /** Seconds of CPU since it began. */
  cpu = 0;
  private readonly worker: Worker;
  private readonly limits: Limits;
  private readonly killsBefore: number;
  private stdout: Buffer[] = [];
  private stderr = '';
  private isOver = false;

  /** Begins to load: `loaded` tells how that went. */
  constructor(worker: Worker, program: string, limits: Limits, control: MemoryControl) {
    this.worker = worker;
    this.limits = limits;
    this.killsBefore = worker.oomKills();
    worker.send({ op: 'run', mode: 'calls', prelude: false, program, limits: wireLimits(limits, control) });
  }

  async loaded(): Promise<void> {
    const message = await this.hear();
    if (message.op === 'frame' && !saysLoaded(message.frame)) this.death = PROTOCOL;
    if (this.death?.end === 'exit' || this.death?.end === 'runtime_error') this.death = { ...this.death, end: 'load_error' };
  }

  /** Its answer to a call, or null when it is dead, before or because of it. */
  async answer({ id, fn, args, kw }: Extract<Ask, { kind: 'call' }>): Promise<Exclude<Answer, { kind: 'missing' }> | null> {
    if (this.death) return null;
    this.worker.send({ op: 'frame', frame: JSON.stringify({ id, fn, args, kw }) });
    const message = await this.hear();
    if (message.op !== 'frame') return null;
    const answer = readAnswer(message.frame);
    if (answer?.id === id && answer.kind !== 'missing') return answer;
    this.death = answer?.kind === 'missing' ? endingOfAnswer(answer, fn, this.limits) : PROTOCOL;
    return null;
  }

  /** Ends it, if it has not ended by itself. */
  async end(): Promise<void> {
    if (this.isOver) return;
    this.worker.send({ op: 'end' });
    let message = await this.worker.receive(this.limits.wallSeconds + GRACE_SECONDS);
    // An answer may have been on its way.
    if (message.op === 'frame') message = await this.worker.receive(GRACE_SECONDS);
    this.take(mustBeObserved(message));
    this.isOver = true;
  }

  /** What it has written since it was last asked this. */
  output(): { readonly stdout: Buffer; readonly stderr: string } {
    const output = { stdout: Buffer.concat(this.stdout), stderr: this.stderr.slice(-TAIL) };
    this.stdout = [];
    this.stderr = '';
    return output;
  }

  private async hear(): Promise<Message> {
    const message = await this.worker.receive(this.limits.wallSeconds + GRACE_SECONDS);
    if (message.op === 'frame') this.take(message);
    else this.die(message);
    if (this.worker.oomKills() > this.killsBefore) this.death = outOfMemory(this.limits);
    return message;
  }

  private die(message: Message): void {
    const observed = mustBeObserved(message);
    this.take(observed);
    this.isOver = true;
    const ending = endingOf(observed, this.limits, false);
    this.death = ending.end === 'exit' ? { end: 'runtime_error', detail: 'ended before it answered' } : ending;
  }

  private take({ cpu, stdout, stderr }: Usage): void {
    this.cpu = cpu;
    if (stdout.length > 0) this.stdout.push(stdout);
    this.stderr += stderr;
  }
}

const PROTOCOL: Ending = { end: 'protocol_error', detail: 'answered in a form that no function can' };
