// The prompts' cache grows and shrinks between steps, keeps what is in it, and masks the rest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelConfig } from './architecture.ts';
import { MASKED } from './packing.ts';
import { PromptCache } from './prompt-cache.ts';

const config = { layers: 1, kvHeads: 2, headDim: 1 } as ModelConfig;
const NAMES = ['k 0', 'v 0'];

/** A prompt of so many known tokens whose keys are `from`, `from` + 1, ... */
function prompt(known: number, from: number) {
  const numbers = Float32Array.from({ length: 2 * known }, (_, i) => from + (i % known));
  const outputs = new Map(NAMES.flatMap(name => [[`prefix ${name}`, new Float32Array(2)] as const, [`own ${name}`, numbers] as const]));
  return { outputs, problem: 0, draw: 0, bindings: { draws: 1, prefix: 1, length: known }, shared: 0, known };
}

test('prompts keep their tokens when there is room for longer ones, and when that room is given back', () => {
  const cache = new PromptCache(config, 3);
  const knownOf = (slot: number) => {
    const feeds = new Map(cache.feeds());
    const [mask, data, width] = [feeds.get('cached_mask')!, feeds.get('cached k 0')!, cache.width];
    const at = (h: number) => Array.from(data.subarray((2 * slot + h) * width, (2 * slot + h + 1) * width) as Float32Array);
    for (let i = 0; i < width; i++) assert.ok([0, MASKED].includes(Number(mask[slot * width + i])));
    return [0, 1].map(h => at(h).filter((_, i) => mask[slot * width + i] === 0));
  };
  const short = cache.add(prompt(2, 10));
  cache.resize(8);
  const long = cache.add(prompt(7, 20));
  assert.deepEqual(knownOf(short), [
    [10, 11],
    [10, 11],
  ]);
  assert.deepEqual(knownOf(long), [
    [20, 21, 22, 23, 24, 25, 26],
    [20, 21, 22, 23, 24, 25, 26],
  ]);
  cache.release(long);
  cache.resize(2);
  assert.deepEqual(knownOf(short), [
    [10, 11],
    [10, 11],
  ]);
});
