// Assert mode on two interpreters: the program in one, the tests in another, and here between them the calls and answers, each read with suspicion
// (../bwrap/answers.ts, the same messages). How a unit ended is told by the tests' side; when the program is dead, how it died counts.
import type { Job, Observation, Unjudged } from '../backend.ts';
import { type Ask, readAnswer, readAsk, saysLoaded, type TestEnd } from '../bwrap/answers.ts';
import type { Ending } from '../bwrap/ends.ts';
import { endingOfMessage, type Over } from './ending.ts';
import type { Fields, Interpreter, Silence } from './interpreter.ts';

type AssertJob = Extract<Job, { readonly mode: 'assert' }>;

const TESTS_MEMORY = 2 ** 30;

const END: Readonly<Record<Exclude<TestEnd, 'unsupported'>, Ending['end']>> = {
  passed: 'exit',
  assertion_failed: 'assertion_failed',
  raised: 'runtime_error',
  program_raised: 'runtime_error',
};

export class Relay {
  private readonly program: Interpreter;
  private readonly tests: Interpreter;
  private readonly job: AssertJob;
  private readonly signal: AbortSignal | undefined;
  private death: Over | null = null;
  private reported = 0;

  constructor(program: Interpreter, tests: Interpreter, job: AssertJob, signal?: AbortSignal) {
    this.program = program;
    this.tests = tests;
    this.job = job;
    this.signal = signal;
  }

  async run(onTest: (observation: Observation) => boolean): Promise<Unjudged | null> {
    const { program, limits, setup, asserts, names } = this.job;
    this.program.send({ op: 'serve', program, memory: limits.memoryBytes });
    const loaded = await this.program.receive(limits, this.signal);
    if (!saysLoaded(frameOf(loaded))) this.death = deathOf(loaded, 'load_error');
    if (this.death?.end === 'unsupported') return { kind: 'unsupported', reason: this.death.detail };
    this.tests.send({ op: 'tests', job: JSON.stringify({ setup, asserts, names: names ?? null }), memory: TESTS_MEMORY });
    for (;;) {
      const message = await this.tests.receive({ cpuSeconds: 4 * limits.cpuSeconds, wallSeconds: 4 * limits.wallSeconds }, this.signal);
      const ask = readAsk(frameOf(message));
      if (!ask) return this.testsOver(message, onTest);
      const over = await this.heed(ask, onTest);
      if (over !== undefined) return over;
    }
  }

  /** Undefined while there is more to come. */
  private async heed(ask: Ask, onTest: (observation: Observation) => boolean): Promise<Unjudged | null | undefined> {
    if (ask.kind === 'call') {
      this.toTests(await this.answer(ask));
      return undefined;
    }
    if (ask.kind === 'broken') return { kind: 'sandbox_error', reason: `the tests cannot be run: ${ask.detail}` };
    if (ask.kind === 'unsupported') return { kind: 'unsupported', reason: ask.detail };
    if (this.death?.end === 'unsupported') return { kind: 'unsupported', reason: this.death.detail };
    if (ask.end === 'unsupported') return { kind: 'unsupported', reason: ask.detail };
    const ending: Ending = this.death
      ? ({ end: this.death.end, detail: this.death.detail } as Ending)
      : { end: END[ask.end], detail: ask.detail };
    const more = onTest(this.observation(ending)) && this.reported < this.job.asserts.length && !this.death;
    if (!more) return null;
    this.toTests({ more: true });
    return undefined;
  }

  private async answer({ id, fn, args, kw }: Extract<Ask, { kind: 'call' }>): Promise<object> {
    if (this.death) return { dead: this.death.detail };
    this.program.send({ id, fn, args, kw });
    const message = await this.program.receive(this.job.limits, this.signal);
    const answer = readAnswer(frameOf(message));
    if (answer?.id === id && answer.kind === 'value') return { value: answer.value, args: answer.args, kw: answer.kw };
    if (answer?.id === id && answer.kind === 'raised')
      return { raised: answer.raised, message: answer.message, args: answer.args, kw: answer.kw };
    this.death =
      answer?.kind === 'missing'
        ? { end: 'load_error', detail: `the program defines no function ${fn}` }
        : deathOf(message, 'runtime_error');
    return { dead: this.death.detail };
  }

  private testsOver(message: Fields | Silence, onTest: (observation: Observation) => boolean): Unjudged | null {
    const { end, detail } = endingOfMessage(message, 'runtime_error');
    // What the program returned may have been too much for them.
    if (end === 'timeout_cpu' || end === 'timeout_wall' || end === 'memory') {
      onTest(this.observation({ end, detail: `the tests, on what the program returned: ${detail}` }));
      return null;
    }
    return { kind: 'sandbox_error', reason: `the tests ended: ${detail}` };
  }

  private observation({ end, detail }: Ending): Observation {
    return {
      index: this.reported++,
      end,
      detail,
      stdout: new Uint8Array(),
      stderr: '',
      wallMs: 0,
      cpuMs: this.program.cpuSeconds() * 1000,
    };
  }

  private toTests(frame: object): void {
    this.tests.send(frame);
  }
}

/** However cleanly a program ends, when it should have answered it has failed. */
function deathOf(message: Fields | Silence, end: 'runtime_error' | 'load_error'): Over {
  const over = endingOfMessage(message, end);
  return over.end === 'exit' ? { end, detail: 'ended before it answered' } : over;
}

const frameOf = (message: Fields | Silence): string => ('frame' in message && typeof message.frame === 'string' ? message.frame : '');
