// Batches in pieces: attention, the head and the layers cut and worked out again give what the whole gives, for losses, gradients, scores and prompts.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { rngOf } from '../random.ts';
import type { ModelConfig } from './architecture.ts';
import type { Data } from './graph/program.ts';
import { type PackedProblem, packBatch } from './packing.ts';
import { type Parameters, parameterShapes, toParameters } from './parameters.ts';
import { type Plan, promptPlan, scoringPlan, trainingPlan, WHOLE_PLAN } from './plan.ts';
import { openGradientProgram, openPromptProgram, openScoreProgram, sumName } from './programs.ts';
import { Trainer } from './trainer.ts';
import { openModel } from './weights/open.ts';

const source = await openModel(join(import.meta.dirname, 'fixtures/models/llama-tied'));
const config: ModelConfig = source.config;
const parameters: Parameters = await toParameters(config, name => source.read(name));
await source.close();

const rng = rngOf(11);
const tokens = (n: number): number[] => Array.from({ length: n }, () => rng.below(config.vocab));
const completion = (n: number) => ({ tokens: tokens(n), weights: Array.from({ length: n }, (_, i) => 0.02 + 0.001 * i) });
/** Uneven in every size, so that each grid has padding and no piece is full. */
const problems: readonly PackedProblem[] = [
  { prompt: tokens(13), completions: [completion(9), completion(2), completion(11)] },
  { prompt: tokens(6), completions: [completion(7)] },
  { prompt: tokens(1), completions: [completion(5), completion(10)] },
];
const options = { threads: 1 };

const plans: Readonly<Record<string, Plan>> = {
  'layers worked out again': { ...WHOLE_PLAN, recomputes: true },
  'queries in pieces': { ...WHOLE_PLAN, pieces: { prefix: 4, length: 2 } },
  'the head in chunks': { ...WHOLE_PLAN, chunks: 3 },
  'all of it': { pieces: { prefix: 2, length: 4 }, chunks: 2, recomputes: true },
};

async function gradients(plan: Plan): Promise<Map<string, Float32Array>> {
  const program = await openGradientProgram(config, plan, options);
  const into = new Map<string, Float32Array>([['loss', new Float32Array(1)]]);
  for (const { name, shape } of parameterShapes(config)) into.set(sumName(name), new Float32Array(shape.reduce((a, b) => a * b, 1)));
  const { feeds, bindings } = packBatch(config, problems, plan);
  await program.runInPlace(new Map<string, Data>([...feeds, ...parameters, ...into]), into, bindings);
  await program.close();
  return into;
}

const norm = (x: Float32Array): number => Math.sqrt(x.reduce((s, v) => s + v * v, 0));

function near(got: ReadonlyMap<string, Data>, want: ReadonlyMap<string, Data>, what: string): void {
  assert.deepEqual([...got.keys()], [...want.keys()]);
  for (const [name, expected] of want as Map<string, Float32Array>) {
    const difference = (got.get(name) as Float32Array).map((v, i) => v - expected[i]!);
    assert.ok(norm(difference) <= 1e-5 * norm(expected), `${what}, ${name}: off by ${norm(difference) / norm(expected)}`);
  }
}

test('loss and gradients are those of the whole: whatever is in pieces', async () => {
  const whole = await gradients(WHOLE_PLAN);
  assert.ok(norm(whole.get('loss')!) > 0);
  for (const [what, plan] of Object.entries(plans)) near(await gradients(plan), whole, what);
});

test('scores and best words in pieces are those of the whole', async () => {
  const scores = async (plan: Plan) => {
    const program = await openScoreProgram(config, { ...options, plan, best: 3 });
    const { feeds, bindings } = packBatch(config, problems, plan);
    const outputs = await program.run(new Map<string, Data>([...feeds, ...parameters]), bindings);
    await program.close();
    return outputs;
  };
  const whole = await scores(WHOLE_PLAN);
  const pieces = await scores({ pieces: { prefix: 2, length: 4 }, chunks: 3, recomputes: false });
  assert.deepEqual(pieces.get('words'), whole.get('words'));
  for (const outputs of [whole, pieces]) outputs.delete('words');
  near(pieces, whole, 'scores');
});

test('keys and values of prompts read in pieces are those of the whole', async () => {
  const plan = { ...WHOLE_PLAN, pieces: { prefix: 2, length: 2 } };
  const [whole, pieces] = [WHOLE_PLAN, plan].map(async p => {
    const program = await openPromptProgram(config, p, options);
    // sizes that the pieces divide: padding is laid out alike
    const even = [
      {
        prompt: problems[0]!.prompt,
        completions: [problems[0]!.completions[0]!, { tokens: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], weights: [] }],
      },
    ];
    const { feeds, bindings } = packBatch(config, even, p);
    const outputs = await program.run(new Map<string, Data>([...feeds, ...parameters]), bindings);
    await program.close();
    return outputs;
  }) as [Promise<Map<string, Data>>, Promise<Map<string, Data>>];
  near(await pieces, await whole, 'keys and values');
});

test('a batch within the limit is worked out whole, a problem beyond it in pieces that have a bounded number of scores', () => {
  const long: PackedProblem = { prompt: tokens(1), completions: [completion(2048)] };
  const wide = { ...config, heads: 9, kvHeads: 3, vocab: 49152 };
  assert.deepEqual(trainingPlan(wide, problems, 2048), { ...WHOLE_PLAN, chunks: 2 });
  assert.deepEqual(scoringPlan(wide, problems, 2048), { ...WHOLE_PLAN, chunks: 8 });
  const plan = trainingPlan(wide, [long], 1024);
  assert.deepEqual(plan, { pieces: { prefix: 1, length: 4 }, chunks: 8, recomputes: true });
  assert.ok((wide.heads * 2048 * 2049) / plan.pieces.length <= 2 ** 24);
  assert.deepEqual(scoringPlan(wide, [long], 1024), { ...plan, recomputes: false });
  const prompt = [{ prompt: long.completions[0]!.tokens, completions: [completion(1)] }];
  assert.deepEqual(promptPlan(wide, prompt).pieces, { prefix: 4, length: 1 });
});

test('a problem longer than the limit has the gradient it has within it', async () => {
  const gradientOf = async (maxTokens: number) => {
    const trainer = await Trainer.open(config, parameters, { ...options, maxTokens });
    const loss = await trainer.accumulate(problems);
    const found = new Map<string, Data>([...trainer.gradients(), ['loss', Float32Array.of(loss)]]);
    await trainer.close();
    return found;
  };
  near(await gradientOf(16), await gradientOf(4096), 'one problem a batch');
});
