// A task whose judge needs something (a sandbox) is opened before the first verdict and closed after the last, whatever happens in between.
import type { Task } from './task.ts';

/** Runs `work` while the task is open. Throws SandboxError where what it needs cannot be had. */
export async function withOpenTask<T>(task: Task, work: () => Promise<T>): Promise<T> {
  await task.open?.();
  try {
    return await work();
  } finally {
    await task.close?.();
  }
}
