import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Question, Script } from '../policy/scripted.ts';
import type { FitFile } from '../runs/rows.ts';
import { finalBytes, json, newDir, runToy, toyMethod, toyPlan } from './toy.test.ts';

/** Right on D_val for the first `right[epoch - 1]` of its problems, and always right for the base. */
const climbing = (right: readonly number[]): Script => {
  const seen = new Map<number, number>();
  return (question: Question) => {
    const [a = 0, b = 0] = (question.prompt.match(/\d+/g) ?? []).map(Number);
    const { epochs } = question.weights;
    if (question.temperature > 0 || epochs === 0) return ` ${a + b}`;
    seen.set(epochs, (seen.get(epochs) ?? 0) + 1);
    return seen.get(epochs)! <= right[epochs - 1]! ? ` ${a + b}` : ' 0';
  };
};

for (const [right, run, kept] of [
  [[1, 2, 3], 3, 3],
  [[1, 3, 2], 3, 2],
  [[2, 2, 4], 2, 1],
  [[3, 1, 4], 2, 1],
  [[0, 0, 1], 2, 1],
] as const) {
  test(`with ${right.join(', ')} of 4 right on D_val after each epoch, ${run} are run and epoch ${kept} is kept`, async () => {
    const dir = await newDir();
    await runToy(toyPlan(dir, { arms: [], method: { ...toyMethod, iterations: 1 } }), { script: climbing(right) });
    const fit = await json<FitFile>(dir, 'iteration-1', 'fit.json');
    assert.deepEqual([fit.epochs_run, fit.epoch_kept], [run, kept]);
    assert.deepEqual(
      fit.validation,
      right.slice(0, run).map(count => count / 4),
    );
    assert.equal((await json<{ epochs: number }>(dir, 'iteration-1', 'checkpoint', 'policy.json')).epochs, kept);
  });
}

test('without D_val every epoch is run and the last weights are kept', async () => {
  const dir = await newDir();
  await runToy(toyPlan(dir, { arms: [], validation: 0 }));
  const fit = await json<FitFile>(dir, 'iteration-2', 'fit.json');
  assert.deepEqual([fit.epochs_run, fit.epoch_kept, fit.validation], [3, 3, []]);
});

test('a fit that begins again measures D_val again, because the weights of before are gone', async () => {
  const [reference, dir] = [await newDir(), await newDir()];
  await runToy(toyPlan(reference));
  await runToy(toyPlan(dir), { stopAt: event => event.kind === 'epoch' });
  const file = join(dir, 'iteration-1', 'samples-validation-1.jsonl');
  await writeFile(file, (await readFile(file, 'utf8')).replaceAll(/"reward":\d/g, '"reward":0'));
  await runToy(toyPlan(dir));
  assert.deepEqual(await finalBytes(dir), await finalBytes(reference));
});
