import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Interrupted } from '../errors.ts';
import type { FitSettings, SampleRequest, SamplingSettings } from './policy.ts';
import { scriptedPolicy } from './scripted.ts';

const settings: SamplingSettings = { temperature: 1, topK: 0, topP: 1, maxTokens: 8, stop: ['\n'] };
const fitting: FitSettings = {
  ...{ learningRate: 1, epochs: 2, batchSize: 2, warmup: 0, schedule: 'constant', weightDecay: 0 },
  ...{ clip: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, seed: 1, reduction: 'sum' },
};
const ask = (text: string, ...seeds: number[]): SampleRequest => ({ id: text, prompt: { kind: 'text', text }, seeds });

test('a table answers by prompt, one completion a seed, ended, stopped or cut as a real policy would', async () => {
  const policy = scriptedPolicy({ a: 'yes', b: 'no\nmore', c: 'far too long' });
  const [a, b, c, d] = await policy.sample('base', [ask('a', 1, 2), ask('b', 1), ask('c', 1), ask('d', 1)], settings);
  assert.deepEqual(
    [a, b, c, d].map(of => of!.map(({ text, finish, tokens }) => [text, finish, tokens.length])),
    [
      [
        ['yes', 'end', 4],
        ['yes', 'end', 4],
      ],
      [['no', 'stop', 3]],
      [['far too ', 'length', 8]],
      [['', 'end', 1]],
    ],
  );
  assert.ok(a!.concat(b!).every(({ tokens, logprobs }) => tokens.length === logprobs.length && logprobs.every(logprob => logprob <= 0)));
  assert.deepEqual(
    policy.asked.map(({ prompt, seed }) => [prompt, seed]),
    [
      ['a', 1],
      ['a', 2],
      ['b', 1],
      ['c', 1],
      ['d', 1],
    ],
  );
});

test('a checkpoint remembers the rows of its kept epoch, whatever their order', async () => {
  const policy = scriptedPolicy(({ prompt, weights }) => `${weights.epochs}${weights.learned[prompt]?.[0] ?? '?'}`);
  const row = (id: string, completion: string) => ({ id, prompt: { kind: 'text', text: 'a' } as const, completion, weight: 1 });
  const fit = await policy.fit('base', [row('2', 'two'), row('1', 'one'), row('3', 'three')], fitting);
  assert.equal(fit.stepsPerEpoch, 2);
  await fit.epoch();
  await fit.keep();
  await fit.epoch();
  assert.equal((await fit.sample([ask('a', 1)], settings))[0]![0]!.text, '2one');
  const dir = join(await mkdtemp(join(tmpdir(), 'rest-em-')), 'checkpoint');
  await fit.save(dir);
  assert.equal((await policy.sample(dir, [ask('a', 1)], settings))[0]![0]!.text, '1one');
  assert.equal((await policy.sample('base', [ask('a', 1)], settings))[0]![0]!.text, '0?');
});

test('a raised signal stops the sampling', async () => {
  await assert.rejects(scriptedPolicy({}).sample('base', [ask('a', 1)], settings, undefined, AbortSignal.abort()), Interrupted);
});
