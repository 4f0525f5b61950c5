import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Interrupted } from '../errors.ts';
import type { TimedEvent } from '../runs/events.ts';
import { finalBytes, newDir, runToy, toyFamily, toyPlan } from './toy.test.ts';

test('waves of another size hold the same samples', async () => {
  const [three, seven] = [await newDir(), await newDir()];
  await runToy(toyPlan(three));
  await runToy(toyPlan(seven, { waveCompletions: 28 }));
  assert.deepEqual(await finalBytes(seven), await finalBytes(three));
});

test('stopped at any event a run ends with Interrupted, and goes on to the bytes of an undisturbed one without asking anything twice', async () => {
  const reference = await newDir();
  const whole = await runToy(toyPlan(reference));
  const expected = await finalBytes(reference);
  const asked = whole.policy.asked.length;
  const stride = Math.floor(whole.events.length / 9);
  // the last three events are the last wave, its figures and the end: after them nothing is left to stop
  for (let at = 1; at < whole.events.length - 3; at += stride) {
    const dir = await newDir();
    const first = await runToy(toyPlan(dir), { stopAt: (_, index) => index === at });
    assert.ok(first.result instanceof Interrupted, `at event ${at}: ${String(first.result)}`);
    assert.deepEqual([first.events.at(-1)?.kind, (await readdir(dir)).includes('lock.json')], ['end', false]);
    const second = await runToy(toyPlan(dir));
    assert.ok(!(second.result instanceof Error), String(second.result));
    assert.deepEqual(await finalBytes(dir), expected, `stopped at event ${at}`);
    // twice: at most a wave (3 problems × 6), and D_val (4 problems, 2 epochs) of a fit that began again
    assert.ok(first.policy.asked.length + second.policy.asked.length <= asked + 18 + 8);
    await rm(dir, { recursive: true });
  }
});

for (const [name, method] of Object.entries(toyFamily))
  test(`a run of ${name}, stopped here and there, goes on to the bytes of an undisturbed one, and a finished one is not run again`, async () => {
    const planOf = (dir: string) => toyPlan(dir, { method, arms: [], evaluation: FEW });
    const reference = await newDir();
    const whole = await runToy(planOf(reference));
    const expected = await finalBytes(reference);
    for (const share of [0.15, 0.4, 0.55, 0.7, 0.85]) {
      const dir = await newDir();
      const at = Math.floor(share * whole.events.length);
      const first = await runToy(planOf(dir), { stopAt: (_, index) => index === at });
      assert.ok(first.result instanceof Interrupted, `at event ${at}: ${String(first.result)}`);
      assert.deepEqual((await runToy(planOf(dir))).result, whole.result && { ...(whole.result as object), dir });
      assert.deepEqual(await finalBytes(dir), expected, `stopped at event ${at}`);
      const third = await runToy(planOf(dir));
      assert.deepEqual([third.policy.asked.length, third.policy.fitted.length], [0, 0]);
    }
  });

const FEW = { samples: 0, temperature: 1, topK: 0, topP: 1, ks: [], trainProblems: 0 };

test('a finished run is not run again', async () => {
  const dir = await newDir();
  const first = await runToy(toyPlan(dir));
  const before = await finalBytes(dir);
  const second = await runToy(toyPlan(dir));
  assert.deepEqual([second.policy.asked.length, second.policy.fitted.length], [0, 0]);
  assert.deepEqual(second.result, first.result);
  assert.deepEqual(await finalBytes(dir), before);
});

/** The fourth of seven waves of the first E-step. */
const isFourthWave = (event: TimedEvent) => event.kind === 'wave' && event.phase === 'train' && event.done === 72;

test('a wave that was cut short is thrown away, aloud, and sampled again whole', async () => {
  const dir = await newDir();
  await runToy(toyPlan(dir), { stopAt: isFourthWave });
  const file = join(dir, 'iteration-1', 'samples-train.jsonl');
  const whole = await readFile(file, 'utf8');
  await writeFile(file, whole.slice(0, whole.trimEnd().lastIndexOf('\n') - 20)); // the last wave lacks a row and a half
  const { events: after, result } = await runToy(toyPlan(dir));
  assert.ok(!(result instanceof Error));
  assert.ok(
    after.some(event => event.kind === 'note' && /samples-train\.jsonl: a wave was cut short \(\d+ whole samples/.test(event.message)),
  );
  const reference = await newDir();
  await runToy(toyPlan(reference));
  assert.deepEqual(await finalBytes(dir), await finalBytes(reference));
});

test('a samples file with rows of another run is refused, not continued', async () => {
  const dir = await newDir();
  await runToy(toyPlan(dir), { stopAt: isFourthWave });
  const file = join(dir, 'iteration-1', 'samples-train.jsonl');
  await writeFile(file, (await readFile(file, 'utf8')).replaceAll('/train-', '/strain-'));
  const { result } = await runToy(toyPlan(dir));
  assert.match(String(result), /StoreError: .*line 1 is sample iteration-1\/train\/strain-/);
});
