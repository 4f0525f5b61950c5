// The embedded engine for one command: opened late (it loads the native module), closed whatever happens.
import type { Device, DeviceChoice } from '../config/device.ts';
import type { Policy } from '../policy/policy.ts';
import { PRECISIONS, type Precision } from '../requests.ts';
import type { Context } from './command.ts';
import { physicalCores } from './cores.ts';

const DEFAULT_ROWS = 128;

interface EngineOptions {
  readonly threads?: unknown;
  readonly rows?: unknown;
  readonly precision?: unknown;
  readonly maxTokens?: unknown;
}

export const threadsOf = ({ threads }: Pick<EngineOptions, 'threads'>): number => (typeof threads === 'number' ? threads : physicalCores());

export const precisionOf = ({ precision }: EngineOptions): Precision => PRECISIONS.find(p => p === precision) ?? 'fp32';

/** The device that --device asks for, tried, and said aloud. Throws ConfigError where it does not work. */
export async function deviceOf(options: Readonly<Record<string, unknown>>, context: Context): Promise<Device> {
  const { engineDevice } = await import('../config/device.ts');
  const asked = (options.device ?? 'cpu') as DeviceChoice; // commander let nothing else in
  const { device, notes } = await engineDevice({ device: asked, precision: precisionOf(options), threads: threadsOf(options) }, '--device');
  for (const text of notes) context.err(`note: ${text}\n`);
  return device;
}

export async function withPolicy<T>(engine: EngineOptions & { readonly device: Device }, work: (policy: Policy) => Promise<T>): Promise<T> {
  const { openEmbeddedPolicy } = await import('../policy/embedded.ts');
  const rows = typeof engine.rows === 'number' ? engine.rows : DEFAULT_ROWS;
  const policy = await openEmbeddedPolicy({
    threads: threadsOf(engine),
    rows,
    precision: precisionOf(engine),
    device: engine.device,
    ...(typeof engine.maxTokens === 'number' && { maxTokens: engine.maxTokens }),
  });
  try {
    return await work(policy);
  } finally {
    await policy.close();
  }
}
