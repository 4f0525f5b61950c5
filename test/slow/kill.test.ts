// A real run, the command line with the embedded engine and a model, is killed (SIGKILL, its whole process group) at random moments and at
// those of a checkpoint's rename, and taken up again with the same command until it ends: what it leaves is, to the byte, what an undisturbed
// run leaves. src/loop/crash.test.ts tries every kind of operation on files, with a scripted policy; here nothing is made up but the task.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Rng, rngOf, seedOf, shuffled } from '../../src/random.ts';
import { readIfThere } from '../../src/runs/atomic.ts';
import { HALTED, haltingAt, MOMENTS, type Moment } from './halt-at-checkpoint.ts';

const BIN = join(import.meta.dirname, '../../bin/rest-em.js');
const CONFIG = join(import.meta.dirname, 'fixtures/even-letters.config.ts');
const KILLS = 20;
const HERE = mkdtempSync(join(tmpdir(), 'rest-em-kill-'));
after(() => rmSync(HERE, { recursive: true, force: true }));

/** A moment to kill at: milliseconds after the process has the run to itself, or a moment of the next checkpoint. */
type Kill = number | Moment;

interface Attempt {
  readonly child: ChildProcess;
  readonly done: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  err(): string;
}

function start(args: readonly string[], nodeOptions: readonly string[] = []): Attempt {
  const child = spawn(process.execPath, [...nodeOptions, BIN, ...args], { cwd: HERE, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  let err = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  return { child, done: once(child, 'close').then(([code, signal]) => ({ code, signal })), err: () => err };
}

const runIn = (dir: string, nodeOptions: readonly string[] = []) => start(['run', CONFIG, '--dir', dir], nodeOptions);

const isOver = ({ child }: Attempt) => child.exitCode !== null || child.signalCode !== null;

/** Looks every two milliseconds; false when the process ended first. */
async function seen(attempt: Attempt, isTrue: () => boolean | Promise<boolean>): Promise<boolean> {
  while (!(await isTrue())) {
    if (isOver(attempt)) return false;
    await sleep(2);
  }
  return true;
}

/** The lock of a killed run is there, is moved away and is there again while we look. */
const holdsLock = async (dir: string, { child }: Attempt) =>
  (await readIfThere(join(HERE, dir, 'lock.json')))?.includes(`"pid":${child.pid},`) ?? false;

/** Waits for the moment; false when the process ended before it. */
async function moment(dir: string, attempt: Attempt, kill: Kill): Promise<boolean> {
  if (typeof kill === 'string') return seen(attempt, () => attempt.err().includes(HALTED));
  if (!(await seen(attempt, () => holdsLock(dir, attempt)))) return false;
  await Promise.race([sleep(kill), attempt.done]);
  return !isOver(attempt);
}

/** Every file of a run that knows no times, by name. */
function lastingFiles(dir: string): ReadonlyMap<string, Buffer> {
  const root = join(HERE, dir);
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  const names = entries.map(entry => relative(root, join(entry.parentPath, entry.name))).sort();
  const lasting = names.filter(name => !['events.jsonl', 'summary.json', 'report.html'].includes(name));
  return new Map(lasting.map(name => [name, readFileSync(join(root, name))]));
}

function isSameRun(dir: string, expected: ReadonlyMap<string, Buffer>): void {
  const files = lastingFiles(dir);
  assert.deepEqual([...files.keys()], [...expected.keys()]);
  for (const [name, bytes] of files) assert.ok(bytes.equals(expected.get(name)!), `${dir}/${name} has other bytes`);
  for (const line of readFileSync(join(HERE, dir, 'events.jsonl'), 'utf8')
    .trimEnd()
    .split('\n'))
    JSON.parse(line);
}

/** Three at a checkpoint, each in its place; the others anywhere, near enough that a run is killed many times before it ends. */
function killsOf(rng: Rng, runMs: number): Kill[] {
  const anywhere = Array.from({ length: KILLS - MOMENTS.length }, () => (rng.next() * runMs) / 5);
  return shuffled([...anywhere, ...MOMENTS], rng);
}

const isLeft: Readonly<Record<Moment, (checkpoints: readonly string[]) => boolean>> = {
  writing: names => names.includes('checkpoint.tmp'),
  before: names => names.includes('checkpoint.tmp'),
  after: names => names.includes('checkpoint'),
};

function leavesTraces(dir: string, kill: Moment): void {
  const folders = readdirSync(join(HERE, dir), { withFileTypes: true }).filter(entry => entry.isDirectory());
  assert.ok(
    folders.some(({ name }) => isLeft[kill](readdirSync(join(HERE, dir, name)))),
    `killed ${kill} the rename`,
  );
}

const noGroups = process.platform === 'win32' ? 'there are no process groups to kill' : false;
let undisturbed: ReadonlyMap<string, Buffer>;
let runMs = 0;

test('an undisturbed run ends with 0 and with the files that are compared', { skip: noGroups }, async () => {
  const attempt = runIn('undisturbed');
  assert.ok(await seen(attempt, () => holdsLock('undisturbed', attempt)));
  const began = performance.now();
  assert.deepEqual(await attempt.done, { code: 0, signal: null }, attempt.err());
  runMs = performance.now() - began;
  undisturbed = lastingFiles('undisturbed');
  for (const name of ['samples-train.jsonl', 'samples-test.jsonl', 'dataset.jsonl', 'eval.json', 'checkpoint/model.safetensors'])
    assert.ok(undisturbed.get(join('iteration-2', name))!.length > 0, name);
  assert.ok(undisturbed.get(join('iteration-1', 'dataset.jsonl'))!.length > 10_000, 'there is something to learn from');
});

test(`a run killed ${KILLS} times, thrice at a checkpoint's rename, ends with the bytes of an undisturbed one`, {
  skip: noGroups,
}, async t => {
  const kills = killsOf(rngOf(seedOf('kill')), runMs);
  let said = '';
  for (let runs = 1; kills.length > 0; runs++) {
    const dir = `killed-${runs}`;
    for (let isDone = false; !isDone; ) {
      const kill = kills[0];
      const attempt = runIn(dir, typeof kill === 'string' ? [haltingAt(kill)] : []);
      const hasCome = kill !== undefined && (await moment(dir, attempt, kill));
      if (hasCome) process.kill(-attempt.child.pid!, 'SIGKILL');
      const { code, signal } = await attempt.done;
      if (hasCome && signal === 'SIGKILL') {
        if (typeof kill === 'string') leavesTraces(dir, kill);
        kills.shift();
      } else {
        assert.deepEqual([code, signal], [0, null], attempt.err()); // it was quicker than the killer
        isDone = true;
      }
      said += attempt.err();
    }
    isSameRun(dir, undisturbed);
    t.diagnostic(`${dir} ended as the undisturbed run did; ${kills.length} kills to go`);
  }
  for (const mended of [/taken over/, /removed what a crash/]) assert.match(said, mended);
});

test('SIGINT when a fit has begun stops with 130 and says how to go on, and resume ends with the same bytes', {
  skip: noGroups,
}, async () => {
  const attempt = runIn('stopped');
  assert.ok(await seen(attempt, () => existsSync(join(HERE, 'stopped/iteration-1/dataset.jsonl'))));
  process.kill(-attempt.child.pid!, 'SIGINT');
  assert.deepEqual(await attempt.done, { code: 130, signal: null }, attempt.err());
  assert.match(attempt.err(), /go on with: rest-em resume stopped/);
  assert.ok(!existsSync(join(HERE, 'stopped/iteration-1/checkpoint')), 'it was the fit that was stopped');
  assert.ok(!existsSync(join(HERE, 'stopped/lock.json')));
  const resumed = start(['resume', 'stopped']);
  assert.deepEqual(await resumed.done, { code: 0, signal: null }, resumed.err());
  isSameRun('stopped', undisturbed);
});
