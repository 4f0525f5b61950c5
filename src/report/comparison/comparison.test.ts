// The figures of a comparison, from runs made up as they lie on the disk; the run of everything is test/slow's.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ConfigError } from '../../errors.ts';
import { POLICIES, writeMadeUpRun } from '../made-up-run.test.ts';
import { figuresOf } from './figures.ts';
import { comparisonHtml } from './page.ts';
import { readComparison } from './read.ts';
import { comparisonTable } from './table.ts';

const dir = await mkdtemp(join(tmpdir(), 'rest-em-comparison-'));
after(() => rm(dir, { recursive: true }));

const only = (iteration: number) => ({ base: POLICIES.base!, [`iteration-${iteration}`]: POLICIES[`iteration-${iteration}`]! });
const small = { problems: 60, samples: 4 };
for (const seed of [1, 2]) {
  const at = (name: string) => join(dir, `seed-${seed}`, name);
  await writeMadeUpRun(at('rest-em'), { ...small, policies: only(3) });
  await writeMadeUpRun(at('star'), { ...small, policies: only(1) });
  await writeMadeUpRun(at('random'), { ...small, policies: { base: POLICIES.base!, 'iteration-1': POLICIES.base! } });
}
// an arm that has measured the base only, and one that has not begun
await writeMadeUpRun(join(dir, 'seed-2', 'iml'), { ...small, policies: { base: POLICIES.base! }, finished: false });
await mkdir(join(dir, 'seed-2', 'rwr'));
await writeFile(join(dir, 'seed-1', 'shared.json'), JSON.stringify({ random: { 'iteration-1': 'star' } }));

const runs = await readComparison(dir);
const figures = figuresOf(runs);
const arm = (name: string) => figures.arms.find(each => each.arm === name)!;

test('a row an arm, ReST-EM first and the control last; what has not begun is not there', () => {
  assert.deepEqual(
    figures.arms.map(each => each.arm),
    ['rest-em', 'iml', 'star', 'random'],
  );
  assert.deepEqual(figures.seeds, [1, 2]);
  assert.equal(figures.problems, 60);
});

test('figures are means over problems and seeds of the last policy, differences are paired within a seed', () => {
  const [one, two] = runs.filter(run => run.arm === 'rest-em').map(run => run.evaluation!.greedy!.value);
  assert.ok(Math.abs(arm('rest-em').figures.greedy!.value - (one! + two!) / 2) < 1e-12);
  assert.deepEqual(
    arm('rest-em').seeds.map(each => each.greedy),
    [one, two],
  );
  const gain = arm('rest-em').vs_base.greedy!;
  const base = figures.base.greedy!.value;
  assert.ok(Math.abs(gain.value - (arm('rest-em').figures.greedy!.value - base)) < 1e-12);
  assert.ok(gain.told && gain.low > 0 && gain.problems === 60);
  assert.ok(!arm('random').vs_base['pass@1']!.told);
  const fromReference = arm('star').vs_rest_em.greedy!;
  assert.ok(Math.abs(fromReference.value - (arm('star').figures.greedy!.value - arm('rest-em').figures.greedy!.value)) < 1e-12);
  assert.deepEqual(arm('rest-em').vs_rest_em, {});
});

test('an arm under way has no figures, and says so', () => {
  assert.deepEqual([arm('iml').figures, arm('iml').vs_base], [{}, {}]);
  assert.deepEqual([arm('iml').seeds[0]!.greedy, arm('iml').seeds[0]!.state], [null, 'under way']);
});

test('tokens are those of the samples, and time that was spared by a copy is counted', () => {
  assert.equal(arm('star').tokens, 24 * 3);
  const own = (name: string, seed: number) => runs.find(run => run.arm === name && run.seed === seed)!.seconds;
  assert.equal(own('random', 1) - own('random', 2), 41);
});

test('the table names every arm and holds nothing but ASCII; the page is one file without scripts', () => {
  const table = comparisonTable(figures);
  for (const name of ['base', 'rest-em', 'iml', 'star', 'random']) assert.match(table, new RegExp(`^${name} `, 'm'));
  assert.match(table, /^[\x20-\x7e\n]*$/);
  const page = comparisonHtml(figures);
  assert.ok(!/<script|https?:|src=/.test(page));
  for (const name of ['rest-em', 'star', 'random']) assert.ok(page.includes(`<td>${name}</td>`), name);
});

test('a directory without runs is no comparison', async () => {
  await assert.rejects(readComparison(join(dir, 'seed-1')), ConfigError);
});
