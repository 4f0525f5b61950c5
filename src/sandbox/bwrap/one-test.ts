// One test of a stdio or call job, start to end, in a session that is open. What the candidate did becomes an Observation; a fault of the worker is
// thrown and handled above (tests.ts, asserts.ts), where the test may be tried again.
import type { Job, Limits, Observation } from '../backend.ts';
import { type Answer, readAnswer } from './answers.ts';
import { type Ending, endingOf, outOfMemory } from './ends.ts';
import { GRACE_SECONDS, type MemoryControl, wireLimits } from './limits.ts';
import type { ChildFrame, Observed, Usage } from './messages.ts';
import { SetupFault, type Worker, WorkerFault } from './worker.ts';

export type TestJob = Extract<Job, { mode: 'stdio' | 'call' }>;

export const testsOf = (job: TestJob): number => (job.mode === 'stdio' ? job.inputs : job.calls).length;

const ask = (job: TestJob, index: number): object =>
  job.mode === 'stdio'
    ? { mode: 'stdio', input: job.inputs[index] }
    : { mode: 'calls', prelude: true, first: { id: index, fn: job.fn, args: job.calls[index], kw: {} } };

/** Runs test `index` with these limits (the job's, or what is left of them). */
export async function runOneTest(
  worker: Worker,
  job: TestJob,
  index: number,
  limits: Limits,
  control: MemoryControl,
): Promise<Observation> {
  const killsBefore = worker.oomKills();
  worker.send({ op: 'run', program: job.program, limits: wireLimits(limits, control), ...ask(job, index) });
  const first = await worker.receive(limits.wallSeconds + GRACE_SECONDS);
  if (first.op === 'frame') worker.send({ op: 'end' });
  const last = first.op === 'frame' ? await worker.receive(limits.wallSeconds + GRACE_SECONDS) : first;
  const observed = mustBeObserved(last);
  const oomKilled = worker.oomKills() > killsBefore;
  const frame = first.op === 'frame' ? first : null;
  const outcome: Outcome =
    frame && !oomKilled ? afterFrame(frame, job, index, limits) : unanswered(job, endingOf(observed, limits, oomKilled));
  return { index, ...outcome, ...usage(frame, observed) };
}

type Outcome = Ending & Pick<Observation, 'value' | 'argumentsAfter'>;

export function mustBeObserved(message: { readonly op: string }): Observed {
  if (message.op !== 'observed') throw new WorkerFault(`the sandbox said ${message.op} out of turn`);
  const observed = message as Observed;
  if (observed.how === 'setup') throw new SetupFault(`a test could not be set up: ${observed.stderr}`);
  return observed;
}

/** A call that ended without an answer, however cleanly, has not returned. */
const unanswered = (job: TestJob, ending: Ending): Ending =>
  job.mode === 'call' && ending.end === 'exit' ? { end: 'runtime_error', detail: 'ended before it answered' } : ending;

function afterFrame(frame: ChildFrame, job: TestJob, index: number, limits: Limits): Outcome {
  const answer = job.mode === 'call' ? readAnswer(frame.frame) : null;
  if (!answer || answer.id !== index) return { end: 'protocol_error', detail: 'answered in a form that no function can' };
  const ending = endingOfAnswer(answer, job.mode === 'call' ? job.fn : '', limits);
  if (ending) return ending;
  return answer.kind === 'value'
    ? { end: 'exit', detail: '', value: answer.value, argumentsAfter: answer.args }
    : { end: 'protocol_error', detail: '' };
}

/** Null for a value: it says nothing about right or wrong. */
export function endingOfAnswer(answer: Answer, fn: string, limits: Limits): Ending | null {
  if (answer.kind === 'value') return null;
  if (answer.kind === 'missing') return { end: 'load_error', detail: `the program defines no function ${fn}` };
  if (answer.raised === 'MemoryError') return outOfMemory(limits);
  return {
    end: 'runtime_error',
    detail: answer.message === '' ? answer.type : `${answer.type}: ${answer.message}`.replaceAll(/\s+/g, ' '),
  };
}

const TAIL = 2048;
const milliseconds = (seconds: number) => Math.round(seconds * 1000);

function usage(before: Usage | null, after: Usage): Pick<Observation, 'stdout' | 'stderr' | 'wallMs' | 'cpuMs'> {
  return {
    stdout: before ? Buffer.concat([before.stdout, after.stdout]) : after.stdout,
    stderr: ((before?.stderr ?? '') + after.stderr).slice(-TAIL),
    wallMs: milliseconds(after.wall),
    cpuMs: milliseconds(after.cpu),
  };
}
