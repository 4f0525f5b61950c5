// Every operation: forward against a plain computation, backward against finite differences. The samples are typed by the table's own keys,
// so an operation without samples does not compile.
import assert from 'node:assert/strict';
import test from 'node:test';
import { type Rng, rngOf } from '../../random.ts';
import { type Bindings, evaluate, type Shape, symbol } from './dims.ts';
import { Graph, type Tensor } from './graph.ts';
import { CHUNK, type OpAttributes, type OpName } from './ops.ts';
import { type Data, Program } from './program.ts';
import { Tape } from './tape.ts';

interface Input {
  readonly shape: Shape;
  /** Fixed numbers; absent: drawn, and differentiated. */
  readonly data?: Data;
}
interface Sample<K extends OpName> {
  readonly what: string;
  readonly inputs: readonly Input[];
  readonly attributes: OpAttributes[K];
  readonly bindings?: Bindings;
  /** The outputs, one after the other, worked out plainly. */
  readonly plain: (inputs: readonly Float32Array[]) => number[];
}

const ids = (...values: number[]): BigInt64Array => BigInt64Array.from(values, BigInt);
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const softmax = (x: number[]): number[] => {
  const e = x.map(v => Math.exp(v - Math.max(...x)));
  return e.map(v => v / e.reduce((a, b) => a + b, 0));
};

/** [n, inner] times [inner, m]. */
function product(a: Float32Array, b: Float32Array, n: number, inner: number, m: number): number[] {
  return range(n * m).map(at => range(inner).reduce((s, i) => s + a[Math.floor(at / m) * inner + i]! * b[i * m + (at % m)]!, 0));
}

/** [rows, columns] as [columns, rows]. */
const transposed = (x: Float32Array, rows: number): Float32Array =>
  x.map((_, i) => x[(i % rows) * (x.length / rows) + Math.floor(i / rows)]!);

const rms = ([x, w]: readonly Float32Array[], width: number): number[] =>
  Array.from(x!, (v, i) => {
    const from = i - (i % width);
    const mean = x!.subarray(from, from + width).reduce((s, u) => s + u * u, 0) / width;
    return (v / Math.sqrt(mean + 1e-5)) * w![i % width]!;
  });

const angles = [0.3, 1.1, -0.7, 2.2, 0.5, 0.9];
const cos = Float32Array.from(angles, Math.cos);
const sin = Float32Array.from(angles, Math.sin);
function turn([x]: readonly Float32Array[], positions: readonly number[]): number[] {
  return range(x!.length).map(i => {
    const [head, j] = [Math.floor(i / 4), i % 4];
    const angle = angles[positions[head]! * 2 + (j % 2)]!;
    const other = x![i + (j < 2 ? 2 : -2)]!;
    return x![i]! * Math.cos(angle) + (j < 2 ? -1 : 1) * other * Math.sin(angle);
  });
}

/** Two queries of size 2 over two blocks of keys (3 and 1), the first block's last key masked. */
function attention([q, k1, v1, k2, v2]: readonly Float32Array[]): number[] {
  return range(2).flatMap(row => {
    const score = (k: Float32Array, i: number) => 0.5 * (q![row * 2]! * k[i * 2]! + q![row * 2 + 1]! * k[i * 2 + 1]!);
    const p = softmax([score(k1!, 0), score(k1!, 1), score(k1!, 2) - 1e9, score(k2!, 0)]);
    const values = [v1!.subarray(0, 2), v1!.subarray(2, 4), v1!.subarray(4, 6), v2!];
    return range(2).map(j => p.reduce((s, w, i) => s + w * values[i]![j]!, 0));
  });
}

/** Three rows of two, five words, weights 1, 0.5, 0; targets 4, 1, 4. */
function crossEntropy([h, head]: readonly Float32Array[]): number[] {
  const targets = [4, 1, 4];
  const weights = [1, 0.5, 0];
  const losses = targets.map((target, r) => {
    const logits = range(5).map(w => h![r * 2]! * head![w * 2]! + h![r * 2 + 1]! * head![w * 2 + 1]!);
    return -weights[r]! * Math.log(softmax(logits)[target]!);
  });
  return [losses.reduce((a, b) => a + b, 0)];
}

const N = symbol('n');
const mask = Float32Array.of(0, 0, -1e9);
const samples: { readonly [K in OpName]: readonly Sample<K>[] } = {
  add: [
    {
      what: 'equal shapes',
      inputs: [{ shape: [2, 3] }, { shape: [2, 3] }],
      attributes: {},
      plain: ([a, b]) => Array.from(a!, (x, i) => x + b![i]!),
    },
    {
      what: 'a row broadcast',
      inputs: [{ shape: [2, 3] }, { shape: [3] }],
      attributes: {},
      plain: ([a, b]) => Array.from(a!, (x, i) => x + b![i % 3]!),
    },
    {
      what: 'a column broadcast, a size known only at run time',
      inputs: [{ shape: [N, 3] }, { shape: [N, 1] }],
      attributes: {},
      bindings: { n: 2 },
      plain: ([a, b]) => Array.from(a!, (x, i) => x + b![Math.floor(i / 3)]!),
    },
  ],
  gather: [
    {
      what: 'an id that repeats',
      inputs: [{ shape: [4, 2] }, { shape: [3], data: ids(2, 0, 2) }],
      attributes: {},
      plain: ([t]) => [2, 0, 2].flatMap(r => [t![r * 2]!, t![r * 2 + 1]!]),
    },
  ],
  linear: [
    { what: 'in by out', inputs: [{ shape: [2, 3] }, { shape: [3, 4] }], attributes: {}, plain: ([x, w]) => product(x!, w!, 2, 3, 4) },
    {
      what: 'out by in',
      inputs: [{ shape: [2, 3] }, { shape: [4, 3] }],
      attributes: { transposed: true },
      plain: ([x, w]) =>
        product(
          x!,
          Float32Array.from(range(12), i => w![(i % 4) * 3 + Math.floor(i / 4)]!),
          2,
          3,
          4,
        ),
    },
  ],
  adapted: [
    {
      what: 'rank 2, halved',
      inputs: [{ shape: [N, 3] }, { shape: [3, 4] }, { shape: [2, 3] }, { shape: [4, 2] }],
      attributes: { scale: 0.5 },
      bindings: { n: 2 },
      plain: ([x, w, a, b]) => {
        const inner = Float32Array.from(product(x!, transposed(a!, 2), 2, 3, 2));
        const low = product(inner, transposed(b!, 4), 2, 2, 4);
        return product(x!, w!, 2, 3, 4).map((y, i) => y + 0.5 * low[i]!);
      },
    },
  ],
  rmsNorm: [
    { what: 'rows of four', inputs: [{ shape: [3, 4] }, { shape: [4] }], attributes: { epsilon: 1e-5 }, plain: inputs => rms(inputs, 4) },
  ],
  rotary: [
    {
      what: 'heads at positions of their own',
      inputs: [{ shape: [2, 1, 4] }, { shape: [2, 1], data: ids(2, 0) }, { shape: [3, 2], data: cos }, { shape: [3, 2], data: sin }],
      attributes: {},
      plain: inputs => turn(inputs, [2, 0]),
    },
  ],
  reshape: [
    {
      what: 'to a size known at run time',
      inputs: [{ shape: [N, 6] }],
      attributes: { to: [N, 2, 3] },
      bindings: { n: 2 },
      plain: ([x]) => [...x!],
    },
    { what: 'to the shape it has', inputs: [{ shape: [2, 3] }], attributes: { to: [2, 3] }, plain: ([x]) => [...x!] },
  ],
  transpose: [
    {
      what: 'the first two of three axes',
      inputs: [{ shape: [2, 3, 2] }],
      attributes: { order: [1, 0, 2] },
      plain: ([x]) => range(12).map(i => x![(Math.floor(i / 2) % 2) * 6 + Math.floor(i / 4) * 2 + (i % 2)]!),
    },
  ],
  split: [
    {
      what: 'uneven pieces',
      inputs: [{ shape: [2, 3] }],
      attributes: { axis: 1, sizes: [1, 2] },
      plain: ([x]) => [x![0]!, x![3]!, x![1]!, x![2]!, x![4]!, x![5]!],
    },
    { what: 'one piece', inputs: [{ shape: [2, 3] }], attributes: { axis: 1, sizes: [3] }, plain: ([x]) => [...x!] },
  ],
  concat: [
    {
      what: 'along the last axis',
      inputs: [{ shape: [2, 1] }, { shape: [2, 2] }],
      attributes: { axis: 1 },
      plain: ([a, b]) => [a![0]!, b![0]!, b![1]!, a![1]!, b![2]!, b![3]!],
    },
    { what: 'one alone', inputs: [{ shape: [2, 2] }], attributes: { axis: 1 }, plain: ([x]) => [...x!] },
  ],
  swiglu: [
    {
      what: 'gate beside up',
      inputs: [{ shape: [2, 4] }],
      attributes: {},
      plain: ([x]) =>
        range(4).map(i => {
          const gate = x![Math.floor(i / 2) * 4 + (i % 2)]!;
          return (gate / (1 + Math.exp(-gate))) * x![Math.floor(i / 2) * 4 + 2 + (i % 2)]!;
        }),
    },
  ],
  intoGrids: [
    {
      what: 'two grids, a row without a place',
      inputs: [{ shape: [4, 2] }, { shape: [4], data: ids(1, 3, 0, 2) }, { shape: [1], data: ids(2) }, { shape: [2], data: ids(0, 3) }],
      attributes: {},
      plain: ([x]) => [2, 0, 3].flatMap(r => [x![r * 2]!, x![r * 2 + 1]!]),
    },
  ],
  outOfGrids: [
    {
      what: 'two grids, a row without a place',
      inputs: [
        { shape: [4], data: ids(1, 3, 0, 2) },
        { shape: [1], data: ids(2) },
        { shape: [2], data: ids(0, 3) },
        { shape: [1, 2] },
        { shape: [2, 2] },
      ],
      attributes: {},
      plain: ([a, b]) => [b![0]!, b![1]!, 0, 0, a![0]!, a![1]!, b![2]!, b![3]!],
    },
  ],
  attend: [
    {
      what: 'two blocks of keys, one key masked',
      inputs: [
        { shape: [1, 2, 2] },
        { shape: [1, 3, 2] },
        { shape: [1, 3, 2] },
        { shape: [1, 1, 3], data: mask },
        { shape: [1, 1, 2] },
        { shape: [1, 1, 2] },
        { shape: [1, 1, 1], data: Float32Array.of(0) },
      ],
      attributes: { rows: [1, 2], scale: 0.5 },
      plain: attention,
    },
  ],
  crossEntropy: [1, 2].map(chunks => ({
    what: `${chunks} chunk${chunks > 1 ? 's' : ''} of rows, a target that repeats, a row without weight`,
    inputs: [{ shape: [3, 2] }, { shape: [5, 2] }, { shape: [3], data: ids(4, 1, 4) }, { shape: [3, 1], data: Float32Array.of(1, 0.5, 0) }],
    attributes: { chunks },
    ...(chunks > 1 && { bindings: { chunk: 1 } }),
    plain: crossEntropy,
  })),
};

/** The second block of `attend` has the first one's queries. */
const arranged = (name: OpName, inputs: readonly Tensor[]): readonly Tensor[] =>
  name === 'attend' ? [...inputs.slice(0, 4), inputs[0]!, ...inputs.slice(4)] : inputs;

const draw = (rng: Rng, shape: Shape, bindings: Bindings): Float32Array =>
  Float32Array.from({ length: shape.reduce<number>((n, d) => n * evaluate(d, bindings), 1) }, () => rng.next() * 2 - 1);

const EPSILON = 1e-2;

async function check<K extends OpName>(name: K, sample: Sample<K>): Promise<void> {
  const bindings = { ...sample.bindings };
  const rng = rngOf(1);
  const g = new Graph();
  const tape = new Tape(g);
  const inputs = sample.inputs.map((input, i) => g.input(`x${i}`, input.data instanceof BigInt64Array ? 'int64' : 'float32', input.shape));
  const outputs = tape.apply(name, arranged(name, inputs), sample.attributes);
  const seeds = outputs.map((y, i) => [y, g.input(`dy${i}`, 'float32', y.shape)] as const);
  const free = inputs.filter((_, i) => !sample.inputs[i]!.data);
  for (const [i, y] of outputs.entries()) g.output(`y${i}`, y);
  for (const [i, dx] of tape.gradients(seeds, free).entries()) g.output(`d${free[i]!.name}`, dx);
  const program = await Program.open(g, { threads: 1 });
  const data = new Map<string, Data>(sample.inputs.map((input, i) => [`x${i}`, input.data ?? draw(rng, input.shape, bindings)]));
  for (const [, dy] of seeds) data.set(dy.name, draw(rng, dy.shape, bindings));
  const run = () => program.run(data, bindings);
  const values = (result: Map<string, Data>) => outputs.flatMap((_, i) => [...(result.get(`y${i}`) as Float32Array)]);
  const result = await run();
  const want = sample.plain(free.map(t => data.get(t.name) as Float32Array));
  for (const [i, y] of values(result).entries())
    assert.ok(Math.abs(y - want[i]!) < 2e-6, `${name}, ${sample.what}: output ${i} is ${y}, expected ${want[i]}`);
  assert.equal(values(result).length, want.length);
  const dys = seeds.flatMap(([, dy]) => [...(data.get(dy.name) as Float32Array)]);
  const slope = async (x: Float32Array, i: number): Promise<number> => {
    const at = x[i]!;
    const moved = async (by: number) => {
      x[i] = at + by;
      return values(await run()).reduce((s, y, j) => s + y * dys[j]!, 0);
    };
    const [a, b, c, d] = [await moved(2 * EPSILON), await moved(EPSILON), await moved(-EPSILON), await moved(-2 * EPSILON)];
    x[i] = at;
    return (8 * (b - c) - (a - d)) / (12 * EPSILON);
  };
  for (const t of free) {
    const x = data.get(t.name) as Float32Array;
    const dx = result.get(`d${t.name}`) as Float32Array;
    for (const i of x.keys()) {
      const numeric = await slope(x, i);
      assert.ok(
        Math.abs(dx[i]! - numeric) < 2e-4 + 1e-3 * Math.abs(numeric),
        `${name}, ${sample.what}: d${t.name}[${i}] is ${dx[i]}, finite differences say ${numeric}`,
      );
    }
  }
  await program.close();
}

for (const [name, rows] of Object.entries(samples) as [OpName, readonly Sample<OpName>[]][])
  for (const sample of rows)
    test(`${name} computes what it says and its gradient agrees with finite differences: ${sample.what}`, () => check(name, sample));

test('sizes that do not fit are refused when the graph is built', () => {
  const tape = new Tape(new Graph());
  const x = tape.graph.input('x', 'float32', [N, 3]);
  assert.throws(() => tape.one('reshape', [x], { to: [N, 4] }), /number of elements/);
  assert.throws(() => tape.one('linear', [x, tape.graph.input('w', 'float32', [4, 3])], {}), /input size/);
  assert.throws(() => tape.one('rmsNorm', [x, tape.graph.input('n', 'float32', [CHUNK])], { epsilon: 1e-5 }), /columns of rows/);
});
