// The embedded engine for one command: opened late (it loads the native module), closed whatever happens.
import type { Policy } from '../policy/policy.ts';
import { physicalCores } from './cores.ts';

const DEFAULT_ROWS = 128;

export async function withPolicy<T>(
  engine: { readonly threads?: unknown; readonly rows?: unknown; readonly precision?: unknown },
  work: (policy: Policy) => Promise<T>,
): Promise<T> {
  const { openEmbeddedPolicy } = await import('../policy/embedded.ts');
  const threads = typeof engine.threads === 'number' ? engine.threads : physicalCores();
  const rows = typeof engine.rows === 'number' ? engine.rows : DEFAULT_ROWS;
  const policy = await openEmbeddedPolicy({ threads, rows, precision: engine.precision === 'int8' ? 'int8' : 'fp32' });
  try {
    return await work(policy);
  } finally {
    await policy.close();
  }
}
