import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigError } from '../errors.ts';
import { openRun } from './open.ts';

const newDir = async () => join(await mkdtemp(join(tmpdir(), 'rest-em-')), 'run');
const config = { model: 'm', sampling: { temperature: 0.7, ks: [1, 4] } };

async function refused(dir: string, given: unknown): Promise<string> {
  const error = await openRun(dir, given).then(
    () => assert.fail('was let in'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ConfigError);
  return error.message;
}

test('a new directory becomes the run, and the same configuration goes on, whatever the order of its keys', async () => {
  const dir = await newDir();
  const first = await openRun(dir, config);
  assert.equal(first.resumed, false);
  await first.close();
  const second = await openRun(dir, { sampling: { ks: [1, 4], temperature: 0.7 }, model: 'm', note: undefined });
  assert.deepEqual([second.resumed, second.notes], [true, []]);
  await second.close();
  assert.deepEqual((await readdir(dir)).sort(), ['config.json', 'events.jsonl']);
});

test('another configuration is refused with the first setting that differs, and both its values', async () => {
  const dir = await newDir();
  await (await openRun(dir, config)).close();
  const before = await readFile(join(dir, 'config.json'), 'utf8');
  assert.match(
    await refused(dir, { ...config, sampling: { temperature: 1, ks: [1, 4] } }),
    /^sampling\.temperature: is 1, .* started with 0\.7/,
  );
  assert.match(await refused(dir, { ...config, sampling: { temperature: 0.7, ks: [1, 4, 8] } }), /^sampling\.ks\.2: is 8, .* with not set/);
  assert.match(await refused(dir, { model: 'm' }), /^sampling: is not set/);
  assert.equal(await readFile(join(dir, 'config.json'), 'utf8'), before);
});

test('a directory that is no run is refused and left as it was', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'rest-em-'));
  await writeFile(join(dir, 'thesis.tex'), 'dear');
  assert.match(await refused(dir, config), /is not a run \(it holds thesis\.tex/);
  assert.deepEqual(await readdir(dir), ['thesis.tex']);
  const model = await mkdtemp(join(tmpdir(), 'rest-em-'));
  await writeFile(join(model, 'config.json'), '{"architectures":["LlamaForCausalLM"]}');
  assert.match(await refused(model, config), /config\.json that is not of a run/);
  assert.deepEqual(await readdir(model), ['config.json']);
});

test('a crash before the configuration was there leaves a directory that can still become the run', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'rest-em-'));
  await writeFile(join(dir, 'lock.json'), '{"pi');
  await writeFile(join(dir, 'config.json.tmp'), '{"mod');
  const run = await openRun(dir, config);
  assert.equal(run.resumed, false);
  assert.equal(run.notes.length, 2);
  await run.close();
  assert.deepEqual(JSON.parse(await readFile(join(dir, 'config.json'), 'utf8')), config);
});

test('a half-written last event is cut off, aloud', async () => {
  const dir = await newDir();
  const first = await openRun(dir, config);
  first.events.append({ time: '', kind: 'note', message: 'a' });
  await first.close();
  await appendFile(join(dir, 'events.jsonl'), '{"time":"20');
  const second = await openRun(dir, config);
  second.events.append({ time: '', kind: 'note', message: 'b' });
  await second.close();
  assert.match(second.notes.join(), /half-written last line \(11 bytes\)/);
  const lines = (await readFile(join(dir, 'events.jsonl'), 'utf8')).trim().split('\n');
  assert.deepEqual(
    lines.map(line => JSON.parse(line).message),
    ['a', 'b'],
  );
});

test('a run that is being written is refused to a second writer', async () => {
  const dir = await newDir();
  const run = await openRun(dir, config);
  assert.match(await refused(dir, config), /is writing this run/);
  await run.close();
});
