// A host of the sandbox, to be killed by sandbox-life.test.ts: two lanes busy with programs that would run for long, then READY on standard output.
import { openSandbox } from '../../src/sandbox/open.ts';

const backend = await openSandbox('python', { lanes: 2 });
const limits = { cpuSeconds: 60, wallSeconds: 60, memoryBytes: 2 ** 28 };
const program =
  "import os, sys, time\nos.fork()\nos.setsid() if os.getpid() % 2 else None\nprint('x', file=sys.stderr, flush=True)\ntime.sleep(60)";
const jobs = [0, 1].map(() => backend.run({ language: 'python', mode: 'stdio', program, inputs: [''], limits }, () => true));
setTimeout(() => console.log('READY'), 1500);
await Promise.all(jobs);
