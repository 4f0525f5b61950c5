import assert from 'node:assert/strict';
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ConfigError } from '../errors.ts';
import type { RunEvent } from '../runs/events.ts';
import { jsonLines } from '../runs/jsonl.ts';
import { compare, comparisonsOf } from './compare.ts';
import { headlineOf } from './headline.ts';
import { reportHtml } from './html.ts';
import { type MadeUpRun, POLICIES, writeMadeUpRun } from './made-up-run.test.ts';
import { readEvents } from './read-events.ts';
import { readRun } from './read-run.ts';
import { writeReport } from './report.ts';
import { summarise } from './summary.ts';
import { tableOf } from './table.ts';

const SMALL = { problems: 60, samples: 8 };
const only = (...names: string[]) => Object.fromEntries(names.map(name => [name, POLICIES[name]!]));

async function folder(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'rest-em-report-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function madeUp(t: TestContext, options: MadeUpRun = {}): Promise<string> {
  const dir = join(await folder(t), 'run');
  await writeMadeUpRun(dir, { ...SMALL, ...options });
  return dir;
}

/** Every element that is opened is closed, in order; void ones aside. */
function assertBalanced(page: string): void {
  const open: string[] = [];
  for (const [, close, name, self] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)(?:"[^"]*"|[^">])*?(\/?)>/g)) {
    if (self === '/' || name === 'meta') continue;
    if (close === '/') assert.equal(open.pop(), name);
    else open.push(name!);
  }
  assert.deepEqual(open, []);
}

test('the summary has the public shape, a row for every policy and split', async t => {
  const dir = await madeUp(t);
  const summary = await summarise(dir);
  assert.deepEqual(Object.keys(summary), ['run', 'task', 'method', 'rows', 'seconds', 'tokens', 'sandboxes', 'dynamics']);
  assert.deepEqual([summary.run, summary.task, summary.method, summary.tokens], ['minimath', 'minimath', 'rest-em', 930_000]);
  assert.deepEqual(
    summary.rows.filter(r => r.split === 'test').map(r => r.policy),
    ['base', 'sft', 'random', 'iteration-1', 'iteration-2', 'iteration-3'],
  );
  const row = summary.rows.find(r => r.split === 'test')!;
  assert.deepEqual(Object.keys(row), ['policy', 'split', 'problems', 'greedy', 'pass_at_k', 'maj_at_k', 'by_level']);
  assert.deepEqual(Object.keys(row.greedy!), ['value', 'low', 'high']);
  assert.deepEqual(
    [Object.keys(row.pass_at_k), Object.keys(row.by_level)],
    [
      ['1', '2', '4', '8'],
      ['1', '2', '3', '4', '5'],
    ],
  );
  assert.equal(row.by_level['1']?.problems, 12);
});

test('writing the report leaves report.html and summary.json, the same twice', async t => {
  const dir = await madeUp(t);
  const summary = await writeReport(dir);
  const page = await readFile(join(dir, 'report.html'), 'utf8');
  assert.deepEqual(JSON.parse(await readFile(join(dir, 'summary.json'), 'utf8')), summary);
  await writeReport(dir);
  assert.equal(await readFile(join(dir, 'report.html'), 'utf8'), page);
});

test('the page loads nothing, runs nothing, and its elements are closed', async t => {
  const page = reportHtml(await readRun(await madeUp(t)));
  assert.ok(!/<script|<link|<img|<iframe|\bsrc=|href=|url\(|@import|https?:/i.test(page));
  assert.ok(page.includes(`content="default-src 'none'; style-src 'unsafe-inline'"`));
  assert.ok(!/NaN|undefined|\[object|Infinity/.test(page));
  assertBalanced(page);
});

test('every picture has a title and a text alternative', async t => {
  const page = reportHtml(await readRun(await madeUp(t)));
  assert.equal(page.match(/<figure>/g)?.length, 8);
  assert.equal(page.match(/<figure><figcaption><b>[^<]+<\/b>/g)?.length, 8);
  for (const [svg] of page.matchAll(/<svg [^>]*>/g)) assert.match(svg, /role="img" aria-label="[^"]+"/);
});

test('what a model wrote cannot act on the page', async t => {
  const evil = `</pre><script>alert(1)</script><img src=x onerror=alert(2)> "'\` \u202Egnp.exe \u0000`;
  const page = reportHtml(await readRun(await madeUp(t, { completion: evil })));
  assert.ok(page.includes('&lt;/pre&gt;&lt;script&gt;alert(1)'));
  assert.ok(page.includes('⟨202E⟩gnp.exe ⟨0000⟩'));
  assert.ok(!/<script|<img/.test(page));
  assertBalanced(page);
});

test('a run with only its base, and one with nothing yet, still have a page and a table', async t => {
  const base = await readRun(await madeUp(t, { policies: only('base'), finished: false }));
  assert.match(headlineOf(base).sentence, /^The base solves [\d.]+ % of the test problems; no iteration is measured yet$/);
  assert.match(reportHtml(base), /This run is under way/);
  assert.match(tableOf(base), /\nbase /);
  const nothing = await readRun(await madeUp(t, { policies: {}, finished: false }));
  assert.match(tableOf(nothing), /nothing is measured yet on the test problems/);
  assertBalanced(reportHtml(nothing));
});

test('an iteration that is fitted but not measured yet does not hide the one before', async t => {
  const dir = await madeUp(t, { policies: only('base', 'iteration-1', 'iteration-2'), finished: false });
  await rm(join(dir, 'iteration-2', 'eval.json'));
  const run = await readRun(dir);
  assert.match(headlineOf(run).sentence, /^After iteration 1 the model solves/);
  const page = reportHtml(run);
  assert.match(page, /Gain by level: iteration 1 gains most/);
  assertBalanced(page);
});

test('a run without levels, samples or greedy shows what it has', async t => {
  const dir = await madeUp(t, { policies: only('base', 'iteration-1'), samples: 0 });
  const page = reportHtml(await readRun(dir));
  assert.ok(!/pass@k, iteration|NaN|undefined/.test(page));
  assertBalanced(page);
});

test('a file that a crash left half-written is not there yet', async t => {
  const dir = await madeUp(t, { policies: only('base') });
  await cp(join(dir, 'base'), join(dir, 'iteration-1.tmp'), { recursive: true });
  await appendFile(join(dir, 'events.jsonl'), '{"time":"2027-01-15T08:00:');
  assert.deepEqual(
    (await readRun(dir)).policies.map(p => p.policy),
    ['base'],
  );
});

test('a directory that is no run is refused in one line', async t => {
  const dir = await folder(t);
  await assert.rejects(readRun(dir), (e: unknown) => e instanceof ConfigError && /holds no config\.json/.test(e.message));
  await assert.rejects(readRun(join(dir, 'missing')), ConfigError);
  await writeFile(join(dir, 'config.json'), '[1]');
  await assert.rejects(readRun(dir), ConfigError);
  await assert.rejects(readRun(join(dir, 'config.json')), ConfigError);
});

test('the table has a row a policy, intervals, and differences that say when they are noise', async t => {
  const table = tableOf(
    await readRun(await madeUp(t, { policies: { ...only('base', 'iteration-1'), random: { skill: 0.84, fall: 0.1 } } })),
    { ks: [1, 8] },
  );
  assert.match(table, /^ReST-EM on minimath, run minimath\n60 test problems: greedy \(T 0\), and 8 samples a problem \(T 1, top-p 0\.95\)/);
  assert.match(table, / +greedy +pass@1 +pass@8 +maj@8\n/);
  assert.match(table, /\niteration 1 +\d+\.\d \[\d+\.\d, \d+\.\d\] /);
  assert.match(table, /iteration 1 - base +\+\d+\.\d \[\+\d+\.\d, \+\d+\.\d\] +\d+ gained, \d+ lost, p < 0\.001\n/);
  assert.match(table, /iteration 1 - random control .*not told from noise\n/);
});

test('the page says when nothing is told from noise', async t => {
  const page = reportHtml(await readRun(await madeUp(t, { policies: { ...only('base'), 'iteration-1': POLICIES.random! } })));
  assert.match(page, /<h1>No difference that can be told from noise: after iteration 1 the model solves/);
  assert.match(page, /<td class="weak">not told from noise<\/td>/);
});

test('columns that do not fit go on in a further block', async t => {
  const table = tableOf(await readRun(await madeUp(t)), { ks: [1, 2, 4, 8], width: 60 });
  assert.ok(
    table
      .split('\n')
      .slice(3, -6)
      .every(line => line.length <= 60),
  );
  assert.equal(table.match(/^base /gm)?.length, 4);
});

test('differences are paired by problem, whatever the order of the rows', async t => {
  const run = await readRun(await madeUp(t, { policies: only('base', 'iteration-1') }));
  const swapped = run.policies.map(p => ({
    ...p,
    evaluations: p.evaluations.map(e => ({ ...e, per_problem: p.policy === 'base' ? e.per_problem.toReversed() : e.per_problem.slice(5) })),
  }));
  const there = compare(swapped, 'iteration-1', 'base', 'test', 'greedy', 1)!;
  const rows = (policy: string) =>
    new Map(run.policies.find(p => p.policy === policy)!.evaluations[0]!.per_problem.map(r => [r.id, r.greedy]));
  const [base, after] = [rows('base'), rows('iteration-1')];
  const common = [...after].slice(5);
  assert.equal(there.problems, 55);
  assert.equal(there.changed?.gained, common.filter(([id, greedy]) => greedy && !base.get(id)).length);
  assert.equal(there.changed?.lost, common.filter(([id, greedy]) => !greedy && base.get(id)).length);
});

test('before the first iteration the arms are compared with the base', async t => {
  const run = await readRun(await madeUp(t, { policies: only('base', 'sft', 'random') }));
  const pairs = comparisonsOf(run.policies, 'test', 'greedy', 1).map(c => [c.after, c.before]);
  assert.deepEqual(pairs, [
    ['sft', 'base'],
    ['random', 'base'],
  ]);
});

test('time counts sessions, not the night between them; a repeated fit is told once', async t => {
  const file = join(await folder(t), 'events.jsonl');
  const at = (minute: number, event: RunEvent) => ({ time: new Date(minute * 60_000).toISOString(), ...event });
  const step = (n: number): RunEvent => ({
    kind: 'step',
    policy: 'sft',
    step: n,
    steps: 3,
    loss: n,
    grad_norm: 1,
    learning_rate: 1,
    tokens: 10,
  });
  const start: RunEvent = { kind: 'start', resumed: false, run: 'r', stages: [] };
  await writeFile(
    file,
    jsonLines([
      at(0, start),
      at(1, step(1)),
      at(2, step(2)),
      at(600, start),
      at(601, step(1)),
      at(603, { kind: 'end', reason: 'interrupted', message: '' }),
    ]),
  );
  const facts = await readEvents(file);
  assert.deepEqual([facts.seconds, facts.state, facts.steps.get('sft')?.length], [300, 'interrupted', 1]);
});

test('a report says where programs were judged, and that verdicts are mixed where sessions differed', async t => {
  const at = (event: RunEvent) => ({ time: new Date(0).toISOString(), ...event });
  const start: RunEvent = { kind: 'start', resumed: false, run: 'r', stages: [] };
  const inside = (backend: string): RunEvent => ({ kind: 'sandbox', backend, enforced: ['no network'] });
  const page = async (...events: readonly RunEvent[]): Promise<readonly [string, string]> => {
    const dir = await madeUp(t, { policies: only('base', 'iteration-1') });
    const file = join(dir, 'events.jsonl');
    await writeFile(file, `${await readFile(file, 'utf8')}${jsonLines(events.map(at))}`);
    await writeReport(dir);
    return [await readFile(join(dir, 'report.html'), 'utf8'), tableOf(await readRun(dir))];
  };
  const [plain, plainTable] = await page(start);
  assert.doesNotMatch(plain + plainTable, /judged in/);
  const [one, table] = await page(start, inside('bwrap'), start, inside('bwrap'));
  assert.match(one, /Programs were judged in bwrap: no network\./);
  assert.match(table, /^Programs were judged in bwrap$/m);
  assert.doesNotMatch(one + table, /mixed/);
  const [two, mixed] = await page(start, inside('bwrap'), start, inside('deno-pyodide'));
  for (const text of [two, mixed]) assert.match(text, /different sandboxes \(bwrap, deno-pyodide\): their verdicts are mixed/);
});
