import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigError, Interrupted } from '../errors.ts';
import { METHODS } from '../methods/table.ts';
import { type Question, type Script, scriptedPolicy } from '../policy/scripted.ts';
import type { TimedEvent } from '../runs/events.ts';
import type { DatasetRow, FitFile, SampleRow } from '../runs/rows.ts';
import { correct } from '../verifiers/verdict.ts';
import type { Plan } from './plan.ts';
import { run } from './run.ts';
import { finalBytes, toyAnswer, toyMethod, toyPlan, toyTask } from './toy.test.ts';
import { verifyRun } from './verify-run.ts';

const newDir = async () => join(await mkdtemp(join(tmpdir(), 'rest-em-')), 'run');
const json = async <T>(...path: string[]) => JSON.parse(await readFile(join(...path), 'utf8')) as T;
const rows = async <T>(...path: string[]) =>
  (await readFile(join(...path), 'utf8'))
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as T);

type StopAt = (event: TimedEvent, index: number) => boolean;

/** Runs a plan; events are kept, and `stopAt` raises the signal at the first event it is true of. */
async function runToy(plan: Plan, { script = toyAnswer, stopAt = () => false }: { script?: Script; stopAt?: StopAt } = {}) {
  const policy = scriptedPolicy(script);
  const stop = new AbortController();
  const events: TimedEvent[] = [];
  let now = 0;
  const onEvent = (event: TimedEvent) => {
    events.push(event);
    if (stopAt(event, events.length - 1)) stop.abort();
  };
  const result = await run(plan, policy, { clock: () => (now += 10), signal: stop.signal, onEvent }).catch((error: unknown) => error);
  return { policy, events, result };
}

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

test('waves of another size hold the same samples', async () => {
  const [three, seven] = [await newDir(), await newDir()];
  await runToy(toyPlan(three));
  await runToy(toyPlan(seven, { waveProblems: 7 }));
  assert.deepEqual(await finalBytes(seven), await finalBytes(three));
});

test('stopped at any event a run ends with Interrupted, and goes on to the bytes of an undisturbed one without asking anything twice', async () => {
  const reference = await newDir();
  const whole = await runToy(toyPlan(reference));
  const expected = await finalBytes(reference);
  const asked = whole.policy.asked.length;
  const stride = Math.floor(whole.events.length / 12);
  for (let at = 1; at < whole.events.length - 1; at += stride) {
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

test('verifying a run again finds exactly the verdicts a new verifier changes, and changes nothing', async () => {
  const dir = await newDir();
  await runToy(toyPlan(dir));
  const before = await finalBytes(dir);
  const same = await verifyRun(dir, toyTask);
  assert.deepEqual([same.changed, same.orphans], [[], []]);
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
  await assert.rejects(verifyRun(join(dir, 'iteration-1'), toyTask), ConfigError);
});
