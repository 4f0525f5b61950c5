// How the tests beside this one ask the quickjs backend: each of their files opens one, which is closed after them.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import type { Backend, Job, Limits, Observation, Value } from '../backend.ts';
import { probeQuickjs } from './probe.ts';

export const LIMITS = { cpuSeconds: 2, wallSeconds: 30, memoryBytes: 128 * 2 ** 20 };
/** For what never ends. */
export const SHORT = { ...LIMITS, cpuSeconds: 0.2 };

export const int = (n: number): Value => ({ t: 'int', v: String(n) });
export const list = (...v: Value[]): Value => ({ t: 'list', v });

interface Asked {
  readonly backend: Backend;
  observe(job: object): Promise<Observation[]>;
  called(program: string, ...args: Value[]): Promise<Observation>;
  calledWithin(limits: Limits, program: string, ...args: Value[]): Promise<Observation>;
  printed(program: string, input?: string): Promise<Observation & { readonly text: string }>;
}

export async function openQuickjs(): Promise<Asked> {
  const probe = await probeQuickjs({ lanes: 2 });
  assert.ok(probe.ok, 'quickjs must work wherever Node does');
  const { backend } = probe;
  after(() => backend.close());

  const observe: Asked['observe'] = async job => {
    const seen: Observation[] = [];
    const unjudged = await backend.run({ language: 'javascript', limits: LIMITS, ...job } as Job, o => seen.push(o) > 0);
    assert.equal(unjudged, null, unjudged?.reason);
    return seen;
  };
  const calledWithin: Asked['calledWithin'] = async (limits, program, ...args) =>
    (await observe({ mode: 'call', program, fn: 'f', calls: [args], limits }))[0]!;
  const printed: Asked['printed'] = async (program, input = '') => {
    const seen = (await observe({ mode: 'stdio', program, inputs: [input] }))[0]!;
    return { ...seen, text: Buffer.from(seen.stdout).toString() };
  };
  return { backend, observe, called: (program, ...args) => calledWithin(LIMITS, program, ...args), calledWithin, printed };
}
