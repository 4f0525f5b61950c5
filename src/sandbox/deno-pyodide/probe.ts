// Whether the deno-pyodide backend works here: the packages are there, a snapshot can be made, an honest program runs, and the things that must not be
// possible are not: reading files, the environment, the network, processes, more memory or time than allowed.
import { availableParallelism } from 'node:os';
import { DEFAULT_LIMITS, type Observation, type Probe } from '../backend.ts';
import { DenoPyodideBackend } from './backend.ts';
import { Interpreter, MEASURES_CPU } from './interpreter.ts';
import { findPackages, type Packages } from './packages.ts';
import { Pool } from './pool.ts';
import { pythonFiles } from './python-files.ts';

const SNAPSHOT_SECONDS = 120;
const REMEDY = 'npm install deno pyodide (about 110 MB) in the folder that you run in, or in another one that REST_EM_PYODIDE names';

interface Check {
  readonly phrase: string;
  readonly program: string;
  readonly isHeld: (seen: Observation) => boolean;
}

/** Prints what it could do that it must not: nothing, if all is well. By Pyodide's way to JavaScript, and by that to Deno. */
const REACHES = `
import pyodide_js
def attempt(name, code):
    try:
        run = pyodide_js._api.constructor.constructor(code)
        run()
        print(name)
    except BaseException:
        pass
attempt('file', 'return Deno.readTextFileSync("/etc/hostname")')
attempt('environment', 'return Deno.env.toObject()')
attempt('process', 'return new Deno.Command("ls").outputSync()')
attempt('write', 'return Deno.writeTextFileSync("/tmp/rest-em-escape", "x")')
`;

const CHECKS: readonly Check[] = [
  {
    phrase: 'an honest program',
    program: 'print(sum(map(int, input().split())))',
    isHeld: seen => seen.end === 'exit' && textOf(seen) === '7\n',
  },
  { phrase: 'no way out', program: REACHES, isHeld: seen => textOf(seen) === '' },
  { phrase: 'memory', program: 'x = []\nwhile True: x.append(bytearray(1 << 20))', isHeld: seen => seen.end === 'memory' },
  { phrase: 'time', program: 'while True: pass', isHeld: seen => seen.end === (MEASURES_CPU ? 'timeout_cpu' : 'timeout_wall') },
];

const textOf = ({ stdout }: Observation) => Buffer.from(stdout).toString('utf8');

/** `packages`: a folder in or above which deno and pyodide are installed. */
export async function probeDenoPyodide({
  lanes = availableParallelism(),
  packages,
}: {
  readonly lanes?: number;
  readonly packages?: string;
} = {}): Promise<Probe> {
  const fails = (reason: string): Probe => ({ ok: false, name: 'deno-pyodide', reason, remedy: REMEDY });
  const found = findPackages(packages);
  if (typeof found === 'string') return fails(found);
  const snapshot = await makeSnapshot(found);
  if (typeof snapshot === 'string') return fails(snapshot);
  const backend = new DenoPyodideBackend(new Pool(found, snapshot, lanes), lanes);
  for (const check of CHECKS) {
    const failure = await failureOf(backend, check);
    if (failure === null) continue;
    await backend.close();
    return fails(`${check.phrase}: ${failure}`);
  }
  return { ok: true, backend };
}

async function makeSnapshot(packages: Packages): Promise<Buffer | string> {
  const interpreter = new Interpreter(packages, new Uint8Array());
  interpreter.send(pythonFiles());
  const bytes = await interpreter.part({ cpuSeconds: SNAPSHOT_SECONDS, wallSeconds: SNAPSHOT_SECONDS });
  await interpreter.kill();
  return bytes instanceof Uint8Array ? Buffer.from(bytes) : `Pyodide could not be loaded: ${bytes.detail}`;
}

async function failureOf(backend: DenoPyodideBackend, { program, isHeld }: Check): Promise<string | null> {
  const seen: Observation[] = [];
  const limits = { ...DEFAULT_LIMITS, cpuSeconds: 1, wallSeconds: 20, memoryBytes: 256 * 2 ** 20 };
  const job = { language: 'python', mode: 'stdio', program, inputs: ['3 4\n'], limits } as const;
  const unjudged = await backend.run(job, observation => seen.push(observation) > 0);
  if (unjudged) return unjudged.reason;
  const first = seen[0];
  return first && isHeld(first)
    ? null
    : `the probe ended with ${first?.end ?? 'nothing'} ${first?.detail ?? ''} ${first ? textOf(first) : ''}`.trim();
}
