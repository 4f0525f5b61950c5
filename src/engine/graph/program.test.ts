import assert from 'node:assert/strict';
import test from 'node:test';
import { Graph } from './graph.ts';
import { Program } from './program.ts';

test('the pinned onnxruntime-node writes outputs over inputs without copying', async () => {
  assert.equal(
    await Program.tryInPlace(),
    true,
    'another version was installed: training falls back to copies, and the bench should be looked at',
  );
});

test('an input of the wrong size is named, with what it takes', async () => {
  const g = new Graph();
  g.output('y', g.op('Neg', [g.input('x', 'float32', [3])], [3]));
  const program = await Program.open(g, { threads: 1 });
  await assert.rejects(program.run(new Map([['x', new Float32Array(2)]])), /x takes 3 numbers \[3\], got 2/);
  await assert.rejects(program.run(new Map()), /wants an input x/);
  await program.close();
});

test('a failure inside onnxruntime is not taken for an update in place', async () => {
  const g = new Graph();
  const ids = g.input('ids', 'int64', [1]);
  g.output('y', g.op('Gather', [g.input('table', 'float32', [2, 1]), ids], [1, 1], { axis: 0 }));
  Program.prepareInPlace(g);
  const program = await Program.open(g, { threads: 1 });
  const data = new Map([['table', new Float32Array(2)]] as const);
  const run = program.runInPlace(
    new Map<string, Float32Array | BigInt64Array>([...data, ['ids', BigInt64Array.of(7n)]]),
    new Map([['y', new Float32Array(1)]]),
  );
  await assert.rejects(run, { name: 'EngineError' });
  await program.close();
});

test('what no output asks for is not computed', async () => {
  const g = new Graph();
  const x = g.input('x', 'float32', [2, 1]);
  const ids = g.input('ids', 'int64', [1]);
  g.output('y', g.op('Neg', [x], [2, 1]));
  g.op('Neg', [g.op('Gather', [x, ids], [1, 1], { axis: 0 })], [1, 1]);
  const program = await Program.open(g, { threads: 1 });
  const feeds = new Map<string, Float32Array | BigInt64Array>([
    ['x', Float32Array.of(1, 2)],
    ['ids', BigInt64Array.of(7n)], // gathering there fails
  ]);
  assert.deepEqual([...(await program.run(feeds)).get('y')!], [-1, -2]);
  await program.close();
});
