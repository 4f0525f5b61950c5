// Shorthands that emit ONNX nodes with their shapes worked out: products, views, cuts, sums. No gradients here: ops.ts has those.
import { type Dim, equal, plus, product, type Shape, spellShape } from './dims.ts';
import { type Graph, MICROSOFT, type Tensor } from './graph.ts';

export const must = (ok: boolean, what: string, shapes: readonly Shape[]): void => {
  if (!ok) throw new Error(`${what}: ${shapes.map(spellShape).join(' and ')}`);
};

export const same = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((d, i) => equal(d, b[i]!));

export const multiply = (g: Graph, a: Tensor, b: Tensor, shape: Shape = a.shape): Tensor => g.op('Mul', [a, b], shape);

/** a b with either operand transposed in its last two axes, times alpha. */
export function matmul(g: Graph, a: Tensor, b: Tensor, options: { transA?: boolean; transB?: boolean; alpha?: number } = {}): Tensor {
  const last = (s: Shape, flip: boolean | undefined): [Dim, Dim] => (flip ? [s.at(-1)!, s.at(-2)!] : [s.at(-2)!, s.at(-1)!]);
  const [rows, inner] = last(a.shape, options.transA);
  const [inner2, columns] = last(b.shape, options.transB);
  must(equal(inner, inner2), 'a product needs equal inner sizes', [a.shape, b.shape]);
  const shape = [...(a.shape.length >= b.shape.length ? a.shape : b.shape).slice(0, -2), rows, columns];
  if (!options.transA && !options.transB && (options.alpha ?? 1) === 1) return g.op('MatMul', [a, b], shape);
  return g.op(
    'FusedMatMul',
    [a, b],
    shape,
    { transA: options.transA ? 1 : 0, transB: options.transB ? 1 : 0, alpha: { float: options.alpha ?? 1 } },
    MICROSOFT,
  );
}

export const reshape = (g: Graph, x: Tensor, to: Shape): Tensor => {
  must(equal(product(x.shape), product(to)), 'a reshape keeps the number of elements', [x.shape, to]);
  return same(x.shape, to) ? x : g.op('Reshape', [x, g.vector(to)], to, {}, '', x.type);
};

export const transpose = (g: Graph, x: Tensor, order: readonly number[]): Tensor =>
  g.op(
    'Transpose',
    [x],
    order.map(i => x.shape[i]!),
    { perm: order },
    '',
    x.type,
  );

export const split = (g: Graph, x: Tensor, axis: number, sizes: Shape): Tensor[] =>
  sizes.length === 1
    ? [x]
    : g.node(
        'Split',
        [x, g.vector(sizes)],
        sizes.map(d => x.shape.with(axis, d)),
        { axis },
        '',
        sizes.map(() => x.type),
      );

export const concat = (g: Graph, xs: readonly Tensor[], axis: number): Tensor =>
  xs.length === 1 ? xs[0]! : g.op('Concat', xs, xs[0]!.shape.with(axis, plus(...xs.map(x => x.shape[axis]!))), { axis }, '', xs[0]!.type);

export const sum = (g: Graph, x: Tensor, axes: readonly number[], keep: boolean): Tensor =>
  g.op(
    'ReduceSum',
    [x, g.vector(axes)],
    x.shape.flatMap((d, i) => (axes.includes(i) ? (keep ? [1] : []) : [d])),
    { keepdims: keep ? 1 : 0 },
  );

/** Undoes broadcasting: sums `x` over the axes along which `shape` was stretched. */
export function sumTo(g: Graph, x: Tensor, shape: Shape): Tensor {
  if (same(x.shape, shape)) return x;
  const lead = x.shape.length - shape.length;
  const axes = x.shape.map((_, i) => i).filter(i => i < lead || (equal(shape[i - lead]!, 1) && !equal(x.shape[i]!, 1)));
  return reshape(g, sum(g, x, axes, false), shape);
}

/** Adds rows of `updates` [M, D] to rows `ids` of `table` [V, D]. ScatterElements, not ScatterND: the latter's `add` runs on
 * several threads and loses updates when an id repeats (onnxruntime 1.30). */
export function addRows(g: Graph, table: Tensor, ids: Tensor, updates: Tensor): Tensor {
  const [rows] = ids.shape as [Dim];
  const column = reshape(g, ids, [rows, 1]);
  const index = g.op('Expand', [column, g.vector(updates.shape)], updates.shape, {}, '', 'int64');
  return g.op('ScatterElements', [table, index, updates], table.shape, { axis: 0, reduction: 'add' });
}

export const zeros = (g: Graph, shape: Shape): Tensor => g.op('Expand', [g.scalar(0), g.vector(shape)], shape);

/** `x`, but not before the others are there: a zero made of each is added. It is for memory's sake: onnxruntime works out late what is asked for late. */
export function after(g: Graph, x: Tensor, others: readonly Tensor[]): Tensor {
  const zero = others.map(other => {
    const first = g.op('Gather', [reshape(g, other, [product(other.shape)]), g.vector([0])], [1], { axis: 0 });
    return multiply(g, first, g.scalar(0));
  });
  return g.op('Add', [x, zero.length === 1 ? zero[0]! : g.op('Sum', zero, [1])], x.shape);
}
