// A run killed at any instant goes on to the bytes of an undisturbed one. The run is a process of its own that counts what it does to the file system
// and kills itself (SIGKILL) at a given operation: before it, after it, or in the middle of it with half of the bytes written. So the moments are
// random but repeatable, and those around the checkpoint's rename are hit for certain. Started with --child, this file is that process.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import fsp, { readFile, rm } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { METHODS } from '../methods/table.ts';
import { scriptedPolicy } from '../policy/scripted.ts';
import { rngOf, seedOf } from '../random.ts';
import { run } from './run.ts';
import { finalBytes, newDir, toyAnswer, toyFamily, toyPlan } from './toy.test.ts';

/** How often each is killed, and how many checkpoints it makes. */
const RUNS = {
  'rest-em': { kills: 20, checkpoints: 3, changes: { arms: [METHODS.random] } },
  iml: { kills: 7, checkpoints: 6, changes: { arms: [], method: toyFamily.iml } },
  star: { kills: 6, checkpoints: 3, changes: { arms: [], method: toyFamily.star } },
} as const;
type RunName = keyof typeof RUNS;
/** Processes at a time: most of the time goes into waiting for the disk. */
const LANES = 4;
const EVALUATION = { samples: 2, temperature: 1, topK: 0, topP: 1, ks: [1, 2], trainProblems: 0, dynamics: 4 };

const runCrashing = (name: RunName, dir: string, onNote: (message: string) => void = () => undefined) =>
  run(toyPlan(dir, { ...RUNS[name].changes, waveCompletions: 24, evaluation: EVALUATION }), scriptedPolicy(toyAnswer), {
    clock: Date.now,
    signal: new AbortController().signal,
    onEvent: event => event.kind === 'note' && onNote(event.message),
  });

type Moment = 'before' | 'half' | 'after';
type AnyFunction = (...given: unknown[]) => unknown;

/** Counts every change to the file system, and dies at the `at`-th. */
async function dieAt(at: number, moment: Moment): Promise<string[]> {
  const done: string[] = [];
  const die = () => process.kill(process.pid, 'SIGKILL');
  const watch = (owner: object, name: string, halved?: (given: unknown[]) => unknown[]) => {
    const methods = owner as Record<string, AnyFunction>;
    const real = methods[name]!;
    methods[name] = function (this: unknown, ...given) {
      done.push(
        `${name} ${given
          .filter(part => typeof part === 'string')
          .join(' ')
          .slice(0, 300)}`,
      );
      if (done.length !== at) return real.apply(this, given);
      if (moment === 'before') die();
      const result = real.apply(this, moment === 'half' && halved ? halved(given) : given);
      if (!(result instanceof Promise)) die();
      return Promise.resolve(result).then(die);
    };
  };
  const half = (text: unknown) => (typeof text === 'string' ? text.slice(0, text.length / 2) : text);
  const handle = await fsp.open(fileURLToPath(import.meta.url));
  const prototype: object = Object.getPrototypeOf(handle);
  await handle.close();
  for (const name of ['writeFile', 'appendFile']) watch(prototype, name, ([text, ...rest]) => [half(text), ...rest]);
  watch(prototype, 'sync');
  watch(fsp, 'writeFile', ([path, text, ...rest]) => [path, half(text), ...rest]);
  watch(fs, 'writeSync', ([fd, bytes, from]) => [fd, bytes, from, (bytes as Buffer).length >> 1]);
  for (const name of ['rename', 'link', 'rm', 'mkdir', 'truncate']) watch(fsp, name);
  syncBuiltinESMExports();
  return done;
}

async function child(name: RunName, dir: string, at: number, moment: Moment): Promise<void> {
  const done = await dieAt(at, moment);
  await runCrashing(name, dir);
  process.stdout.write(JSON.stringify(done));
}

async function spawnRun(name: RunName, dir: string, at: number, moment: Moment): Promise<{ signal: unknown; output: string }> {
  const process_ = spawn(process.execPath, [fileURLToPath(import.meta.url), '--child', name, dir, String(at), moment], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  process_.stdout.on('data', data => {
    output += data;
  });
  const [, signal] = await once(process_, 'close');
  return { signal, output };
}

if (process.argv[2] === '--child') {
  const [, , , name, dir, at, moment] = process.argv;
  await child(name as RunName, dir!, Number(at), moment as Moment);
} else {
  const notes: string[] = [];

  async function killAndCompare(name: RunName): Promise<void> {
    const { kills, checkpoints } = RUNS[name];
    const reference = await newDir();
    const operations = JSON.parse((await spawnRun(name, reference, 0, 'before')).output) as string[];
    const expected = await finalBytes(reference);
    assert.ok(Object.keys(expected).some(name => name.endsWith('checkpoint/policy.json')));

    const numbered = (kind: RegExp) => operations.flatMap((operation, i) => (kind.test(operation) ? [i + 1] : []));
    const renames = numbered(/^rename .*checkpoint$/);
    const appends = numbered(/^appendFile /);
    const eventLines = numbered(/^writeSync /);
    assert.equal(renames.length, checkpoints);
    const rng = rngOf(seedOf('crash', ...(name === 'rest-em' ? [] : [name])));
    const [few, many] = name === 'rest-em' ? [2, 3] : [1, 1];
    const moments: { at: number; moment: Moment }[] = [
      ...[...renames.slice(0, few), ...numbered(/^rename .*checkpoint\.tmp$/).slice(0, 1)].flatMap(at => [
        { at, moment: 'before' as const },
        { at, moment: 'after' as const },
      ]),
      ...Array.from({ length: many }, () => ({ at: appends[rng.below(appends.length)]!, moment: 'half' as const })),
      { at: eventLines[rng.below(eventLines.length)]!, moment: 'half' },
    ];
    while (moments.length < kills)
      moments.push({ at: 1 + rng.below(operations.length), moment: (['before', 'half', 'after'] as const)[rng.below(3)]! });

    const killAndGoOn = async ({ at, moment }: (typeof moments)[number]) => {
      const dir = await newDir();
      const where = `killed ${moment} operation ${at}: ${operations[at - 1]}`;
      assert.equal((await spawnRun(name, dir, at, moment)).signal, 'SIGKILL', where);
      await runCrashing(name, dir, message => notes.push(message));
      assert.deepEqual(await finalBytes(dir), expected, where);
      for (const line of (await readFile(join(dir, 'events.jsonl'), 'utf8')).trimEnd().split('\n')) JSON.parse(line);
      await rm(dir, { recursive: true });
    };
    for (let i = 0; i < moments.length; i += LANES) await Promise.all(moments.slice(i, i + LANES).map(killAndGoOn));
  }

  for (const [name, { kills }] of Object.entries(RUNS))
    test(`a run of ${name} killed at ${kills} moments, a checkpoint's rename among them, ends with the bytes of an undisturbed one`, () =>
      killAndCompare(name as RunName));

  test('each kind of mending was needed and said', () => {
    // the seeds are fixed, so these are too
    for (const said of [/taken over/, /removed what a crash/, /a wave was cut short/, /half-written last line/])
      assert.ok(
        notes.some(note => said.test(note)),
        String(said),
      );
  });

  const noLimit = process.platform === 'win32' ? 'there is no ulimit here' : false;

  test('a run that fills the disk stops with what is wrong, and goes on when there is room', { skip: noLimit }, async () => {
    const [reference, dir] = [await newDir(), await newDir()];
    await runCrashing('rest-em', reference);
    const limited = `ulimit -f 12; exec "${process.execPath}" "${fileURLToPath(import.meta.url)}" --child rest-em "${dir}" 0 before 2>&1`; // 12 blocks of 512 or 1024 bytes
    const shell = spawn('sh', ['-c', limited], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    shell.stdout.on('data', data => {
      output += data;
    });
    const [code] = await once(shell, 'close');
    assert.equal(code, 1);
    assert.match(output, /StoreError: writing .*samples-.*\.jsonl: the file would grow past the allowed size/);
    await runCrashing('rest-em', dir);
    assert.deepEqual(await finalBytes(dir), await finalBytes(reference));
  });
}
