import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { DynamicsFile } from '../metrics/dynamics.ts';
import { layoutOf } from '../runs/layout.ts';
import { reportHtml } from './html.ts';
import { writeMadeUpRun } from './made-up-run.test.ts';
import { readRun } from './read-run.ts';
import { summaryOf } from './summary.ts';
import { tableOf } from './table.ts';

const dir = await mkdtemp(join(tmpdir(), 'rest-em-dynamics-'));
after(() => rm(dir, { recursive: true }));
await writeMadeUpRun(dir, { problems: 20, samples: 2 });
const without = await readRun(dir);

const interval = (value: number) => ({ value, low: value - 0.25, high: value + 0.25 });
const bound = (before: number, after: number) => ({ before: interval(before), after: interval(after), problems: 32, known: 20 });
const facts = {
  policy: 'base',
  problems: 360,
  samples: 5760,
  coverage: 0.706,
  acceptance: 0.241,
  distinct: 9.25,
  distinct_correct: 3.5,
  tokens: 41.6,
};
const file: DynamicsFile = {
  policy: 'iteration-1',
  previous: 'base',
  train: { samples: facts, bound: bound(-1.5, -0.75) },
  held_out: { samples: { ...facts, policy: 'iteration-1' }, bound: bound(-1.75, -1.25) },
  kl_from_base: { value: interval(2.5), per_token: 0.06, samples: 128 },
};
await writeFile(layoutOf(dir).policy('iteration-1').dynamics, JSON.stringify(file));
await writeFile(
  layoutOf(dir).policy('sft').dynamics,
  JSON.stringify({ ...file, policy: 'sft', train: { samples: null, bound: null } } satisfies DynamicsFile),
);
const run = await readRun(dir);

test('the table says of each round what is known of it, and a dash where nothing is', () => {
  const lines = tableOf(run).split('\n');
  const of = (label: string) =>
    lines.slice(lines.findIndex(line => line.startsWith('What each round did'))).filter(line => line.startsWith(label));
  assert.match(of('iteration 1')[0]!, /70\.6 +24\.1 +-0\.75 \[-1\.00, -0\.50\] +-1\.25 \[-1\.50, -1\.00\]/);
  assert.match(of('SFT')[0]!, /^SFT +- +- +- +-1\.25/);
  assert.match(of('iteration 1').join(' '), /2\.50 \[2\.25, 2\.75\].*9\.3 .*3\.5 .*41\.6/s);
  assert.equal(of('iteration 2').length, 0);
});

test('the page has the table and its pictures, each with its figures in words; the summary has the file as it is', () => {
  const page = reportHtml(run);
  assert.match(
    page,
    /aria-label="The bound after each M-step[^"]*train, bound: -0\.75 at 1\. train, E-step: -1\.50 at 0\. held out, bound: -1\.25 at 1/,
  );
  assert.match(page, /aria-label="How far the policy is from the base[^"]*KL: 2\.50 at 1/);
  assert.deepEqual(
    summaryOf(run).dynamics.find(each => each.policy === 'iteration-1'),
    file,
  );
});

test('a run without dynamics shows none', () => {
  assert.ok(!tableOf(without).includes('What each round did'));
  assert.ok(!reportHtml(without).includes('What each round did'));
  assert.deepEqual(summaryOf(without).dynamics, []);
});
