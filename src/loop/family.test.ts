// Every method of the family on the real loop, sample by sample: what a scripted policy says is written down as a table, with what the method's paper
// makes of it beside it, worked out by hand. Completions are judged by a toy checker: the number at the end is the answer, right when it is 3;
// a text such as "=0.8" is worth so much. The rows of the M-step, the weights it starts from and its settings are compared.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Method } from '../methods/method.ts';
import { METHODS } from '../methods/table.ts';
import type { Question, ScriptedPolicy } from '../policy/scripted.ts';
import { seedOf } from '../random.ts';
import type { DatasetRow, FitFile, SampleRow } from '../runs/rows.ts';
import type { Problem, Task } from '../tasks/task.ts';
import { correct, incorrect, unparsable } from '../verifiers/verdict.ts';
import type { Candidate } from './candidate.ts';
import type { Plan } from './plan.ts';
import { json, newDir, rows, runToy, toyPlan } from './toy.test.ts';
import { verifyRun } from './verify-run.ts';
import { weighSamples } from './weigh.ts';

/** What is said, by iteration (from 1) and problem; one text a draw. */
type Said = readonly Readonly<Record<string, readonly string[]>>[];

/** [problem, completion, weight] */
type Row = readonly [string, string, number];

interface World {
  readonly said: Said;
  /** Greedy answers; with the hint in the prompt `ID (3)`. */
  readonly greedy?: Readonly<Record<string, string>>;
  readonly solutions?: Readonly<Record<string, string>>;
}

function taskOf({ said, greedy = {}, solutions = {} }: World): Task {
  const ids = [...new Set([...said.flatMap(round => Object.keys(round)), ...Object.keys(greedy)])].filter(id => !id.includes(' ')).sort();
  const problem = (id: string): Problem => ({
    id,
    question: id,
    reference: '3',
    ...(solutions[id] !== undefined && { solution: solutions[id] }),
  });
  return {
    name: 'graded',
    problems: async split => (split === 'train' ? ids.map(problem) : [problem('t')]),
    prompts: {
      train: ({ question }) => ({ kind: 'text', text: question }),
      hint: ({ question, reference }) => ({ kind: 'text', text: `${question} (${reference})` }),
    },
    stop: [],
    maxTokens: 40,
    verify: (_, completion) => {
      const worth = /^=([\d.]+)/.exec(completion)?.[1];
      if (worth !== undefined) return worth === '1' ? correct(worth, 'all') : incorrect(worth, 'a part', Number(worth));
      const answer = /\d+$/.exec(completion)?.[0];
      return answer === undefined ? unparsable('no number') : answer === '3' ? correct('3', 'right') : incorrect(answer, 'wrong');
    },
  };
}

interface Played {
  readonly dir: string;
  readonly policy: ScriptedPolicy;
  /** The rows of a round's M-step, sorted. */
  rowsOf(round: string): Promise<Row[]>;
  /** Where each fit started from, in order: 'base', or a policy. */
  readonly starts: readonly string[];
}

async function play(method: Method, world: World, changes: Partial<Plan> = {}): Promise<Played> {
  const dir = await newDir();
  const task = taskOf(world);
  const evaluation = { samples: 0, temperature: 1, topK: 0, topP: 1, ks: [], trainProblems: 0 };
  const plan = toyPlan(dir, { task, method, arms: [], validation: 0, maxTokens: 40, evaluation, ...changes });
  const bySeed = new Map(
    world.said.flatMap((round, i) =>
      Object.entries(round).flatMap(([id, texts]) =>
        texts.map((text, draw) => [`${id} ${seedOf(plan.seed, 'train', i + 1, id, draw)}`, text] as const),
      ),
    ),
  );
  const script = ({ prompt, seed, temperature }: Question) =>
    (temperature === 0 ? world.greedy?.[prompt] : bySeed.get(`${prompt} ${seed}`)) ?? '';
  const { policy, result } = await runToy(plan, { script });
  assert.ok(!(result instanceof Error), String(result));
  return {
    dir,
    policy,
    rowsOf: async round =>
      (await rows<DatasetRow>(dir, round, 'dataset.jsonl')).map(row => [row.problem_id, row.completion, row.weight] as const).sort(byText),
    starts: policy.fitted.map(({ model }) => (model === plan.model ? 'base' : model.slice(dir.length + 1).replace('/checkpoint', ''))),
  };
}

const byText = ([a, x]: Row, [b, y]: Row) => (a === b ? Number(x > y) - Number(x < y) : Number(a > b) - Number(a < b));

const sampled = (samplesPerProblem: number) => ({ kind: 'sample', samplesPerProblem, temperature: 1, topK: 0, topP: 1 }) as const;

test('ReST: what is strictly above a rising threshold, human pairs among it, each time from the weights before and at half the learning rate', async () => {
  const said = [
    { a: ['=0.4', '=0.8', '=0.9'], b: ['=0.5', '=0.55', '=1'] },
    { a: ['=0.85', '=1', '=0'], b: ['=0.1', '=0.2', '=0.3'] },
  ];
  const method: Method = { ...METHODS.rest, propose: sampled(3), weigh: { kind: 'above', thresholds: [0.5, 0.8] } };
  const { rowsOf, starts, policy, dir } = await play(method, { said, solutions: { a: '=1 by hand', b: '=0.6 by hand' } });
  // D_1: a 0.4 0.8 0.9 and the human 1; b 0.5 0.55 1 and the human 0.6
  assert.deepEqual(await rowsOf('iteration-1/part-1'), [
    ['a', '=0.8', 1],
    ['a', '=0.9', 1],
    ['a', '=1 by hand', 1],
    ['b', '=0.55', 1],
    ['b', '=0.6 by hand', 1],
    ['b', '=1', 1],
  ]);
  assert.deepEqual(await rowsOf('iteration-1'), [
    ['a', '=0.9', 1],
    ['a', '=1 by hand', 1],
    ['b', '=1', 1],
  ]);
  // D_2 is grown anew: nothing of D_1 stays but the human pairs
  assert.deepEqual(await rowsOf('iteration-2'), [
    ['a', '=0.85', 1],
    ['a', '=1', 1],
    ['a', '=1 by hand', 1],
  ]);
  assert.deepEqual(starts, ['base', 'sft', 'iteration-1/part-1', 'iteration-1', 'iteration-2/part-1']);
  assert.deepEqual(
    policy.fitted.map(({ settings }) => settings.learningRate),
    [1e-3, 1e-3, 5e-4, 1e-3, 5e-4],
  );
  const asked = async (round: string) => new Set((await rows<SampleRow>(dir, round, 'samples-train.jsonl')).map(row => row.policy));
  assert.deepEqual([await asked('iteration-1'), await asked('iteration-2')], [new Set(['sft']), new Set(['iteration-1'])]);
});

test('STaR: greedy, then greedy with the answer where that was wrong; the hint is not stored; from the base for 40 steps, then 48', async () => {
  const greedy = { a: 'so 3', b: 'so 4', c: 'so 5', 'b (3)': 'with help 3', 'c (3)': 'never 7', d: '', 'd (3)': '3' };
  const { rowsOf, starts, policy, dir } = await play({ ...METHODS.star, iterations: 2 }, { said: [], greedy });
  for (const round of ['iteration-1', 'iteration-2'])
    assert.deepEqual(await rowsOf(round), [
      ['a', 'so 3', 1],
      ['b', 'with help 3', 1],
      ['d', '3', 1],
    ]);
  const hinted = await rows<SampleRow>(dir, 'iteration-1', 'samples-train-hinted.jsonl');
  assert.deepEqual(hinted.map(row => row.prompt).sort(), ['b (3)', 'c (3)', 'd (3)']);
  const stored = await rows<DatasetRow>(dir, 'iteration-1', 'dataset.jsonl');
  assert.deepEqual(stored.map(row => row.prompt).sort(), ['a', 'b', 'd']);
  assert.deepEqual(
    policy.fitted.flatMap(fit => fit.rows.map(row => (row.prompt.kind === 'text' ? row.prompt.text : ''))).filter(p => p.includes('(')),
    [],
  );
  assert.deepEqual(starts, ['base', 'base']);
  assert.deepEqual(
    policy.fitted.map(({ settings }) => settings.maxSteps),
    [40, 48],
  );
});

test('RFT: right answers with true equations, one a list of equations, the one less like the others; with the human solutions, from the base', async () => {
  const said = [
    {
      a: [
        '<<1+2=3>> 3', // list 1+2=3
        '<<2+1=3>> 3', // another list: the order of operands counts
        'so <<1 + 2 = 3>> 3', // the first list again: 9 edits from the second text, where the first is 2 from it, so it takes the place
        '<<1+1=3>> 3', // right by luck
        '<<1+2=3>> 4', // true, but wrong
        '3', // no equation: a list of its own
        'is 3', // that list again: nearer to the two others (16 + 9 edits) than the bare 3 (17 + 10), so it does not
      ],
      b: ['no', '4', '5', '', '6', '7', '8'],
    },
  ];
  const method: Method = { ...METHODS.rft, propose: sampled(7) };
  const { rowsOf, starts, policy, dir } = await play(method, { said, solutions: { a: 'by hand 3', b: 'by hand 3' } });
  assert.deepEqual(await rowsOf('iteration-1'), [
    ['a', '3', 1],
    ['a', '<<2+1=3>> 3', 1],
    ['a', 'by hand 3', 1],
    ['a', 'so <<1 + 2 = 3>> 3', 1],
    ['b', 'by hand 3', 1],
  ]);
  const stored = await rows<DatasetRow>(dir, 'iteration-1', 'dataset.jsonl');
  assert.deepEqual(stored.find(row => row.completion.startsWith('so'))?.samples, ['iteration-1/train/a/2', 'iteration-1/train/a/0']);
  assert.deepEqual(starts, ['base', 'base']);
  assert.equal(policy.fitted[1]!.settings.epochs, 3);
  assert.ok((await rows<SampleRow>(dir, 'iteration-1', 'samples-train.jsonl')).every(row => row.policy === 'sft'));
});

test('expert iteration: what any round solved, the same only once, always from the base', async () => {
  const said = [
    { a: ['3', '3'], b: ['4', 'x'] },
    { a: ['3', 'so 3'], b: ['3', '4'] },
  ];
  const { rowsOf, starts, dir, policy } = await play({ ...METHODS['expert-iteration'], propose: sampled(2), iterations: 2 }, { said });
  assert.deepEqual(await rowsOf('iteration-1'), [['a', '3', 1]]);
  assert.deepEqual(await rowsOf('iteration-2'), [
    ['a', '3', 1],
    ['a', 'so 3', 1],
    ['b', '3', 1],
  ]);
  const stored = await rows<DatasetRow>(dir, 'iteration-2', 'dataset.jsonl');
  const seen = ['iteration-1/train/a/0', 'iteration-1/train/a/1', 'iteration-2/train/a/0'];
  assert.deepEqual(stored.find(row => row.problem_id === 'a' && row.completion === '3')?.samples, seen);
  assert.deepEqual([starts, policy.fitted[1]!.settings.epochs], [['base', 'base'], 1]);
});

test('IML: batch by batch on the weights there are, from a buffer of distinct successes that stays, each drawn as likely as the others', async () => {
  const said = [
    { a: ['3', 'x'], b: ['4', '5'], c: ['3', '3'] },
    { a: ['so 3', '3'], b: ['now 3', '4'], c: ['8', '9'] },
  ];
  const method: Method = { ...METHODS.iml, propose: sampled(2), batchProblems: 1, iterations: 2 };
  const { rowsOf, starts, dir } = await play(method, { said });
  const rounds = ['iteration-1/part-1', 'iteration-1/part-2', 'iteration-1', 'iteration-2/part-1', 'iteration-2/part-2', 'iteration-2'];
  const drawn = new Map<string, Row[]>();
  for (const round of rounds) {
    const [sample] = await rows<SampleRow>(dir, round, 'samples-train.jsonl');
    drawn.set(`${sample!.iteration} ${sample!.problem_id}`, await rowsOf(round));
  }
  // two draws from a buffer of one are that one, twice; b had no success yet; c of the second round lives on that of the first
  assert.deepEqual(
    ['1 a', '1 b', '1 c', '2 b', '2 c'].map(key => drawn.get(key)),
    [[['a', '3', 2]], [], [['c', '3', 2]], [['b', 'now 3', 2]], [['c', '3', 2]]],
  );
  const fromTwo = drawn.get('2 a')!;
  assert.ok(fromTwo.every(([id, completion]) => id === 'a' && ['3', 'so 3'].includes(completion)));
  assert.equal(
    fromTwo.reduce((sum, [, , weight]) => sum + weight, 0),
    2,
  );
  // never reset: each fit starts where the last one ended; the batch of b left the weights as they were
  let last = 'base';
  for (const round of rounds) {
    const fit = await json<FitFile>(dir, round, 'fit.json');
    assert.deepEqual([fit.from, fit.rows > 0], [last, (await rowsOf(round)).length > 0]);
    if (fit.rows > 0) last = round;
  }
  assert.equal(starts.length, 5);
});

test('IML: over many seeds every member of the buffer is drawn as often as the others', () => {
  const { weigh, distinct, balance } = METHODS.iml;
  const buffer = ['3', 'so 3', 'now 3'].map((completion, draw) => sampleOf('a', draw, 1, completion));
  const hits = new Map(buffer.map(({ id }) => [id, 0]));
  for (let seed = 0; seed < 600; seed++)
    for (const [id, { weight }] of weighSamples({ weigh, distinct, balance }, buffer, seed)) hits.set(id, hits.get(id)! + weight);
  // 1200 draws from three: 400 each in the mean, standard deviation 16
  assert.ok(
    [...hits.values()].every(count => Math.abs(count - 400) < 80),
    [...hits.values()].join(' '),
  );
});

test('RWR: every sample by exp(r / β), summing to one in a problem; a problem without success is left out; from the weights before', async () => {
  const said = [
    { a: ['=1', '=0.5', '=0'], b: ['=0', 'x', '4'], c: ['=0.5', '=0', '=0.5'] },
    { a: ['=0', '=0', '=0'], b: ['3', '4', '5'], c: [] },
  ];
  const method: Method = {
    ...METHODS.rwr,
    propose: sampled(3),
    weigh: { kind: 'exponential', beta: 0.5, unsolved: 'drop' },
    iterations: 2,
  };
  const { rowsOf, starts } = await play(method, { said });
  const [one, two] = [Math.exp(-1), Math.exp(-2)]; // of a reward lower by 0.5 and by 1
  const share = (weights: readonly number[]) => weights.map(weight => weight / weights.reduce((sum, other) => sum + other, 0));
  const [a, c, b] = [share([1, one, two]), share([1, one, 1]), share([1, two, two])];
  assertRows(await rowsOf('iteration-1'), [
    ['a', '=0', a[2]!],
    ['a', '=0.5', a[1]!],
    ['a', '=1', a[0]!],
    ['c', '=0', c[1]!],
    ['c', '=0.5', c[0]!],
    ['c', '=0.5', c[2]!],
  ]);
  assert.ok(Math.abs(a[0]! - 0.6652) < 1e-4 && Math.abs(a[2]! - 0.09) < 1e-4);
  assertRows(await rowsOf('iteration-2'), [
    ['b', '3', b[0]!],
    ['b', '4', b[1]!],
    ['b', '5', b[2]!],
  ]);
  assert.deepEqual(starts, ['base', 'iteration-1']);
  const global = await play({ ...method, balance: 'rows', iterations: 1 }, { said });
  assertRows(await global.rowsOf('iteration-1'), [
    ['a', '=0', two],
    ['a', '=0.5', one],
    ['a', '=1', 1],
    ['c', '=0', two],
    ['c', '=0.5', one],
    ['c', '=0.5', one],
  ]);
});

test('RAFT: of each problem of a batch the best sample, ties by seed, nothing where all are worthless; on the weights there are', async () => {
  const said = [{ a: ['=0.2', '=0.9', '=0.9 too'], b: ['=0', 'x', '4'], c: ['3', '=0.4', '5'] }];
  const method: Method = { ...METHODS.raft, propose: sampled(3), batchProblems: 2, iterations: 1 };
  const solutions = { a: '3', b: '3', c: '3' };
  const winners = new Set<string>();
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const { rowsOf, starts, policy, dir } = await play(method, { said, solutions }, { seed });
    const all = [...(await rowsOf('iteration-1/part-1')), ...(await rowsOf('iteration-1'))].sort(byText);
    assert.deepEqual(
      all.map(([id, completion, weight]) => [id, completion.replace(' too', ''), weight]),
      [
        ['a', '=0.9', 1],
        ['c', '3', 1],
      ],
    );
    winners.add(all[0]![1]);
    assert.deepEqual(starts.slice(0, 2), ['base', 'sft']);
    assert.ok(policy.fitted.slice(1).every(({ settings }) => settings.epochs === 2));
    const first = await rows<SampleRow>(dir, 'iteration-1/part-1', 'samples-train.jsonl');
    assert.deepEqual([first.length, new Set(first.map(row => row.policy))], [6, new Set(['sft'])]);
    const isEmpty = (await rowsOf('iteration-1/part-1')).length === 0;
    const second = await rows<SampleRow>(dir, 'iteration-1', 'samples-train.jsonl');
    assert.deepEqual([second.length, second[0]?.policy], [3, isEmpty ? 'sft' : 'iteration-1/part-1']);
  }
  assert.deepEqual(winners, new Set(['=0.9', '=0.9 too']));
});

test('the checkpoint of a part is gone when the next one is there; that of an iteration stays', async () => {
  const said = [{ a: ['3'], b: ['3'], c: ['3'] }];
  const { dir } = await play({ ...METHODS.iml, propose: sampled(1), batchProblems: 1, iterations: 1 }, { said });
  const folders = async (name: string) => (await readdir(join(dir, name))).filter(entry => !entry.includes('.'));
  assert.deepEqual(await folders('iteration-1'), ['checkpoint', 'part-1', 'part-2']);
  assert.deepEqual([await folders('iteration-1/part-1'), await folders('iteration-1/part-2')], [[], []]);
});

test('verifying a run again reads the samples of every part and every hint', async () => {
  const said = [{ a: ['3', '4'], b: ['x', '5'], c: ['3', '3'] }];
  const batches = await play({ ...METHODS.iml, propose: sampled(2), batchProblems: 1, iterations: 1 }, { said });
  const hinted = await play({ ...METHODS.star, iterations: 1 }, { said: [], greedy: { a: '3', b: '4', 'b (3)': '3' } });
  // beside the samples, a greedy test completion of the base and of the iteration
  for (const [{ dir }, samples] of [
    [batches, 6 + 2],
    [hinted, 3 + 2],
  ] as const) {
    const found = await verifyRun(dir, taskOf({ said, greedy: {} }));
    assert.deepEqual([found.samples, found.changed, found.orphans], [samples, [], []]);
  }
});

const sampleOf = (problem_id: string, draw: number, reward: number, completion: string): Candidate => ({
  ...{ id: `${problem_id}/${draw}`, problem_id, iteration: 1, draw, reward, completion, prompt: problem_id },
  verdict: reward === 1 ? 'correct' : 'incorrect',
});

function assertRows(found: readonly Row[], expected: readonly Row[]): void {
  assert.deepEqual(
    found.map(([id, completion]) => [id, completion]),
    expected.map(([id, completion]) => [id, completion]),
  );
  for (const [i, [, , weight]] of expected.entries())
    assert.ok(Math.abs(found[i]![2] - weight) < 1e-12, `${found[i]} instead of ${weight}`);
}
