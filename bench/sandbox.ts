// node bench/sandbox.ts [--candidates N] [--lanes N] [--json]: candidates a second through the bubblewrap backend, the CPU that one costs (on a shared
// machine the figure to compare), and what is left when all are done: processes, descriptors, files, memory. `--candidates 10000` is the long form.
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { type Backend, DEFAULT_LIMITS, type Job } from '../src/sandbox/backend.ts';
import { openSandbox } from '../src/sandbox/open.ts';
import { processesBelow } from '../test/slow/processes.ts';

const { values } = parseArgs({ options: { candidates: { type: 'string' }, lanes: { type: 'string' }, json: { type: 'boolean' } } });
const candidates = Number(values.candidates ?? 400);
const lanes = Number(values.lanes ?? availableParallelism());

const program = 'a, b = map(int, input().split())\nprint(a + b)\n';
const add = 'def add(a, b):\n    return a + b\n';
const python = { language: 'python', limits: DEFAULT_LIMITS } as const;
const int = (n: number) => ({ t: 'int', v: String(n) }) as const;

/** `share`: of the candidates asked for, where one takes longer. */
const CASES: readonly { readonly name: string; readonly share: number; readonly target: number; readonly job: Job }[] = [
  { name: 'stdin and stdout, one test', share: 1, target: 120, job: { ...python, mode: 'stdio', program, inputs: ['3 4\n'] } },
  {
    name: 'stdin and stdout, ten tests',
    share: 0.25,
    target: 30,
    job: { ...python, mode: 'stdio', program, inputs: Array(10).fill('3 4\n') },
  },
  { name: 'a call', share: 0.5, target: 120, job: { ...python, mode: 'call', program: add, fn: 'add', calls: [[int(3), int(4)]] } },
  {
    name: 'three asserts, two sandboxes',
    share: 0.5,
    target: 90,
    job: {
      ...python,
      mode: 'assert',
      program: add,
      setup: '',
      asserts: ['assert add(1, 2) == 3', 'assert add(2, 2) == 4', 'assert add(-1, 2) == 1'],
    },
  },
];

/** Seconds of CPU of this process and of everything below it, the ended included. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + processesBelow().reduce((sum, p) => sum + p.cpuSeconds, 0);
}

async function measure(sandbox: Backend, { name, share, target, job }: (typeof CASES)[number]) {
  const count = Math.max(lanes, Math.round(candidates * share));
  const one = async () => {
    const unjudged = await sandbox.run(job, seen => {
      if (seen.end !== 'exit') throw new Error(`${name}: ${seen.end} ${seen.detail}`);
      return true;
    });
    if (unjudged) throw new Error(unjudged.reason);
  };
  await Promise.all(Array.from({ length: lanes }, one));
  const cpu = cpuSeconds();
  const start = performance.now();
  let left = count;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (left-- > 0) await one();
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  const cpuMs = ((cpuSeconds() - cpu) * 1000) / count;
  return { name, candidates: count, perSecond: count / seconds, cpuMs, idlePerSecond: (1000 * lanes) / cpuMs, target, load: loadavg()[0]! };
}

const CGROUPS = ['/sys/fs/cgroup', '/sys/fs/cgroup/memory', '/sys/fs/cgroup/pids'];
const ours = (folder: string, recursive: boolean) => {
  try {
    return readdirSync(folder, { recursive, encoding: 'utf8' }).filter(f => new RegExp(`rest-em-(${process.pid}-|canary)[^/]*$`).test(f))
      .length;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw cause;
  }
};

/** What a leak would make grow. */
const state = () => ({
  processes: processesBelow().length,
  descriptors: readdirSync('/proc/self/fd').length,
  files: ours(tmpdir(), false) + CGROUPS.reduce((sum, folder) => sum + ours(folder, folder !== '/sys/fs/cgroup'), 0),
  megabytes: Math.round(process.memoryUsage.rss() / 1e6),
  kernelTasks: Number(readFileSync('/proc/loadavg', 'utf8').split('/')[1]!.split(' ')[0]),
});

const before = state();
const sandbox = await openSandbox('python', { lanes });
const rows = [];
for (const row of CASES) rows.push(await measure(sandbox, row));
await sandbox.close();
await new Promise(resolve => setTimeout(resolve, 500));
const after = state();

if (values.json) console.log(JSON.stringify({ rows, before, after }));
else {
  for (const r of rows)
    console.log(
      `${r.name.padEnd(30)} ${r.perSecond.toFixed(0).padStart(4)}/s  CPU ${r.cpuMs.toFixed(1).padStart(5)} ms each: ${r.idlePerSecond.toFixed(0).padStart(4)}/s on ${lanes} idle cores (wanted ${r.target})  load ${r.load.toFixed(1)}`,
    );
  console.log('before', before, '\nafter ', after);
}
