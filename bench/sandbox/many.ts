// Candidates one after the other in every lane, as a run judges them. Any that does not end well stops the measurement.
import type { Backend, Job } from '../../src/sandbox/backend.ts';

/** Runs `count` candidates. */
export async function judgeMany(sandbox: Backend, job: Job, count: number, lanes: number): Promise<void> {
  let left = count;
  const lane = async () => {
    while (left-- > 0) await judgeOne(sandbox, job);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function judgeOne(sandbox: Backend, job: Job): Promise<void> {
  const unjudged = await sandbox.run(job, seen => {
    if (seen.end !== 'exit') throw new Error(`${seen.end} ${seen.detail}`);
    return true;
  });
  if (unjudged) throw new Error(unjudged.reason);
}
