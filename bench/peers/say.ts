// What both benches say beside their results, and what becomes of a usage error (one line, exit code 2) and of Ctrl-C (130).
import { ConfigError, Interrupted, ModelError } from '../../src/errors.ts';

export const say = (line: string): void => console.error(line);

const isUsage = (error: unknown): error is Error =>
  error instanceof ConfigError || error instanceof ModelError || (error instanceof TypeError && 'code' in error);

export async function guarded(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const isInterrupted = error instanceof Interrupted;
    if (!isInterrupted && !isUsage(error)) throw error;
    say(isInterrupted ? 'interrupted' : `error: ${error.message}`);
    process.exitCode = isInterrupted ? 130 : 2;
  }
}
