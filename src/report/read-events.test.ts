import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readEvents } from './read-events.ts';

const DIR = mkdtempSync(join(tmpdir(), 'rest-em-events-'));
after(() => rmSync(DIR, { recursive: true, force: true }));

async function read(events: readonly object[]) {
  const file = join(DIR, 'events.jsonl');
  writeFileSync(file, events.map((event, i) => `${JSON.stringify({ time: new Date(i * 1000).toISOString(), ...event })}\n`).join(''));
  return readEvents(file);
}

const selected = (policy: string, kept: number, more: object = {}) => ({
  ...{ kind: 'selected', policy, samples: 10, correct: 4, kept, solved: 2, problems: 5 },
  ...more,
});
const wave = (policy: string, phase: string) => ({ kind: 'wave', policy, phase, completions: 10, tokens: 100, seconds: 1, failed: 1 });

test('the mini-batches of an iteration are added up, and one that a later session repeated counts once', async () => {
  const { selected: found, sampling } = await read([
    wave('iteration-1/part-1', 'train'),
    selected('iteration-1/part-1', 3, { batch: 1 }),
    selected('iteration-1/part-1', 3, { batch: 1 }),
    wave('iteration-1', 'train'),
    wave('iteration-1', 'validation-1'),
    selected('iteration-1', 4, { batch: 2 }),
  ]);
  assert.deepEqual([...found.keys(), ...sampling.keys()], ['iteration-1', 'iteration-1']);
  assert.deepEqual(found.get('iteration-1'), selected('iteration-1', 7, { samples: 20, correct: 8, solved: 4, problems: 10 }));
  assert.deepEqual(sampling.get('iteration-1'), { completions: 20, tokens: 200, seconds: 2, failed: 2 });
});

test('of several M-steps on the same samples the last one counts, in rows, steps and epochs', async () => {
  const step = (policy: string) => ({ kind: 'step', policy, step: 1, steps: 1, loss: 1, grad_norm: 1, learning_rate: 1, tokens: 1 });
  const { selected: found, steps } = await read([
    selected('iteration-1/part-1', 9),
    step('iteration-1/part-1'),
    selected('iteration-1', 2),
    step('iteration-1'),
  ]);
  assert.deepEqual([found.get('iteration-1')?.kept, [...steps.keys()]], [2, ['iteration-1']]);
});

test('a second asking with a hint is sampling like the first', async () => {
  const { sampling } = await read([wave('iteration-1', 'train'), wave('iteration-1', 'train-hinted'), wave('iteration-1', 'train-eval')]);
  assert.equal(sampling.get('iteration-1')?.completions, 20);
});
