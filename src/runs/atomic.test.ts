import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { StoreError } from '../errors.ts';
import { makeWhole, readIfThere, removeLeftovers, writeWhole } from './atomic.ts';

const newDir = () => mkdtemp(join(tmpdir(), 'rest-em-'));

test('a file that is written again holds the new text and leaves nothing beside it', async () => {
  const dir = await newDir();
  await writeWhole(join(dir, 'a.json'), 'one');
  await writeWhole(join(dir, 'a.json'), 'two');
  assert.equal(await readIfThere(join(dir, 'a.json')), 'two');
  assert.deepEqual(await readdir(dir), ['a.json']);
  assert.equal(await readIfThere(join(dir, 'b.json')), null);
});

test('a folder whose filling fails is not there, and what was left of it does not hinder the next try', async () => {
  const dir = join(await newDir(), 'checkpoint');
  const broken = makeWhole(dir, async temporary => {
    await mkdir(temporary);
    await writeFile(join(temporary, 'half'), 'x');
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  });
  await assert.rejects(
    broken,
    error => error instanceof StoreError && /the disk is full/.test(error.message) && error.cause instanceof Error,
  );
  await assert.rejects(readdir(dir));
  await makeWhole(dir, async temporary => {
    await mkdir(join(temporary, 'deep'), { recursive: true });
    await writeFile(join(temporary, 'deep', 'whole'), 'y');
  });
  assert.deepEqual(await readdir(dir), ['deep']);
  assert.equal(await readFile(join(dir, 'deep', 'whole'), 'utf8'), 'y');
});

test('an error of the engine while it fills a folder stays what it is', async () => {
  const dir = join(await newDir(), 'checkpoint');
  const error = new TypeError('a bug');
  await assert.rejects(
    makeWhole(dir, () => Promise.reject(error)),
    error,
  );
});

test('leftovers are removed at any depth, and nothing else', async () => {
  const dir = await newDir();
  await mkdir(join(dir, 'iteration-1', 'checkpoint.tmp'), { recursive: true });
  await writeFile(join(dir, 'iteration-1', 'checkpoint.tmp', 'model'), 'x');
  await writeFile(join(dir, 'iteration-1', 'eval.json'), '{}');
  await writeFile(join(dir, 'config.json.tmp'), '{');
  assert.equal((await removeLeftovers(dir)).length, 2);
  assert.deepEqual(await readdir(dir), ['iteration-1']);
  assert.deepEqual(await readdir(join(dir, 'iteration-1')), ['eval.json']);
});
