// Caches that grow and shrink between steps keep what is in them, and mask the rest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelConfig } from './architecture.ts';
import { OwnCache, PromptCache } from './cache.ts';
import { MASKED } from './packing.ts';

const config = { layers: 1, kvHeads: 2, headDim: 1 } as ModelConfig;
const NAMES = ['k 0', 'v 0'];

const column = (rows: number, value: number) => new Map(NAMES.map(name => [name, new Float32Array(rows * 2).fill(value)]));

/** [row][head][column that is not masked] */
function ownOf(cache: OwnCache, rows: number): number[][][] {
  const feeds = new Map(cache.feeds(rows));
  const [mask, data] = [feeds.get('own_mask')!, feeds.get('own k 0')!];
  const width = cache.width;
  return Array.from({ length: rows }, (_, r) =>
    [0, 1].map(h =>
      Array.from(data.subarray((2 * r + h) * width, (2 * r + h + 1) * width) as Float32Array).filter((_, i) => mask[r * width + i] === 0),
    ),
  );
}

test('rows keep their columns when room for more rows is made, and when columns are given back', () => {
  const cache = new OwnCache(config, 1, 200);
  cache.clear(0);
  for (let i = 0; i < 90; i++) cache.append(column(1, i), 1);
  cache.makeRoom(1);
  cache.clear(1);
  cache.append(column(2, 100), 2);
  const long = [...Array.from({ length: 90 }, (_, i) => i), 100];
  assert.deepEqual(ownOf(cache, 2), [
    [long, long],
    [[100], [100]],
  ]);
  assert.ok(cache.width >= 91);
  cache.copy(1, 0);
  cache.makeRoom(1);
  assert.equal(cache.width, 16);
  assert.deepEqual(ownOf(cache, 1), [[[100], [100]]]);
});

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
