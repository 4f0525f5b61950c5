// Assert mode: the candidate serves calls in sandbox A, trusted tests run in sandbox B, and the host carries calls and answers between them, each read
// with suspicion on the way (answers.ts). How a unit ended comes from B, in which no line of the program runs; when the candidate is dead, how it died
// counts, whatever B made of it (a test with a bare `except` would think it had seen the exception it wanted).
import type { Job, Observation, OnTest, Unjudged } from '../backend.ts';
import { type Ask, readAsk, type TestEnd } from './answers.ts';
import { Candidate } from './candidate.ts';
import { type Ending, endingOf } from './ends.ts';
import type { Lane } from './lane.ts';
import { GRACE_SECONDS, problemSeconds, wireLimits } from './limits.ts';
import type { Message } from './messages.ts';
import { mustBeObserved } from './one-test.ts';
import { SetupFault, type Worker, WorkerFault } from './worker.ts';

type AssertJob = Extract<Job, { mode: 'assert' }>;

/** The tests check results, they do not search for them: this much more CPU than the program is enough. */
const TESTS_CPU_FACTOR = 4;
const TESTS_MEMORY = 2 ** 30;

/** Throws WorkerFault when our side fails twice. Units that were reported before a fault are run again, not reported again. */
export async function runAsserts(lane: Lane, job: AssertJob, onTest: OnTest): Promise<Unjudged | null> {
  let reported = 0;
  const report = (observation: Observation): boolean => {
    if (observation.index < reported) return true;
    reported = observation.index + 1;
    return onTest(observation);
  };
  try {
    return await relayed(lane, job, report);
  } catch (fault) {
    if (!(fault instanceof WorkerFault)) throw fault;
    await lane.kill();
  }
  await lane.open('candidate', job.limits.memoryBytes);
  try {
    return await relayed(lane, job, report);
  } catch (fault) {
    if (!(fault instanceof WorkerFault) || fault instanceof SetupFault) throw fault;
    await lane.kill();
    report({ index: reported, end: 'runtime_error', detail: `${fault.message}, twice`, ...NOTHING });
    return null;
  }
}

const NOTHING = { stdout: Buffer.alloc(0), stderr: '', wallMs: 0, cpuMs: 0 };

async function relayed(lane: Lane, job: AssertJob, report: OnTest): Promise<Unjudged | null> {
  const [a, b] = await Promise.all([lane.open('candidate', job.limits.memoryBytes), lane.open('tests', TESTS_MEMORY)]);
  const relay = new Relay(lane, job, a, b, report);
  return relay.run();
}

/** One run of a job's units. */
class Relay {
  private readonly lane: Lane;
  private readonly job: AssertJob;
  private readonly a: Worker;
  private readonly b: Worker;
  private readonly report: OnTest;
  private readonly seconds: number;
  private candidate: Candidate;
  private unit = 0;
  private cpuBefore = 0;
  private began = performance.now();

  constructor(lane: Lane, job: AssertJob, a: Worker, b: Worker, report: OnTest) {
    this.lane = lane;
    this.job = job;
    this.a = a;
    this.b = b;
    this.report = report;
    this.seconds = problemSeconds(job.limits, job.asserts.length);
    const { setup, asserts, names = null } = job;
    const limits = {
      ...job.limits,
      cpuSeconds: TESTS_CPU_FACTOR * job.limits.cpuSeconds,
      wallSeconds: this.seconds,
      memoryBytes: TESTS_MEMORY,
    };
    b.send({ op: 'run', mode: 'tests', program: '', setup, asserts, names, limits: wireLimits(limits, lane.memoryControl) });
    this.candidate = this.begin();
  }

  async run(): Promise<Unjudged | null> {
    await this.candidate.loaded();
    for (;;) {
      const message = await this.b.receive(this.seconds + GRACE_SECONDS);
      if (message.op !== 'frame') return this.testsEnded(message);
      const ask = readAsk(message.frame);
      if (!ask) throw new WorkerFault('the tests said something that no test can');
      const over = await this.heed(ask);
      if (over !== undefined) return over;
    }
  }

  private begin(): Candidate {
    this.cpuBefore = 0;
    return new Candidate(this.a, this.job.program, this.job.limits, this.lane.memoryControl);
  }

  /** Undefined while there is more to come. */
  private async heed(ask: Ask): Promise<Unjudged | null | undefined> {
    if (ask.kind === 'call') return this.carry(ask);
    if (ask.kind === 'test') return this.unitEnded(ask);
    await this.stop();
    if (ask.kind === 'unsupported') return { kind: 'unsupported', reason: ask.detail };
    return { kind: 'sandbox_error', reason: `the tests cannot be run: ${ask.detail}` };
  }

  private async carry(ask: Extract<Ask, { kind: 'call' }>): Promise<undefined> {
    const answer = await this.candidate.answer(ask);
    if (!answer) this.toTests({ dead: this.candidate.death!.detail });
    else if (answer.kind === 'value') this.toTests({ value: answer.value, args: answer.args, kw: answer.kw });
    else this.toTests({ raised: answer.raised, message: answer.message, args: answer.args, kw: answer.kw });
  }

  private async unitEnded({ end, detail }: Extract<Ask, { kind: 'test' }>): Promise<Unjudged | null | undefined> {
    const { death } = this.candidate;
    if (end === 'unsupported' && !death) {
      await this.stop();
      return { kind: 'unsupported', reason: detail };
    }
    const more = this.tell(death ?? { end: END[end], detail }) && this.unit < this.job.asserts.length;
    if (!more) {
      await this.stop();
      return null;
    }
    if (death) await this.beginAgain();
    this.toTests({ more: true });
    return undefined;
  }

  private tell(ending: Ending): boolean {
    const now = performance.now();
    const { cpu } = this.candidate;
    const observation: Observation = {
      index: this.unit++,
      ...ending,
      ...this.candidate.output(),
      wallMs: Math.round(now - this.began),
      cpuMs: Math.round((cpu - this.cpuBefore) * 1000),
    };
    this.began = now;
    this.cpuBefore = cpu;
    return this.report(observation);
  }

  /** A program that died in one unit is loaded afresh for the next. */
  private async beginAgain(): Promise<void> {
    await this.candidate.end();
    this.candidate = this.begin();
    await this.candidate.loaded();
  }

  private toTests(frame: object): void {
    this.b.send({ op: 'frame', frame: JSON.stringify(frame) });
  }

  /** Both sides end; the tests' side is waiting for an answer, so its end is what comes next. */
  private async stop(): Promise<void> {
    this.b.send({ op: 'end' });
    await Promise.all([this.candidate.end(), this.b.receive(GRACE_SECONDS).then(mustBeObserved)]);
  }

  /** They do not end by themselves: what the program returned was too much for them, or they end the process. */
  private async testsEnded(message: Message): Promise<Unjudged | null> {
    const observed = mustBeObserved(message);
    await this.candidate.end();
    const ending = endingOf(observed, this.job.limits, false);
    if (!LIMITS.has(ending.end)) return { kind: 'sandbox_error', reason: `the tests ended: ${ending.detail || 'no reason given'}` };
    this.tell({ ...ending, detail: `the tests, on what the program returned: ${ending.detail}` });
    return null;
  }
}

const LIMITS: ReadonlySet<Ending['end']> = new Set(['timeout_cpu', 'timeout_wall', 'memory', 'output_limit']);

const END: Readonly<Record<TestEnd, Ending['end']>> = {
  passed: 'exit',
  assertion_failed: 'assertion_failed',
  raised: 'runtime_error',
  program_raised: 'runtime_error',
  unsupported: 'runtime_error',
};
