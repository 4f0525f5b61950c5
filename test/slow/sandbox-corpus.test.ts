// Hostile and honest programs of the shared corpus against the bubblewrap backend, canaries planted outside. Judges by hand, on the backend's own
// observations: what is tested here is that nothing escapes and that each ends as its manifest says. REST_EM_CORPUS names another corpus,
// REST_EM_NO_CGROUP=1 does without cgroups.
import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { Backend, Job, Limits, Observation, Value } from '../../src/sandbox/backend.ts';
import { probeBwrap } from '../../src/sandbox/bwrap/probe.ts';
import { acceptedFor, noCorpus, programOf, type Row, rowsIn, type Task, taskOf, textOf, wordFor } from './corpus.ts';
import { processesBelow } from './processes.ts';

const { REST_EM_NO_CGROUP } = process.env;
const probe = noCorpus ? null : await probeBwrap({ lanes: 2, cacheFile: null, cgroup: !REST_EM_NO_CGROUP });
const skip = probe === null ? noCorpus : probe.ok ? false : `${probe.reason} (${probe.remedy})`;
const backend = probe?.ok ? probe.backend : null;

const CANARY_FILE = '/tmp/sandbox_canary_file';
const LATE_FILE = '/tmp/sandbox_late';
let visits = 0;
const servers: Server[] = [];

function listen(place: number | string): Promise<void> {
  const server = createServer(socket => {
    visits++;
    socket.destroy();
  });
  servers.push(server);
  return new Promise((resolve, reject) =>
    server.once('error', reject).listen(typeof place === 'number' ? { port: place, host: '127.0.0.1' } : { path: place }, resolve),
  );
}

const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map(line => line.trimEnd());

function sameText(expected: string, actual: string, tolerance: number): boolean {
  const [e, a] = [lines(expected), lines(actual)];
  const near = (x: string, y: string) => tolerance > 0 && x.includes('.') && Math.abs(Number(x) - Number(y)) <= tolerance;
  return e.length === a.length && e.every((line, i) => line === a[i] || near(line, a[i]!));
}

const toValue = (x: unknown): Value =>
  typeof x === 'number' ? { t: 'int', v: String(x) } : Array.isArray(x) ? { t: 'list', v: x.map(toValue) } : (x as string);

function sameValue(expected: unknown, value: Value | undefined): boolean {
  if (typeof value !== 'object' || value === null) return value === expected;
  if (value.t === 'int') return value.v === String(expected);
  if (value.t !== 'list' && value.t !== 'tuple') return false;
  return Array.isArray(expected) && value.v.length === expected.length && value.v.every((v, i) => sameValue(expected[i], v));
}

function jobOf(row: Row, task: Task, program: string): Job {
  const limits: Limits = { cpuSeconds: row.limits?.cpu ?? 2, wallSeconds: row.limits?.wall ?? 8, memoryBytes: 2 ** 30 };
  const common = { language: 'python', program, limits } as const;
  if (row.mode === 'stdio') return { ...common, mode: 'stdio', inputs: task.stdio!.map(([input]) => input) };
  if (row.mode === 'call') return { ...common, mode: 'call', fn: task.fn!, calls: task.call!.map(([args]) => args.map(toValue)) };
  return { ...common, mode: 'assert', setup: '', asserts: [task.asserts!], names: [task.fn!] };
}

function isRight(row: Row, task: Task, seen: Observation): boolean {
  if (seen.end !== 'exit') return false;
  if (row.mode === 'assert') return true;
  if (row.mode === 'call') return sameValue(task.call![seen.index]![1], seen.value);
  return sameText(textOf(task.stdio![seen.index]![1]), Buffer.from(seen.stdout).toString(), task.float_tolerance ?? 0);
}

/** The corpus's words for what became of it, and all that it said. */
async function judge(sandbox: Backend, row: Row): Promise<{ readonly got: string; readonly said: string }> {
  const task = taskOf(row);
  let got = 'no test ran';
  const said: string[] = [];
  const unjudged = await sandbox.run(jobOf(row, task, programOf(row)), seen => {
    said.push(Buffer.from(seen.stdout).toString(), seen.stderr, seen.detail, JSON.stringify(seen.value ?? ''));
    const right = isRight(row, task, seen);
    got = right ? 'pass' : wordFor(seen.end);
    return right;
  });
  return { got: unjudged ? `${unjudged.kind}: ${unjudged.reason}` : got, said: said.join('\n') };
}

describe('every program of the corpus ends as its manifest says, and none escapes', { skip }, () => {
  before(async () => {
    process.env.SANDBOX_CANARY = 'canary-env-11aa22';
    writeFileSync(CANARY_FILE, 'canary-file-55cc66\n');
    rmSync(LATE_FILE, { force: true });
    await Promise.all([listen(18765), listen('\0sandbox-canary')]);
  });

  for (const row of skip ? [] : rowsIn('python'))
    test(`${row.file}: ${row.what}: ${row.expected}`, async () => {
      if (row.repeat) await judge(backend!, row);
      const accepted = acceptedFor(row);
      const first = await judge(backend!, row);
      // On a busy machine the clock may end what has time left; it is asked once more, as the judge of programs does.
      const { got, said } = first.got === 'timeout' && !accepted.includes('timeout') ? await judge(backend!, row) : first;
      assert.doesNotMatch(said, /ESCAPE|STATE|canary-(env|file)-/);
      assert.equal(visits, 0, 'a canary was visited');
      assert.ok(!existsSync(LATE_FILE), 'a process acted after its end');
      if (row.expect_stderr) assert.match(said, new RegExp(row.expect_stderr));
      assert.ok(accepted.includes(got), `ended as ${got}, not ${accepted.join(' or ')}; it said: ${said.slice(-600)}`);
    });

  after(async () => {
    for (const server of servers) server.close();
    rmSync(CANARY_FILE, { force: true });
    await backend?.close();
    assert.deepEqual(processesBelow(), [], 'processes were left');
  });
});
