// Hostile programs against a backend: which held, and of those that did not, what they got.
import type { Backend, End, Job, Limits, Observation } from '../backend.ts';
import type { Hostile } from './hostile.ts';

export interface Held {
  readonly what: string;
  /** `not run`: the backend does not offer what the program needs. */
  readonly held: boolean | 'not run';
  /** How it ended, and what it said where it did not hold. */
  readonly got: string;
}

const LIMITS: Limits = { cpuSeconds: 1, wallSeconds: 4, memoryBytes: 256 * 2 ** 20 };
const INPUT = '3 4\n';
const EXPECTED = '7';
const ASSERTS = ['assert add(3, 4) == 7 and abs(add(3, 4) - 7) < 1e-9'];
const THREE_FOUR = ['3', '4'].map(v => ({ t: 'int', v }) as const);

function jobOf({ language, mode, program, memoryBytes = LIMITS.memoryBytes }: Hostile): Job {
  const common = { language, program, limits: { ...LIMITS, memoryBytes } };
  if (mode === 'stdio') return { ...common, mode, inputs: [INPUT] };
  return mode === 'call'
    ? { ...common, mode, fn: 'add', calls: [THREE_FOUR] }
    : { ...common, mode, setup: '', asserts: ASSERTS, names: ['add'] };
}

const textOf = ({ stdout, stderr, detail, value }: Observation): string =>
  [Buffer.from(stdout).toString(), stderr, detail, JSON.stringify(value ?? '')].join(' ');

function isRight(mode: Hostile['mode'], seen: Observation): boolean {
  if (mode === 'assert') return true;
  if (mode === 'stdio') return Buffer.from(seen.stdout).toString().trim() === EXPECTED;
  const { value } = seen;
  return typeof value === 'object' && value?.t === 'int' && value.v === EXPECTED;
}

/** Runs one program. Never rejects for anything that it does; rejects when `signal` is aborted. */
export async function runHostile(backend: Backend, hostile: Hostile, signal?: AbortSignal): Promise<Held> {
  const { what, mode, ends } = hostile;
  let end: End | 'right' = 'exit';
  let said = '';
  const unjudged = await backend.run(
    jobOf(hostile),
    seen => {
      end = seen.end === 'exit' && isRight(mode, seen) ? 'right' : seen.end;
      said = textOf(seen);
      return false;
    },
    signal,
  );
  if (unjudged) return { what, held: unjudged.kind === 'unsupported' ? 'not run' : false, got: `${unjudged.kind}: ${unjudged.reason}` };
  const held = ends.includes(end) && !said.includes('ESCAPE');
  return { what, held, got: held ? end : `${end}: ${said.replaceAll(/\s+/g, ' ').slice(0, 300)}` };
}

/** All that are in the backend's languages, as many at a time as it takes, in the order of the table. */
export const runAll = (backend: Backend, table: readonly Hostile[], signal?: AbortSignal): Promise<Held[]> =>
  Promise.all(table.filter(row => backend.languages.includes(row.language)).map(row => runHostile(backend, row, signal)));
