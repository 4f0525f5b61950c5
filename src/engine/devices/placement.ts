// Which provider ran which node, read from the profiles that onnxruntime left of every program (ProgramOptions.profiles). It speaks of what was run: a
// node that an optimisation dropped or fused is not there.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Placement {
  /** Nodes that the device's provider ran. */
  readonly onDevice: number;
  /** Nodes that the CPU ran in its place, by operation. */
  readonly onCpu: Readonly<Record<string, number>>;
  /** Copies between the two that this takes within a run. */
  readonly copies: number;
}

interface Event {
  readonly cat?: string;
  readonly args?: { readonly op_name?: string; readonly provider?: string; readonly node_index?: string };
}

const COPY = /^Memcpy/;

/** The placement over all programs whose profiles lie in a folder; each node counts once, however often it ran. */
export async function readPlacement(folder: string, provider: string): Promise<Placement> {
  const files = (await readdir(folder, { recursive: true })).filter(name => name.endsWith('.json'));
  const profiles = await Promise.all(files.map(async name => JSON.parse(await readFile(join(folder, name), 'utf8')) as readonly Event[]));
  return placementOf(profiles, provider);
}

/** The same of profiles at hand, one a program. */
export function placementOf(profiles: readonly (readonly Event[])[], provider: string): Placement {
  const nodes = profiles.flatMap(events => [
    ...new Map(events.flatMap(({ cat, args }) => (cat === 'Node' && args?.op_name ? [[args.node_index, args] as const] : []))).values(),
  ]);
  const own = nodes.filter(node => !COPY.test(node.op_name!));
  const elsewhere = own.filter(node => node.provider !== provider);
  const onCpu: Record<string, number> = {};
  for (const { op_name } of elsewhere) onCpu[op_name!] = (onCpu[op_name!] ?? 0) + 1;
  return { onDevice: own.length - elsewhere.length, onCpu, copies: nodes.length - own.length };
}

/** "412 of 431 nodes ran on it, the CPU ran 19 (Gather 12, Cast 7)" */
export function placementWords({ onDevice, onCpu }: Placement): string {
  const fallen = Object.entries(onCpu).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const cpu = fallen.reduce((sum, [, count]) => sum + count, 0);
  if (cpu === 0) return `all ${onDevice} nodes ran on it`;
  return `${onDevice} of ${onDevice + cpu} nodes ran on it, the CPU ran ${cpu} (${fallen.map(([op, count]) => `${op} ${count}`).join(', ')})`;
}
