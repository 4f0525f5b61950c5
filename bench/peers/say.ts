// What both benches say beside their results, and what becomes of a usage error: one line, exit code 2.
import { ConfigError, ModelError } from '../../src/errors.ts';

export const say = (line: string): void => console.error(line);

const isUsage = (error: unknown): error is Error =>
  error instanceof ConfigError || error instanceof ModelError || (error instanceof TypeError && 'code' in error);

export async function guarded(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isUsage(error)) throw error;
    say(`error: ${error.message}`);
    process.exitCode = 2;
  }
}
