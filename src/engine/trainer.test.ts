// Ten-step references of transformers and torch (float64): losses, gradient norms, gradients and weights by tensor. `first5` and `spread5` are flat
// indices 0..4 and floor(j n / 5).
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import type { LoraTarget } from '../requests.ts';
import type { ModelConfig } from './architecture.ts';
import { merged } from './lora/merge.ts';
import { loraStart } from './lora/start.ts';
import type { PackedProblem } from './packing.ts';
import { type Parameters, toParameters, toWeights } from './parameters.ts';
import { FIXTURES, json, OWN_FIXTURES, skip } from './references.test.ts';
import { Scorer } from './scorer.ts';
import { Trainer } from './trainer.ts';
import { openModel } from './weights/open.ts';

interface Row {
  readonly tokens: readonly number[];
  readonly mask: readonly number[];
  readonly weight: number;
}
interface Statistics {
  readonly sum: number;
  readonly sumSquares: number;
  readonly first5: readonly number[];
  readonly deltaSumSquares?: number;
}
interface Reference {
  readonly model: string;
  readonly loss: { readonly reduction: 'sum' | 'mean' | 'token-mean' };
  readonly optimizer: {
    readonly betas: readonly [number, number];
    readonly eps: number;
    readonly weightDecay: number;
    readonly decayed: readonly string[];
  };
  readonly clipping: { readonly maxNorm: number };
  readonly accumulation: number;
  readonly lora?: {
    readonly r: number;
    readonly lora_alpha: number;
    readonly target_modules: 'all-linear' | readonly LoraTarget[];
    readonly before: string;
  };
  readonly probe: { readonly tokens: readonly number[]; readonly nextLogprobsAfter: { readonly f64: readonly number[] } };
  readonly steps: readonly {
    readonly step: number;
    readonly lr: number;
    readonly f64: { readonly loss: number; readonly gradNorm: number };
  }[];
  readonly microBatches: readonly { readonly step: number; readonly rows: readonly Row[] }[];
  readonly f64: {
    readonly gradientsAtStep1: Readonly<Record<string, Statistics>>;
    readonly parametersAfterStep1: Readonly<Record<string, Statistics>>;
    readonly parametersAfterStep10: Readonly<Record<string, Statistics>>;
  };
}

const counted = (row: Row): number => row.mask.reduce((a, b) => a + b, 0);

/** What the loss of each of a step's rows is divided by. */
const DIVISORS: Readonly<Record<Reference['loss']['reduction'], (row: Row, step: readonly Row[]) => number>> = {
  sum: () => 1,
  mean: counted,
  'token-mean': (_, step) => step.reduce((sum, row) => sum + row.weight * counted(row), 0),
};

/** A row as a problem of its own: predicted from its second token on, masked positions with weight 0. */
function problemOf(row: Row, divisor: number): PackedProblem {
  const weight = row.weight / divisor;
  return {
    prompt: row.tokens.slice(0, 1),
    completions: [{ tokens: row.tokens.slice(1), weights: row.mask.slice(1).map(m => m * weight) }],
  };
}

/** Decay of the layers' matrices alone, which is not our rule: decoupled, so it can be done beside the update. */
function decayLayers(parameters: Parameters, factor: number): void {
  for (const [name, data] of parameters) if (/[.](qkv|o|gate_up|down)$/.test(name)) for (const i of data.keys()) data[i]! *= factor;
}

async function load(path: string): Promise<{ config: ModelConfig; parameters: Parameters }> {
  const source = await openModel(path);
  const parameters = await toParameters(source.config, name => source.read(name));
  await source.close();
  return { config: source.config, parameters };
}

const close = (got: number, want: number, relative: number, what: string, absolute = 0): void =>
  assert.ok(Math.abs(got - want) <= absolute + relative * Math.abs(want), `${what}: ${got}, expected ${want}`);

/** What is trained, by the reference's names. */
type Named = (parameters: Parameters) => Iterable<readonly [string, Float32Array]>;

const weightsOf =
  (config: ModelConfig): Named =>
  parameters =>
    toWeights(config, parameters);

const adapterOf: Named = tensors => [...tensors].map(([name, data]) => [`base_model.model.${name}.weight`, data] as const);

function checkTensors(
  named: Named,
  got: Parameters,
  want: Readonly<Record<string, Statistics>>,
  start: Parameters | null,
  tolerance: number,
): void {
  const before = start && new Map(named(start));
  const all = [...named(got)];
  assert.equal(all.length, Object.keys(want).length);
  for (const [name, data] of all) {
    const expected = want[name];
    assert.ok(expected, `the reference knows ${name}`);
    const squares = data.reduce((sum, x) => sum + x * x, 0);
    close(squares, expected.sumSquares, tolerance, `${name}: sum of squares`, 1e-12);
    close(
      data.reduce((sum, x) => sum + x, 0),
      expected.sum,
      tolerance,
      `${name}: sum`,
      tolerance * Math.sqrt(squares * data.length),
    );
    for (const [i, x] of expected.first5.entries())
      close(data[i]!, x, tolerance, `${name}[${i}]`, start ? 1e-4 : tolerance * Math.sqrt(squares));
    if (!before || expected.deltaSumSquares === undefined) continue;
    const from = before.get(name)!;
    close(
      data.reduce((sum, x, i) => sum + (x - from[i]!) ** 2, 0),
      expected.deltaSumSquares,
      2e-3,
      `${name}: squared distance moved`,
      1e-12,
    );
  }
}

async function checkTraining(root: string, file: string, threads: number): Promise<void> {
  const reference = json<Reference>(join(root, 'training', file));
  const { config, parameters } = await load(join(root, reference.model));
  const { lora } = reference;
  const settings = lora && { rank: lora.r, alpha: lora.lora_alpha, targets: lora.target_modules };
  const adapter = settings && (await loraStart(join(root, lora.before), settings, 0)).adapter;
  const named = adapter ? adapterOf : weightsOf(config);
  const trainer = await Trainer.open(config, parameters, { threads, maxTokens: 128 }, adapter);
  const start = new Map([...trainer.parameters].map(([name, data]) => [name, data.slice()]));
  const [beta1, beta2] = reference.optimizer.betas;
  const { decayed } = reference.optimizer;
  const isOurDecay = decayed.length === 0 || adapter !== undefined || decayed.includes('model.embed_tokens.weight');
  const optimizer = {
    beta1,
    beta2,
    epsilon: reference.optimizer.eps,
    weightDecay: isOurDecay ? reference.optimizer.weightDecay : 0,
    clip: reference.clipping.maxNorm,
  };
  for (const { step, lr, f64 } of reference.steps) {
    const micros = reference.microBatches.filter(m => m.step === step).map(m => m.rows);
    const divisor = (row: Row) => DIVISORS[reference.loss.reduction](row, micros.flat());
    let loss = 0;
    for (const rows of micros) loss += await trainer.accumulate(rows.map(row => problemOf(row, divisor(row))));
    close(loss, f64.loss, 1e-5, `loss of step ${step}`);
    if (step === 1) checkTensors(named, trainer.gradients(), reference.f64.gradientsAtStep1, null, 1e-4);
    if (!isOurDecay) decayLayers(trainer.parameters, 1 - lr * reference.optimizer.weightDecay);
    const norm = await trainer.apply(lr, optimizer);
    close(norm, f64.gradNorm, 1e-4, `gradient norm of step ${step}`);
    if (step === 1) checkTensors(named, trainer.parameters, reference.f64.parametersAfterStep1, start, 1e-4);
  }
  checkTensors(named, trainer.parameters, reference.f64.parametersAfterStep10, start, 1e-3);
  await trainer.close();
  const { parameters: trained } = trainer;
  await checkProbe(config, adapter ? merged(config, parameters, { ...adapter, tensors: trained }) : trained, reference.probe);
}

/** Log-probabilities of a text after the last step, with an adapter in the weights it stands beside. */
async function checkProbe(config: ModelConfig, parameters: Parameters, { tokens, nextLogprobsAfter }: Reference['probe']): Promise<void> {
  const scorer = await Scorer.open(config, { threads: 1, maxTokens: 128 });
  const [scored] = await scorer.score(parameters, [{ prompt: tokens.slice(0, 1), completion: tokens.slice(1) }]);
  await scorer.close();
  for (const [i, want] of nextLogprobsAfter.f64.entries()) close(scored![i]!, want, 0, `probe ${i}`, 5e-4);
}

for (const [what, file, root, threads = 1] of [
  ['a sum of row losses, always clipped, cosine', 'full-llama-sum.json', OWN_FIXTURES],
  ['the same, each step shared by two threads', 'full-llama-sum.json', OWN_FIXTURES, 2],
  ['a mean per row with decay, untied, linear', 'full-llama-untied-mean.json', FIXTURES],
  ['a mean over all tokens, biases', 'full-qwen2-tokenmean.json', FIXTURES],
  ['an adapter of q and v that begins with no change', 'lora-qv-sum.json', OWN_FIXTURES],
  ['an adapter, each step shared by three threads', 'lora-qv-sum.json', OWN_FIXTURES, 3],
  ['an adapter of all linear layers beside biases', 'lora-all-linear-mean.json', FIXTURES],
] as const)
  test(`ten steps of AdamW agree with torch: ${what}`, { skip: root === FIXTURES && skip }, () => checkTraining(root, file, threads));

interface SharedPrompt {
  readonly cases: readonly {
    readonly model: string;
    readonly prompt: readonly number[];
    readonly rows: readonly Row[];
    readonly f64: {
      readonly loss: number;
      readonly gradNorm: number;
      readonly gradients: Readonly<Record<string, Statistics>>;
    };
  }[];
}

for (const [where, root] of [
  ['the fixture of this repository', OWN_FIXTURES],
  ['all fixtures', FIXTURES],
] as const)
  test(`completions packed behind one prompt have the gradient of rows of their own: ${where}`, {
    skip: root === FIXTURES && skip,
  }, async () => {
    const { cases } = json<SharedPrompt>(join(root, 'training/shared-prompt.json'));
    for (const { model, prompt, rows, f64 } of cases) {
      const { config, parameters } = await load(join(root, model));
      const trainer = await Trainer.open(config, parameters, { threads: 1, maxTokens: 4096 });
      const completions = rows.map(row => ({
        tokens: row.tokens.slice(prompt.length),
        weights: row.mask.slice(prompt.length).map(m => m * row.weight),
      }));
      close(await trainer.accumulate([{ prompt, completions }]), f64.loss, 1e-5, `${model}: loss`);
      checkTensors(weightsOf(config), trainer.gradients(), f64.gradients, null, 1e-4);
      await trainer.close();
    }
  });

test('a whole model’s gradient agrees with finite differences along itself, tensor by tensor, with and without a shared prompt', async () => {
  const { config, parameters } = await load(join(import.meta.dirname, 'weights/fixtures/micro'));
  const trainer = await Trainer.open(config, parameters, { threads: 1, maxTokens: 4096 });
  const completion = (...tokens: number[]) => ({ tokens, weights: tokens.map((_, i) => 0.1 + 0.05 * i) });
  const problems: PackedProblem[] = [
    { prompt: [5, 80, 17, 9], completions: [completion(200, 44, 3, 61), completion(7, 30), completion(12, 90, 45)] },
    { prompt: [33], completions: [completion(8, 8, 70)] },
  ];
  const lossOf = () => trainer.accumulate(problems);
  await lossOf();
  const gradients = new Map([...trainer.gradients()].map(([name, g]) => [name, g.slice()]));
  for (const [name, g] of gradients) {
    const data = trainer.parameters.get(name)!;
    const start = data.slice();
    const norm = Math.sqrt(g.reduce((s, x) => s + x * x, 0));
    const at = async (move: number) => {
      for (const i of data.keys()) data[i] = start[i]! + (move * g[i]!) / norm;
      return lossOf();
    };
    const e = 4e-3 * Math.sqrt(data.length / 64);
    const slope = (8 * ((await at(e)) - (await at(-e))) - ((await at(2 * e)) - (await at(-2 * e)))) / (12 * e);
    data.set(start);
    close(slope, norm, 1e-2, `${name}: slope along its gradient`);
  }
  await trainer.close();
});
