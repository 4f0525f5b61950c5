// The sandbox and its host: a host that is killed leaves no process, many candidates leave nothing, and every hostile program of the package is held,
// with and without a cgroup.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Backend, Observation } from '../../src/sandbox/backend.ts';
import { probeBwrap } from '../../src/sandbox/bwrap/probe.ts';
import { runAll } from '../../src/sandbox/hostile/run.ts';
import { HOSTILE } from '../../src/sandbox/hostile/table.ts';
import { processesBelow } from './processes.ts';

const first = await probeBwrap({ lanes: 2, cacheFile: null });
const skip = first.ok ? false : `${first.reason} (${first.remedy})`;
if (first.ok) await first.backend.close();

async function using<T>(cgroup: boolean, act: (backend: Backend) => Promise<T>): Promise<T> {
  const probe = await probeBwrap({ lanes: 2, cgroup });
  assert.ok(probe.ok);
  try {
    return await act(probe.backend);
  } finally {
    await probe.backend.close();
  }
}

/** The kernel ends what a closed session left a moment after the host has its answers: asked again, for five seconds at most. */
async function soon(isTrue: () => boolean): Promise<boolean> {
  for (let i = 0; i < 50 && !isTrue(); i++) await new Promise(resolve => setTimeout(resolve, 100));
  return isTrue();
}

/** Of an idle worker: bubblewrap outside and inside, and the fork server. */
const PROCESSES_OF_A_WORKER = 3;

describe('the sandbox', { skip }, () => {
  test('a host killed with SIGKILL leaves no process', async () => {
    const host = spawn(process.execPath, [join(import.meta.dirname, 'sandbox-host.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(host.stdout, 'data');
    const inside = processesBelow(host.pid!);
    assert.ok(inside.length >= 8, `only ${inside.length} processes were there to be left`);
    host.kill('SIGKILL');
    await once(host, 'exit');
    const left = () => inside.filter(p => existsSync(`/proc/${p.pid}`));
    await soon(() => left().length === 0);
    assert.deepEqual(left(), []);
  });

  test('a thousand candidates, a change of workers among them, leave no process, descriptor or growing memory', async () => {
    const descriptors = () => readdirSync('/proc/self/fd').length;
    await using(true, async backend => {
      const some = (n: number) =>
        Promise.all(
          [0, 1].map(async () => {
            for (let i = 0; i < n / 2; i++) {
              let last: Observation | undefined;
              const job = {
                language: 'python',
                mode: 'stdio',
                program: 'print(7)',
                inputs: [''],
                limits: { cpuSeconds: 4, wallSeconds: 20, memoryBytes: 2 ** 28 },
              } as const;
              const keep = (seen: Observation) => {
                last = seen;
                return true;
              };
              assert.equal(await backend.run(job, keep), null);
              assert.equal(last?.end, 'exit');
            }
          }),
        );
      await some(100);
      const atRest = () => soon(() => processesBelow().length === 2 * PROCESSES_OF_A_WORKER);
      assert.ok(await atRest(), 'processes of two idle workers');
      const before = { descriptors: descriptors(), memory: process.memoryUsage.rss() };
      await some(1000);
      assert.ok(await atRest(), 'processes');
      assert.ok(descriptors() <= before.descriptors, 'descriptors');
      assert.ok(process.memoryUsage.rss() < before.memory + 64e6, 'memory');
    });
    assert.deepEqual(processesBelow(), []);
  });

  test('a worker that dies under a candidate is replaced and the test run again; dying twice is the candidate’s end', async () => {
    await using(true, async backend => {
      const limits = { cpuSeconds: 4, wallSeconds: 20, memoryBytes: 2 ** 28 };
      const job = { language: 'python', mode: 'stdio', program: 'import time; time.sleep(2); print(7)', inputs: ['', ''], limits } as const;
      const die = () => {
        for (const { pid, name } of processesBelow()) if (name === 'bwrap') process.kill(pid, 'SIGKILL');
      };
      const ends: string[] = [];
      setTimeout(die, 1000);
      assert.equal(await backend.run(job, seen => ends.push(seen.end) > 0), null);
      assert.deepEqual(ends, ['exit', 'exit']);
      const killer = setInterval(die, 700);
      assert.equal(await backend.run({ ...job, inputs: [''] }, seen => ends.push(`${seen.end}: ${seen.detail}`) > 0), null);
      clearInterval(killer);
      assert.match(ends[2]!, /^runtime_error: the sandbox ended with SIGKILL.*, twice$/);
    });
  });

  for (const cgroup of [true, false])
    test(`every hostile program is held ${cgroup ? 'with a cgroup, where one can be had' : 'without a cgroup'}`, async () => {
      const broke = (await using(cgroup, backend => runAll(backend, HOSTILE))).filter(p => p.held !== true);
      assert.deepEqual(broke, []);
    });
});
