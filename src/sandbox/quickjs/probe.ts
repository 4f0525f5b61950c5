// Whether the quickjs backend works here, found out by running programs: an honest one and one for each limit. Inside bubblewrap where that starts, else
// in a child process with an empty environment; the wall that programs must climb first is WASM either way, and what is enforced is said.
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { type Backend, DEFAULT_LIMITS, type Observation, type Probe } from '../backend.ts';
import { QuickjsBackend } from './backend.ts';
import { bwrapCommand, type Command, plainCommand } from './enclosure.ts';

const HOST_WORDS = "['process','require','Deno','fetch','WebAssembly','std','os'].filter(w => typeof globalThis[w] !== 'undefined').join()";

interface Check {
  readonly phrase: string;
  readonly program: string;
  readonly isHeld: (seen: Observation) => boolean;
  /** Of the check; where the limit itself is not tried, plenty. */
  readonly cpuSeconds?: number;
}

const LIMITS = { ...DEFAULT_LIMITS, memoryBytes: 64 * 2 ** 20 };

const CHECKS: readonly Check[] = [
  { phrase: 'an instance of its own for each test', program: 'const f = () => 6 * 7', isHeld: seen => valueIs(seen, '42') },
  {
    phrase: 'no word of the host in the realm',
    program: `const f = () => ${HOST_WORDS}`,
    isHeld: seen => seen.end === 'exit' && seen.value === '',
  },
  { phrase: 'CPU time', program: 'const f = () => { for (;;); }', isHeld: seen => seen.end === 'timeout_cpu', cpuSeconds: 0.1 },
  {
    phrase: 'memory',
    program: 'const f = () => { const a = []; for (;;) a.push(new Uint8Array(2 ** 20)) }',
    isHeld: seen => seen.end === 'memory',
  },
  { phrase: 'output', program: "const f = () => { for (;;) console.log('y'.repeat(65536)) }", isHeld: seen => seen.end === 'output_limit' },
];

const valueIs = ({ end, value }: Observation, v: string) =>
  end === 'exit' && typeof value === 'object' && value !== null && value.t === 'int' && value.v === v;

/** Resolves to the backend, to be closed, or to what failed. */
export async function probeQuickjs({ lanes = availableParallelism() }: { readonly lanes?: number } = {}): Promise<Probe> {
  const inside = process.platform === 'linux' && bwrapExists() ? bwrapCommand(process.getuid?.() === 0) : null;
  const walled = inside
    ? await attempt(inside, lanes, ['a child process inside bubblewrap: no network, no files'])
    : 'bubblewrap is not there';
  if (typeof walled !== 'string') return { ok: true, backend: walled };
  const plain = await attempt(plainCommand(), lanes, [`a child process with an empty environment (not inside bubblewrap: ${walled})`]);
  if (typeof plain !== 'string') return { ok: true, backend: plain };
  return { ok: false, name: 'quickjs', reason: plain, remedy: 'npm install, so that @jitl/quickjs-wasmfile-release-sync is there' };
}

const bwrapExists = () => spawnSync('bwrap', ['--version'], { stdio: 'ignore' }).status === 0;

async function attempt(command: Command, lanes: number, enforced: readonly string[]): Promise<Backend | string> {
  const backend = new QuickjsBackend(command, lanes, [...enforced, ...CHECKS.map(check => check.phrase)]);
  for (const check of CHECKS) {
    const failure = await failureOf(backend, check);
    if (failure === null) continue;
    await backend.close();
    return `${check.phrase}: ${failure}`;
  }
  return backend;
}

async function failureOf(backend: Backend, { program, isHeld, cpuSeconds = 4 }: Check): Promise<string | null> {
  const seen: Observation[] = [];
  const job = { language: 'javascript', mode: 'call', program, fn: 'f', calls: [[]], limits: { ...LIMITS, cpuSeconds } } as const;
  const unjudged = await backend.run(job, observation => seen.push(observation) > 0);
  if (unjudged) return unjudged.reason;
  const first = seen[0];
  return first && isHeld(first) ? null : `the probe ended with ${first?.end ?? 'nothing'} ${first?.detail ?? ''}`.trim();
}
