// The deno-pyodide backend: Python where there is no Linux. One Deno process for each candidate, killed afterwards (two for assert problems). Tests of one
// candidate share its interpreter, each in a namespace of its own, until one of them ends it.
import type { Backend, Job, Observation, Unjudged } from '../backend.ts';
import { readAnswer } from '../bwrap/answers.ts';
import { LARGEST_PROGRAM } from '../bwrap/limits.ts';
import { Lanes } from '../lanes.ts';
import { endingOfMessage, isSilence, type Over } from './ending.ts';
import { type Fields, type Interpreter, MEASURES_CPU, type Silence } from './interpreter.ts';
import type { Pool } from './pool.ts';
import { Relay } from './relay.ts';

type TestJob = Extract<Job, { readonly mode: 'stdio' | 'call' }>;
type OnTest = (observation: Observation) => boolean;

export class DenoPyodideBackend implements Backend {
  readonly name = 'deno-pyodide';
  readonly languages = ['python'] as const;
  readonly enforced = [
    'a Deno process for each candidate: no network, no environment, no files but Pyodide, no processes',
    MEASURES_CPU ? 'CPU time' : 'no CPU time here, the clock alone',
    'memory of WebAssembly',
    'output',
  ];
  private readonly pool: Pool;
  private readonly lanes: Lanes<Set<Interpreter>>;

  constructor(pool: Pool, lanes: number) {
    this.pool = pool;
    this.lanes = new Lanes(Array.from({ length: lanes }, () => new Set<Interpreter>()));
  }

  run(job: Job, onTest: OnTest, signal?: AbortSignal): Promise<Unjudged | null> {
    if (job.language !== 'python') return Promise.resolve({ kind: 'unsupported', reason: `deno-pyodide runs Python, not ${job.language}` });
    if (Buffer.byteLength(job.program) > LARGEST_PROGRAM) {
      onTest(blank(0, { end: 'load_error', detail: `the program is longer than ${LARGEST_PROGRAM} bytes` }));
      return Promise.resolve(null);
    }
    return this.lanes.use(
      inUse => (job.mode === 'assert' ? this.runAsserts(inUse, job, onTest, signal) : this.runTests(inUse, job, onTest, signal)),
      signal,
    );
  }

  async close(): Promise<void> {
    await this.lanes.close(async inUse => {
      await Promise.all([...inUse].map(interpreter => interpreter.kill()));
    });
    await this.pool.close();
  }

  private async runTests(inUse: Set<Interpreter>, job: TestJob, onTest: OnTest, signal?: AbortSignal): Promise<Unjudged | null> {
    const count = job.mode === 'stdio' ? job.inputs.length : job.calls.length;
    let interpreter: Interpreter | string = '';
    try {
      for (let index = 0; index < count; index++) {
        if (typeof interpreter === 'string' || !interpreter.isAlive) interpreter = await this.take(inUse, signal);
        if (typeof interpreter === 'string') return { kind: 'sandbox_error', reason: interpreter };
        const seen = await runTest(interpreter, job, index, signal);
        if ('kind' in seen) return seen;
        if (!onTest(seen)) return null;
      }
      return null;
    } finally {
      await this.release(inUse);
    }
  }

  private async runAsserts(
    inUse: Set<Interpreter>,
    job: Extract<Job, { readonly mode: 'assert' }>,
    onTest: OnTest,
    signal?: AbortSignal,
  ): Promise<Unjudged | null> {
    try {
      const [program, tests] = [await this.take(inUse, signal), await this.take(inUse, signal)];
      if (typeof program === 'string') return { kind: 'sandbox_error', reason: program };
      if (typeof tests === 'string') return { kind: 'sandbox_error', reason: tests };
      return await new Relay(program, tests, job, signal).run(onTest);
    } finally {
      await this.release(inUse);
    }
  }

  private async take(inUse: Set<Interpreter>, signal?: AbortSignal): Promise<Interpreter | string> {
    const interpreter = await this.pool.take(signal);
    if (typeof interpreter !== 'string') inUse.add(interpreter);
    return interpreter;
  }

  private async release(inUse: Set<Interpreter>): Promise<void> {
    const all = [...inUse];
    inUse.clear();
    await Promise.all(all.map(interpreter => interpreter.kill()));
  }
}

const requestOf = (job: TestJob, index: number): object =>
  job.mode === 'stdio'
    ? { op: 'stdio', program: job.program, input: job.inputs[index], memory: job.limits.memoryBytes }
    : {
        op: 'call',
        program: job.program,
        request: JSON.stringify({ id: index, fn: job.fn, args: job.calls[index], kw: {} }),
        memory: job.limits.memoryBytes,
      };

async function runTest(interpreter: Interpreter, job: TestJob, index: number, signal?: AbortSignal): Promise<Observation | Unjudged> {
  const [wallBefore, cpuBefore] = [performance.now(), interpreter.cpuSeconds()];
  interpreter.send(requestOf(job, index));
  const message = await interpreter.receive(job.limits, signal);
  const cpuMs = Math.max(0, interpreter.cpuSeconds() - cpuBefore) * 1000;
  // The program has ended its interpreter; the next test gets another.
  if (!isSilence(message) && message.isLast === true) await interpreter.kill();
  const over: OfCall = job.mode === 'call' ? ofCall(message, job.fn, index) : endingOfMessage(message, 'runtime_error');
  if (over.end === 'unsupported') return { kind: 'unsupported', reason: over.detail };
  const { value, argumentsAfter } = over;
  const returned = value === undefined || argumentsAfter === undefined ? {} : { value, argumentsAfter };
  return { ...blank(index, over), ...returned, ...outputOf(message), wallMs: performance.now() - wallBefore, cpuMs };
}

type OfCall = Over & Pick<Observation, 'value' | 'argumentsAfter'>;

function ofCall(message: Fields | Silence, fn: string, index: number): OfCall {
  const over = endingOfMessage(message, 'runtime_error');
  const answer = over.end === 'exit' && !isSilence(message) && typeof message.frame === 'string' ? readAnswer(message.frame) : null;
  if (!answer) return over.end === 'exit' ? { end: 'runtime_error', detail: 'ended before it answered' } : over;
  if (answer.id !== index) return { end: 'protocol_error', detail: 'answered what was not asked' };
  if (answer.kind === 'missing') return { end: 'load_error', detail: `the program defines no function ${fn}` };
  if (answer.kind === 'value') return { ...over, value: answer.value, argumentsAfter: answer.args };
  if (answer.raised === 'MemoryError') return { end: 'memory', detail: 'MemoryError' };
  return { end: 'runtime_error', detail: `${answer.type}: ${answer.message}`.replaceAll(/\s+/g, ' ') };
}

function outputOf(message: Fields | Silence): Pick<Observation, 'stdout' | 'stderr'> {
  const { stdout, stderr } = message as Fields;
  return {
    stdout: typeof stdout === 'string' ? Buffer.from(stdout, 'base64') : new Uint8Array(),
    stderr: typeof stderr === 'string' ? stderr.slice(-2048) : '',
  };
}

const blank = (index: number, { end, detail }: Over): Observation => ({
  index,
  end: end === 'unsupported' ? 'runtime_error' : end,
  detail,
  stdout: new Uint8Array(),
  stderr: '',
  wallMs: 0,
  cpuMs: 0,
});
