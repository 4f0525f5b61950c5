// A stdio or call job: its tests one after the other, each in a fresh process of the candidate's session, under what is left of the problem's time.
import type { Limits, Observation, OnTest, Unjudged } from '../backend.ts';
import type { Lane } from './lane.ts';
import { problemSeconds } from './limits.ts';
import { runOneTest, type TestJob, testsOf } from './one-test.ts';
import { SetupFault, WorkerFault } from './worker.ts';

/** Throws WorkerFault when our side fails twice. */
export async function runTests(lane: Lane, job: TestJob, onTest: OnTest): Promise<Unjudged | null> {
  const count = testsOf(job);
  let left = problemSeconds(job.limits, count);
  for (let index = 0; index < count; index++) {
    const limits = { ...job.limits, wallSeconds: Math.min(job.limits.wallSeconds, left) };
    const observation = left > 0 ? await withRetry(lane, job, index, limits) : outOfTime(index);
    left -= observation.wallMs / 1000;
    if (!onTest(observation)) return null;
  }
  return null;
}

/** A worker that dies under a candidate: once more in a fresh one; if that dies as well, the candidate does it. Walls that cannot be put up are ours. */
async function withRetry(lane: Lane, job: TestJob, index: number, limits: Limits): Promise<Observation> {
  try {
    return await once(lane, job, index, limits);
  } catch (fault) {
    if (!(fault instanceof WorkerFault)) throw fault;
    await lane.kill();
  }
  // Started outside of the second try: a worker that does not start is not the candidate's doing.
  await lane.open('candidate', job.limits.memoryBytes);
  try {
    return await once(lane, job, index, limits);
  } catch (fault) {
    if (!(fault instanceof WorkerFault) || fault instanceof SetupFault) throw fault;
    await lane.kill();
    return { ...outOfTime(index), end: 'runtime_error', detail: `${fault.message}, twice` };
  }
}

async function once(lane: Lane, job: TestJob, index: number, limits: Limits): Promise<Observation> {
  const worker = await lane.open('candidate', job.limits.memoryBytes);
  return runOneTest(worker, job, index, limits, lane.memoryControl);
}

const outOfTime = (index: number): Observation => ({
  index,
  end: 'timeout_wall',
  detail: 'the time for all tests of the problem is over',
  stdout: Buffer.alloc(0),
  stderr: '',
  wallMs: 0,
  cpuMs: 0,
});
