import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import type { RunEvent } from '../runs/events.ts';
import type { Context } from './command.ts';
import { countCores } from './cores.ts';
import { trackTime } from './eta.ts';
import { showProgress } from './progress.ts';

const wave = (done: number, of: number, seconds: number, phase: 'train' | 'test' = 'train'): RunEvent => ({
  ...{ kind: 'wave', policy: 'iteration-1', phase, completions: 10, tokens: 1000, seconds, correct: 3, failed: 0 },
  ...{ done, of, solved: 1, problems: 4 },
});
const epoch = (n: number, epochs: number, seconds: number): RunEvent => ({
  ...{ kind: 'epoch', policy: 'iteration-1', epoch: n, epochs, loss: 0.5, tokens: 10, seconds, validation: 0.25, kept: true },
});
const START: RunEvent = {
  kind: 'start',
  run: 'r',
  resumed: false,
  stages: [
    { policy: 'iteration-1', phase: 'train', completions: 40 },
    { policy: 'iteration-1', phase: 'fit', epochs: 2 },
    { policy: 'iteration-1', phase: 'test', completions: 20 },
  ],
};

test('the time left is the pace so far times the work left, and a floor until a fit was timed', () => {
  const eta = trackTime();
  eta.see(START);
  assert.equal(eta.left(), null);
  eta.see(wave(10, 40, 5)); // half a second each; 30 + 20 are left
  assert.deepEqual(eta.left(), { seconds: 25, isFloor: true });
  eta.see(epoch(1, 2, 7));
  assert.deepEqual(eta.left(), { seconds: 32, isFloor: false });
  eta.see({ kind: 'checkpoint', policy: 'iteration-1', dir: 'd', epoch: 1 }); // stopped early
  assert.deepEqual(eta.left(), { seconds: 25, isFloor: false });
});

function shown(isTerminal: boolean, events: readonly (readonly [atMs: number, RunEvent])[], isQuiet = false): string {
  let text = '';
  let now = 0;
  const context: Context = {
    ...{
      cwd: '/',
      env: {},
      input: Readable.from([]),
      out: () => undefined,
      drained: () => Promise.resolve(),
      isTerminal,
      columns: 60,
      signal: new AbortController().signal,
    },
    clock: () => now,
    err: part => {
      text += part;
    },
  };
  const progress = showProgress(context, { isQuiet });
  for (const [at, event] of events) {
    now = at;
    progress.onEvent(event);
  }
  progress.close();
  return text;
}

const NOTE: RunEvent = { kind: 'note', message: 'take care' };

test('without a terminal, work under way is a plain line at most every ten seconds, what is done always one', () => {
  const text = shown(false, [
    [0, START],
    [1000, wave(10, 40, 5)],
    [2000, wave(20, 40, 5)],
    [11_000, wave(30, 40, 5)],
    [12_000, epoch(1, 2, 7)],
  ]);
  const lines = text.trimEnd().split('\n');
  assert.equal(lines.length, 4, text);
  assert.equal(
    lines[1],
    'iteration-1 · sampling the training problems · 10 of 40 · 200 tokens/s · 25.0 % of 4 problems solved · more than 25 s left',
  );
  assert.match(lines[2]!, /30 of 40/);
  assert.match(lines[3]!, /^iteration-1: epoch 1 of 2, loss 0\.5000, 25\.0 % of the validation problems, kept/);
  assert.ok(!text.includes('\u001b'));
});

test('on a terminal one line is written over, never wider than the window, and gone at the end', () => {
  const text = shown(true, [
    [0, wave(10, 40, 5)],
    [50, wave(20, 40, 5)],
    [200, wave(30, 40, 5)],
  ]);
  const frames = text.split('\r\u001b[2K');
  assert.deepEqual([frames.length, frames.at(-1)], [4, '']);
  for (const frame of frames) assert.ok(frame.length < 60 && !frame.includes('\n'));
});

test('quiet keeps the notes', () => {
  assert.equal(
    shown(
      false,
      [
        [0, START],
        [0, NOTE],
        [0, epoch(1, 2, 7)],
      ],
      true,
    ),
    'note: take care\n',
  );
});

test('two threads of one core are one core; a file that does not say counts none', () => {
  const block = (physical: number, core: number) => `processor\t: 0\nphysical id\t: ${physical}\ncore id\t\t: ${core}\n`;
  assert.equal(countCores([block(0, 0), block(0, 1), block(0, 0), block(1, 0)].join('\n')), 3);
  assert.equal(countCores('processor : 0\nBogoMIPS : 50\n'), 0);
});
