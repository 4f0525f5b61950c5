import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rngOf } from '../../random.ts';
import type { Precision } from '../../requests.ts';
import { Engine } from '../engine.ts';
import { Graph } from '../graph/graph.ts';
import { Program } from '../graph/program.ts';
import { distanceOf } from './distance.ts';
import { int4Linear } from './int4-linear.ts';
import { quantise4 } from './int4-weights.ts';
import { int8Linear } from './int8-linear.ts';
import { multiplyRows, quantise, smoothing } from './quantise.ts';
import { blockOf, hadamard, spreadRows } from './spread.ts';

const tiny = fileURLToPath(new URL('../../../models/tiny-s', import.meta.url));
const rng = rngOf(8);
const normals = (count: number) => Float32Array.from({ length: count }, () => rng.next() + rng.next() + rng.next() - 1.5);

/** [rows, in] times [in, out] in float64. */
function product(x: Float32Array, w: Float32Array, inner: number): number[] {
  const [rows, out] = [x.length / inner, w.length / inner];
  return Array.from({ length: rows * out }, (_, i) => {
    const [r, c] = [Math.floor(i / out), i % out];
    let sum = 0;
    for (let j = 0; j < inner; j++) sum += x[r * inner + j]! * w[j * out + c]!;
    return sum;
  });
}

async function int8Product(x: Float32Array, w: Float32Array, divisors: Float32Array, name = 'w'): Promise<Float32Array> {
  const g = new Graph();
  const inner = divisors.length;
  const rows = w.slice();
  multiplyRows(rows, divisors);
  spreadRows(rows, w.length / inner, blockOf(name, inner));
  const weights = {
    kind: 'int8' as const,
    matrices: new Map([[name, quantise(rows, inner)]]),
    norms: new Map(),
    factors: new Map([[name, divisors.map(s => 1 / s)]]),
  };
  g.output('y', int8Linear(g, weights)(g.input('x', 'float32', [x.length / inner, inner]), name));
  const program = await Program.open(g, { threads: 1 });
  const y = (await program.run(new Map([['x', x]]))).get('y') as Float32Array;
  await program.close();
  return y;
}

const ones = (size: number) => new Float32Array(size).fill(1);

const error = (y: Float32Array, exact: readonly number[]) =>
  Math.sqrt(exact.reduce((sum, e, i) => sum + (y[i]! - e) ** 2, 0) / exact.reduce((sum, e) => sum + e * e, 0));

test('a product in 8 bits is near the product, a row of large numbers beside small ones, and a row of zeros', async () => {
  const [inner, out] = [64, 48];
  const x = normals(4 * inner);
  for (let j = 0; j < inner; j++) {
    x[inner + j]! *= 1000;
    x[2 * inner + j] = 0;
  }
  const w = normals(inner * out);
  const y = await int8Product(x, w, ones(inner));
  const exact = product(x, w, inner);
  for (const r of [0, 1, 3]) assert.ok(error(y.subarray(r * out, (r + 1) * out), exact.slice(r * out, (r + 1) * out)) < 0.02, `row ${r}`);
  assert.deepEqual([...y.subarray(2 * out, 3 * out)], new Array(out).fill(0));
});

test('smoothing takes most of the error of an outlying channel away and changes nothing else', async () => {
  const [inner, out] = [64, 48];
  const x = normals(8 * inner);
  for (let r = 0; r < 8; r++) x[r * inner + 5]! *= 100;
  const w = normals(inner * out);
  const maxima = Float32Array.from({ length: inner }, (_, j) => Math.max(...[...Array(8).keys()].map(r => Math.abs(x[r * inner + j]!))));
  const exact = product(x, w, inner);
  const plain = error(await int8Product(x, w, ones(inner)), exact);
  const smooth = error(await int8Product(x, w, smoothing(maxima, w)), exact);
  assert.ok(smooth < plain / 2, `${smooth} against ${plain}`);
});

test('spreading over blocks takes most of the error of single outliers away, which no smoothing knows beforehand', async () => {
  const [rows, inner, out] = [32, 96, 48];
  const x = normals(rows * inner);
  for (let r = 0; r < rows; r++) x[r * inner + rng.below(inner)]! *= 60;
  const w = normals(inner * out);
  const exact = product(x, w, inner);
  const plain = error(await int8Product(x, w, ones(inner), 'model.layers.0.o'), exact);
  const spread = error(await int8Product(x, w, ones(inner), 'model.layers.0.down'), exact);
  assert.ok(spread < plain / 2, `${spread} against ${plain}`);
});

test('a Hadamard matrix is its own inverse, whatever stands beside its block', () => {
  for (const block of [1, 2, 32]) {
    const rows = normals(3 * block * 5);
    const twice = spreadRows(spreadRows(rows.slice(), 5, block), 5, block);
    assert.ok(twice.every((v, i) => Math.abs(v - rows[i]!) < 1e-5));
    const h = hadamard(block);
    assert.deepEqual(new Set(h.map(Math.abs)), new Set(Float32Array.of(1 / Math.sqrt(block))));
    for (let i = 0; i < block; i++) for (let j = 0; j < block; j++) assert.equal(h[i * block + j], h[j * block + i]);
  }
  assert.equal(blockOf('model.layers.3.down', 1536), 32);
  assert.equal(blockOf('model.layers.3.down', 688), 16);
  assert.equal(blockOf('model.layers.3.qkv', 577), 1);
  assert.equal(blockOf('model.layers.3.o', 576), 1);
});

test('a matrix in 4 bits multiplies as its numbers do, with a block that is not full and one of zeros', async () => {
  const [rows, inner, out] = [5, 80, 12];
  const [x, w] = [normals(rows * inner), normals(inner * out)];
  for (let r = 32; r < 64; r++) w[r * out + 3] = 0;
  const matrix = quantise4(w, inner);
  const { values, scales } = matrix;
  const blocks = 3;
  const told = Float32Array.from({ length: inner * out }, (_, i) => {
    const [r, c] = [Math.floor(i / out), i % out];
    const byte = values[(c * blocks + Math.floor(r / 32)) * 16 + ((r % 32) >> 1)]!;
    return ((r % 2 === 0 ? byte & 15 : byte >> 4) - 8) * scales[c * blocks + Math.floor(r / 32)]!;
  });
  for (let r = 32; r < 64; r++) assert.equal(Math.abs(told[r * out + 3]!), 0);
  assert.ok(error(told, [...w]) < 0.1, 'the numbers are near');
  const g = new Graph();
  const weights = { kind: 'int4' as const, matrices: new Map([['w', matrix]]) };
  g.output('y', int4Linear(g, weights)(g.input('x', 'float32', [rows, inner]), 'w'));
  const program = await Program.open(g, { threads: 1 });
  const y = (await program.run(new Map([['x', x]]))).get('y') as Float32Array;
  await program.close();
  assert.ok(error(y, product(x, told, inner)) < 0.02, 'the product is that of the rounded numbers, up to the rounding of the inputs');
});

test('the distance of a policy from itself is 0, and the estimate is that of the exact formula', () => {
  assert.deepEqual(distanceOf([[-1, -2]], [[-1, -2]]), { kl: 0, meanAbsoluteChange: 0, tokens: 2 });
  const { kl } = distanceOf([[Math.log(0.5)]], [[Math.log(0.25)]]);
  assert.ok(Math.abs(kl - (0.5 - 1 - Math.log(0.5))) < 1e-12);
});

const NEARNESS = { int8: { kl: 0.02, change: 0.1 }, int4: { kl: 0.3, change: 0.5 } };

for (const precision of ['int8', 'int4'] as const)
  test(`a model sampled in ${precision} says how far it is from itself, stays near, and does so to the same bytes again`, async () => {
    const requests = [{ id: 'p', prompt: { kind: 'text', text: 'Tom has 9 coins. ' } as const, seeds: [1, 2, 3, 4] }];
    const settings = { temperature: 0.7, topK: 40, topP: 1, maxTokens: 24, stop: [] };
    const open = (kind: Precision) => new Engine({ threads: 1, rows: 8, maxTokens: 512, precision: kind }, () => false);
    const engine = open(precision);
    const distance = await engine.distance(tiny);
    assert.ok(distance && distance.kl > 0 && distance.kl < NEARNESS[precision].kl, JSON.stringify(distance));
    const [first] = await engine.sample(tiny, requests, settings);
    assert.deepEqual((await open(precision).sample(tiny, requests, settings))[0], first);
    const exact = open('fp32');
    assert.equal(await exact.distance(tiny), null);
    const rows = first!.map(({ tokens }, i) => ({ id: String(i), prompt: requests[0]!.prompt, completion: tokens }));
    const scored = await exact.score(tiny, rows);
    const changes = first!.flatMap(({ logprobs }, i) => logprobs.map((x, j) => Math.abs(x - scored[i]![j]!)));
    assert.ok(Math.max(...changes) > 1e-5 && changes.reduce((a, b) => a + b, 0) / changes.length < NEARNESS[precision].change);
  });
