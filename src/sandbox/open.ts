// The door to the sandbox: the first backend that holds on this machine, or a refusal that says what was tried. There is no third way: no in-process
// evaluation, no plain subprocess, no weaker backend in the middle of a run.
import { SandboxError } from '../errors.ts';
import type { Backend, Language, Probe } from './backend.ts';
import { BACKENDS, type BackendOptions, type BackendRow } from './table.ts';

export interface OpenOptions extends BackendOptions {
  /** Only these, in the table's order. */
  readonly backends?: readonly Backend['name'][];
}

/** Opens a backend for a language; close it in the end. Throws SandboxError naming every backend tried, why it failed, and how to get it. */
export async function openSandbox(
  language: Language,
  options: OpenOptions = {},
  table: readonly BackendRow[] = BACKENDS,
): Promise<Backend> {
  const { backends, ...rest } = options;
  const rows = table.filter(row => row.languages.includes(language) && (!backends || backends.includes(row.name)));
  const failures: Extract<Probe, { ok: false }>[] = [];
  for (const row of rows) {
    const probe = await row.probe(rest);
    if (probe.ok) return probe.backend;
    failures.push(probe);
  }
  throw new SandboxError(refusal(language, failures));
}

function refusal(language: Language, failures: readonly Extract<Probe, { ok: false }>[]): string {
  if (failures.length === 0) return `no sandbox for ${language} was asked for or is known`;
  const lines = failures.map(({ name, reason, remedy }) => `  ${name}: ${reason.replaceAll(/\s*\n\s*/g, ' ')}. To get it: ${remedy}`);
  return [`no sandbox here can run ${language}:`, ...lines].join('\n');
}
