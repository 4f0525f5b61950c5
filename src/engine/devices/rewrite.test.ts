import assert from 'node:assert/strict';
import test from 'node:test';
import ort from 'onnxruntime-node';
import { rngOf } from '../../random.ts';
import { matmul } from '../graph/emit.ts';
import { Graph, type Rewrites, type Tensor } from '../graph/graph.ts';
import { DEVICES } from './devices.ts';

const drawn = (shape: readonly number[]): Float32Array => {
  const rng = rngOf(shape.length);
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.next() * 2 - 1);
};

/** All outputs of a graph on the CPU, written out with these rewrites. */
async function ran(g: Graph, rewrites: Rewrites): Promise<number[][]> {
  const session = await ort.InferenceSession.create(g.bytes(rewrites), { logSeverityLevel: 3 });
  const shapeOf = (t: Tensor) => t.shape as readonly number[];
  const feeds = Object.fromEntries([...g.inputs.values()].map(t => [t.name, new ort.Tensor('float32', drawn(shapeOf(t)), shapeOf(t))]));
  const results = await session.run(feeds, [...g.outputNames().values()]);
  await session.release();
  return [...g.outputNames().values()].map(name => [...(results[name]!.data as Float32Array)]);
}

async function assertSame(g: Graph): Promise<void> {
  const { rewrites } = DEVICES.webgpu;
  assert.notDeepEqual(g.bytes(rewrites), g.bytes(), 'nothing was written otherwise');
  const [plain, other] = [await ran(g, {}), await ran(g, rewrites)];
  for (const [i, numbers] of plain.entries())
    for (const [j, x] of numbers.entries()) assert.ok(Math.abs(x - other[i]![j]!) < 1e-5, `output ${i}[${j}] is ${other[i]![j]}, not ${x}`);
}

const FLIPS = [
  { transA: false, transB: true },
  { transA: true, transB: false },
  { transA: true, transB: true },
  { transA: false, transB: false },
];
for (const { transA, transB } of FLIPS)
  for (const batch of [[], [2], [3, 2]])
    test(`a product of ${batch.length + 2} axes in other words is the same product: ${transA ? "a'" : 'a'} ${transB ? "b'" : 'b'}`, () => {
      const g = new Graph();
      const a = g.input('a', 'float32', [...batch, ...(transA ? [4, 3] : [3, 4])]);
      const b = g.input('b', 'float32', [...batch, ...(transB ? [5, 4] : [4, 5])]);
      g.output('y', matmul(g, a, b, { transA, transB, alpha: 0.3 }));
      return assertSame(g);
    });

test('a norm that computes its second output apart gives the same two outputs', () => {
  const g = new Graph();
  const x = g.input('x', 'float32', [3, 6]);
  const [y, inverse] = g.node(
    'SimplifiedLayerNormalization',
    [x, g.input('w', 'float32', [6])],
    [
      [3, 6],
      [3, 1],
    ],
    {
      axis: -1,
      epsilon: { float: 1e-5 },
    },
  );
  g.output('y', y!);
  g.output('inverse', inverse!);
  return assertSame(g);
});
