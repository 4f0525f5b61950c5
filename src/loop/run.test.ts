import assert from 'node:assert/strict';
import { readdir, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigError } from '../errors.ts';
import { METHODS } from '../methods/table.ts';
import type { DatasetRow, FitFile, SampleRow } from '../runs/rows.ts';
import { correct } from '../verifiers/verdict.ts';
import type { Plan } from './plan.ts';
import type { run } from './run.ts';
import { finalBytes, json, newDir, rows, runToy, toyAnswer, toyMethod, toyPlan, toyTask } from './toy.test.ts';
import { verifyRun } from './verify-run.ts';

test('a whole run measures the base, each iteration and each arm, and gets better at what it was trained on', async () => {
  const dir = await newDir();
  const { result, events } = await runToy(toyPlan(dir));
  assert.ok(!(result instanceof Error), String(result));
  const { evaluations, skipped } = result as Awaited<ReturnType<typeof run>>;
  assert.deepEqual([evaluations.map(file => file.policy), skipped], [['base', 'iteration-1', 'iteration-2', 'sft', 'random'], []]);
  const greedyOnTrain = evaluations.map(file => file.evaluations.find(({ split }) => split === 'train')?.greedy?.value ?? Number.NaN);
  assert.ok(greedyOnTrain[1]! > greedyOnTrain[0]!, greedyOnTrain.join(' '));
  assert.deepEqual(await json(dir, 'iteration-2', 'eval.json'), evaluations[2]);
  assert.deepEqual([events.at(0)?.kind, events.at(-1)?.kind], ['start', 'end']);
});

test('samples are the E-step of the policy before, in order of problem and draw, and D_val is not among them', async () => {
  const dir = await newDir();
  await runToy(toyPlan(dir));
  const first = await rows<SampleRow>(dir, 'iteration-1', 'samples-train.jsonl');
  const second = await rows<SampleRow>(dir, 'iteration-2', 'samples-train.jsonl');
  assert.deepEqual([first.length, second.length], [120, 120]);
  assert.deepEqual(
    [new Set(first.map(row => row.policy)), new Set(second.map(row => row.policy))],
    [new Set(['base']), new Set(['iteration-1'])],
  );
  assert.deepEqual(
    first.map(row => row.draw),
    first.map((_, i) => i % 6),
  );
  assert.equal(new Set([...first, ...second].map(row => row.seed)).size, 240);
  const validation = await rows<SampleRow>(dir, 'iteration-1', 'samples-validation-1.jsonl');
  const trained = new Set(first.map(row => row.problem_id));
  assert.equal(validation.length, 4);
  assert.ok(validation.every(row => !trained.has(row.problem_id)));
  for (const name of ['iteration-1', 'iteration-2', 'sft', 'random'])
    for (const row of await rows<DatasetRow>(dir, name, 'dataset.jsonl')) assert.ok(trained.has(row.problem_id));
});

test('the control has as many rows a problem as the first iteration, some of them wrong, from the same samples and with as many epochs', async () => {
  const dir = await newDir();
  const { policy } = await runToy(toyPlan(dir));
  const kept = await rows<DatasetRow>(dir, 'iteration-1', 'dataset.jsonl');
  const control = await rows<DatasetRow>(dir, 'random', 'dataset.jsonl');
  const counts = (of: DatasetRow[]) => Object.fromEntries([...Map.groupBy(of, row => row.problem_id)].map(([id, all]) => [id, all.length]));
  assert.deepEqual(counts(control), counts(kept));
  assert.ok(Object.values(counts(kept)).every(count => count <= 2));
  const verdicts = new Map((await rows<SampleRow>(dir, 'iteration-1', 'samples-train.jsonl')).map(row => [row.id, row.verdict]));
  assert.ok(kept.every(row => verdicts.get(row.samples[0]!) === 'correct'));
  assert.ok(control.some(row => verdicts.get(row.samples[0]!) === 'incorrect'));
  const [first, random] = [await json<FitFile>(dir, 'iteration-1', 'fit.json'), await json<FitFile>(dir, 'random', 'fit.json')];
  assert.deepEqual([random.epochs_run, random.epoch_kept, random.rows], [first.epoch_kept, first.epoch_kept, first.rows]);
  assert.deepEqual(
    policy.fitted.map(fit => fit.model),
    new Array(4).fill('toy-base'),
  );
});

test('fitting from the previous checkpoint is one setting of the method', async () => {
  const dir = await newDir();
  const { policy } = await runToy(toyPlan(dir, { method: { ...toyMethod, fitFrom: 'previous' }, arms: [] }));
  assert.deepEqual(
    policy.fitted.map(fit => fit.model),
    ['toy-base', join(dir, 'iteration-1', 'checkpoint')],
  );
});

test('the base is asked with the sampling prompt first, fine-tuned policies with the training prompt, and rows carry the training prompt', async () => {
  const dir = await newDir();
  const task = {
    ...toyTask,
    prompts: {
      ...toyTask.prompts,
      sample: ({ question }: { question: string }) => ({ kind: 'text' as const, text: `1 + 1 = 2\n${question}` }),
    },
  };
  const { result } = await runToy(toyPlan(dir, { task, arms: [] }), {
    script: ({ prompt, ...rest }) => toyAnswer({ ...rest, prompt: prompt.split('\n').at(-1)! }),
  });
  const { evaluations } = result as Awaited<ReturnType<typeof run>>;
  assert.deepEqual(
    evaluations.map(file => file.policy),
    ['base', 'base-best-prompt', 'iteration-1', 'iteration-2'],
  );
  const isFewShot = async (...path: string[]) => (await rows<SampleRow>(dir, ...path)).map(row => String(row.prompt).includes('\n'));
  assert.ok((await isFewShot('iteration-1', 'samples-train.jsonl')).every(Boolean));
  assert.ok((await isFewShot('base-best-prompt', 'samples-test.jsonl')).every(Boolean));
  for (const path of [
    ['iteration-1', 'dataset.jsonl'],
    ['iteration-2', 'samples-train.jsonl'],
    ['base', 'samples-test.jsonl'],
    ['iteration-1', 'samples-validation-1.jsonl'],
  ])
    assert.ok(!(await isFewShot(...path)).some(Boolean), path.join('/'));
});

test('the first problems asked for stay the first when more are asked for', async () => {
  const idsAt = async (train: number) => {
    const dir = await newDir();
    await runToy(toyPlan(dir, { problems: { train, test: 2 }, validation: 0, arms: [], method: { ...toyMethod, iterations: 1 } }));
    return [...new Set((await rows<SampleRow>(dir, 'iteration-1', 'samples-train.jsonl')).map(row => row.problem_id))];
  };
  const [few, more] = [await idsAt(5), await idsAt(9)];
  assert.deepEqual(more.slice(0, 5), few);
  assert.notDeepEqual(
    few,
    few.map((_, i) => `train-${i}`),
  );
});

test('an E-step without a correct sample ends the chain aloud; what does not hang on it is still measured', async () => {
  const dir = await newDir();
  for (const attempt of ['first', 'again']) {
    const { result, events } = await runToy(toyPlan(dir), { script: ({ weights }) => (weights.epochs === 0 ? ' 999' : ' 1') });
    assert.ok(!(result instanceof Error), String(result));
    const { skipped, evaluations } = result as Awaited<ReturnType<typeof run>>;
    assert.deepEqual(skipped, ['iteration-1', 'iteration-2', 'random']);
    assert.deepEqual(
      evaluations.map(file => file.policy),
      ['base', 'sft'],
    );
    assert.ok(attempt === 'again' || events.some(event => event.kind === 'note' && /iteration-1: no row to fit/.test(event.message)));
  }
  const fit = await json<FitFile>(dir, 'iteration-1', 'fit.json');
  assert.deepEqual([fit.rows, fit.epoch_kept, fit.from], [0, 0, 'base']);
  assert.equal(await readFile(join(dir, 'iteration-1', 'dataset.jsonl'), 'utf8'), '');
});

test('samples our checker failed on are recorded, counted, and stay out of training and figures', async () => {
  const dir = await newDir();
  const isBroken = (completion: string) => completion.trim() === '17';
  const task = {
    ...toyTask,
    verify: (problem: Parameters<typeof toyTask.verify>[0], completion: string) => {
      if (isBroken(completion)) throw new Error('lag');
      return toyTask.verify(problem, completion);
    },
  };
  const { events, result } = await runToy(toyPlan(dir, { task, arms: [METHODS.random] }));
  assert.ok(!(result instanceof Error), String(result));
  const samples = await rows<SampleRow>(dir, 'iteration-1', 'samples-train.jsonl');
  const failed = samples.filter(row => row.verdict === 'failed');
  assert.ok(failed.length > 0);
  assert.ok(failed.every(row => row.reward === null && isBroken(row.completion)));
  const waves = events.filter(event => event.kind === 'wave' && event.policy === 'iteration-1' && event.phase === 'train');
  assert.equal(
    waves.reduce((sum, event) => sum + (event.kind === 'wave' ? event.failed : 0), 0),
    failed.length,
  );
  for (const name of ['iteration-1', 'random'])
    assert.ok((await rows<DatasetRow>(dir, name, 'dataset.jsonl')).every(row => !isBroken(row.completion)));
});

test('a checker that fails on more than a fifth stops the run, and the run goes on when it is mended', async () => {
  const dir = await newDir();
  const task = { ...toyTask, verify: () => Promise.reject(new Error('sandbox is down')) };
  const broken = await runToy(toyPlan(dir, { task }));
  assert.match(String(broken.result), /the verifier itself failed on 2\d of 2\d samples .*sandbox is down/);
  assert.equal(broken.events.at(-1)?.kind, 'end');
  const mended = await runToy(toyPlan(dir));
  assert.ok(!(mended.result instanceof Error), String(mended.result));
});

test('arms that cannot stand in a run are refused before anything is written', async () => {
  const dir = await newDir();
  const refused = async (changes: Partial<Plan>) => {
    const { result } = await runToy(toyPlan(dir, changes));
    assert.ok(result instanceof ConfigError, String(result));
    return result.message;
  };
  assert.match(await refused({ method: METHODS.random }), /method: random can only stand beside/);
  assert.match(await refused({ arms: [METHODS.sft, METHODS.sft] }), /arms\.1: sft is named twice/);
  assert.match(await refused({ arms: [{ ...toyMethod, name: 'other' }] }), /arms\.0: other has several iterations/);
  const unsolved = {
    ...toyTask,
    problems: async (split: 'train' | 'test') => (await toyTask.problems(split)).map(({ solution: _, ...rest }) => rest),
  };
  assert.match(await refused({ task: unsolved }), /arms\.0: sft needs human solutions/);
  await assert.rejects(readdir(dir));
});

test('a run says which sandbox its programs were run in, and verifying it which one they are run in now', async () => {
  const dir = await newDir();
  const inside = (backend: string) => ({ ...toyTask, sandbox: () => ({ backend, enforced: ['no network'] }) });
  await runToy({ ...toyPlan(dir), task: inside('bwrap') });
  const lines = (await readFile(join(dir, 'events.jsonl'), 'utf8')).trimEnd().split('\n');
  const said = lines.map(line => JSON.parse(line)).filter(({ kind }) => kind === 'sandbox');
  assert.deepEqual(
    said.map(({ backend, enforced }) => [backend, enforced]),
    [['bwrap', ['no network']]],
  );
  assert.deepEqual((await verifyRun(dir, inside('deno-pyodide'))).sandboxes, { before: ['bwrap'], now: 'deno-pyodide' });
  assert.deepEqual((await verifyRun(dir, toyTask)).sandboxes, { before: ['bwrap'], now: null });
});

test('verifying a run again finds exactly the verdicts a new verifier changes, and changes nothing', async () => {
  const dir = await newDir();
  await runToy(toyPlan(dir));
  const before = await finalBytes(dir);
  const same = await verifyRun(dir, toyTask);
  assert.deepEqual([same.changed, same.orphans, same.halfWritten], [[], [], []]);
  const files = Object.entries(before).filter(([name]) => /samples-.*\.jsonl$/.test(name));
  assert.equal(
    same.samples,
    files.reduce((sum, [, text]) => sum + text.trimEnd().split('\n').length, 0),
  );
  const lenient = {
    ...toyTask,
    verify: (problem: Parameters<typeof toyTask.verify>[0], completion: string) =>
      /idea/.test(completion) ? correct('?', 'honest') : toyTask.verify(problem, completion),
  };
  const changed = await verifyRun(dir, lenient);
  const honest = files
    .flatMap(([, text]) => text.trimEnd().split('\n'))
    .filter(line => (JSON.parse(line) as SampleRow).completion === ' no idea');
  assert.ok(honest.length > 0);
  assert.deepEqual(changed.changed.map(({ id }) => id).sort(), honest.map(line => (JSON.parse(line) as SampleRow).id).sort());
  assert.deepEqual(await finalBytes(dir), before);
  const file = join('iteration-1', 'samples-train.jsonl');
  await truncate(join(dir, file), (await stat(join(dir, file))).size - 9);
  const cut = await verifyRun(dir, toyTask);
  assert.deepEqual([cut.halfWritten, cut.samples], [[file], same.samples - 1]);
  await assert.rejects(verifyRun(join(dir, 'iteration-1'), toyTask), ConfigError);
});
