// How the engine is held against the reference numbers of transformers, here and in test/slow. The numbers lie in a folder of fixtures that the
// environment variable REST_EM_SHARED names. No tests in here: it is called .test.ts to stay out of the package.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Parameters, toParameters } from './parameters.ts';
import { givenWeights, Sampler } from './sampler.ts';
import { Scorer } from './scorer.ts';
import { openModel } from './weights/open.ts';
import type { ModelSource } from './weights/source.ts';

const shared = process.env.REST_EM_SHARED;

/** Why tests against the references cannot be run, or false. */
export const skip = shared ? false : 'REST_EM_SHARED is not set';
export const SHARED = shared ?? '';
/** Of the engine's reference models and numbers. */
export const FIXTURES = join(SHARED, 'fixtures/engine');
/** The few of them that lie in this repository, so that a bare clone has something to hold on to. */
export const OWN_FIXTURES = join(import.meta.dirname, 'fixtures');

/** Ids and log p of every one but the first, in float64. */
export interface Sequence {
  readonly name: string;
  readonly tokens: readonly number[];
  readonly nextLogprobsF64: readonly number[];
}
/** A file of reference numbers. */
export interface Logits {
  readonly sequences: readonly Sequence[];
  readonly greedy: readonly {
    readonly prompt: readonly number[];
    readonly continuation: readonly number[];
    readonly margin: readonly number[];
  }[];
}

export const json = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;

/** Gives `work` an opened model and its weights. */
export async function withModel(path: string, work: (source: ModelSource, parameters: Parameters) => Promise<void>): Promise<void> {
  const source = await openModel(path);
  const parameters = await toParameters(source.config, name => source.read(name));
  await source.close();
  await work(source, parameters);
}

/** Largest difference from the reference when a sequence is cut into prompt and completion after `cut` tokens. */
export async function worstScore(
  source: ModelSource,
  parameters: Parameters,
  sequences: readonly Sequence[],
  cut: (n: number) => number,
): Promise<number> {
  const scorer = await Scorer.open(source.config, { threads: 1, maxTokens: 512 });
  const long = sequences.filter(s => s.tokens.length > 1);
  const pairs = long.map(({ tokens }) => ({ prompt: tokens.slice(0, cut(tokens.length)), completion: tokens.slice(cut(tokens.length)) }));
  const scored = await scorer.score(parameters, pairs);
  await scorer.close();
  const differences = long.flatMap((s, i) => scored[i]!.map((x, j) => Math.abs(x - s.nextLogprobsF64[cut(s.tokens.length) - 1 + j]!)));
  assert.ok(differences.length > 20);
  return Math.max(...differences);
}

/** Greedy continuations, each up to where the reference itself is nearly undecided. */
export async function checkGreedy(source: ModelSource, parameters: Parameters, greedy: Logits['greedy']): Promise<void> {
  const sampler = new Sampler(source.config, { threads: 1 });
  const maxTokens = Math.max(...greedy.map(g => g.continuation.length));
  const rules = { temperature: 0, topK: 0, topP: 1, maxTokens, endIds: [] };
  const got = await sampler.sample(
    givenWeights(parameters),
    'inputs',
    greedy.map(({ prompt }) => ({ prompt, seeds: [0] })),
    rules,
    2,
  );
  await sampler.close();
  for (const [i, { continuation, margin }] of greedy.entries()) {
    const close = margin.findIndex(m => m < 1e-3);
    const sure = close < 0 ? continuation.length : close;
    assert.deepEqual(got[i]![0]!.tokens.slice(0, sure), continuation.slice(0, sure));
  }
}
