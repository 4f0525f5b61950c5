import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ConfigError } from '../errors.ts';
import { takeLock } from './lock.ts';

const newLock = async () => join(await mkdtemp(join(tmpdir(), 'rest-em-')), 'lock.json');
const unexpected = (message: string) => assert.fail(message);

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid!;
}

test('a second writer is refused while the first one lives, and let in after it', async () => {
  const file = await newLock();
  const lock = await takeLock(file, unexpected);
  await assert.rejects(
    takeLock(file, unexpected),
    error => error instanceof ConfigError && error.message.includes(`process ${process.pid} is writing`),
  );
  await lock.release();
  assert.deepEqual(await readdir(dirname(file)), []);
  await (await takeLock(file, unexpected)).release();
});

test('of many that ask at once exactly one gets the lock', async () => {
  const file = await newLock();
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => takeLock(file, unexpected)));
  assert.equal(results.filter(result => result.status === 'fulfilled').length, 1);
});

test('the lock of a dead process is taken over, aloud', async () => {
  const file = await newLock();
  const pid = await deadPid();
  await writeFile(file, JSON.stringify({ pid, host: hostname(), started: '1' }));
  const heard: string[] = [];
  const lock = await takeLock(file, message => heard.push(message));
  assert.match(heard.join(), new RegExp(`process ${pid}, .* taken over`));
  assert.equal(JSON.parse(await readFile(file, 'utf8')).pid, process.pid);
  await lock.release();
});

test('a lock torn by a power cut is taken over', async () => {
  const file = await newLock();
  await writeFile(file, '{"pid": 12');
  const heard: string[] = [];
  await (await takeLock(file, message => heard.push(message))).release();
  assert.equal(heard.length, 1);
});

const noProc = existsSync('/proc/self/stat') ? false : 'this platform does not tell when a process was started';

test('a pid that was passed on to another process does not hold the lock', { skip: noProc }, async () => {
  const file = await newLock();
  await writeFile(file, JSON.stringify({ pid: process.ppid, host: hostname(), started: '1' }));
  const heard: string[] = [];
  await (await takeLock(file, message => heard.push(message))).release();
  assert.equal(heard.length, 1);
});

test("another host's lock is left alone, because its processes cannot be looked at", async () => {
  const file = await newLock();
  await writeFile(file, JSON.stringify({ pid: await deadPid(), host: 'elsewhere', started: null }));
  await assert.rejects(
    takeLock(file, unexpected),
    error => error instanceof ConfigError && /on elsewhere .* delete this file/.test(error.message),
  );
});
