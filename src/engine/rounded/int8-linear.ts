// A product with an 8-bit matrix inside the graph: every row of the input is scaled to 8 bits by its own maximum (one outlying row does not ruin the
// others), multiplied in integers, and scaled back. No gradient: this samples, it does not train.
import { equal, type Shape, spellShape, times } from '../graph/dims.ts';
import { matmul, multiply, reshape } from '../graph/emit.ts';
import { type Graph, MICROSOFT, type Tensor } from '../graph/graph.ts';
import type { Int8Weights } from './int8-weights.ts';
import { blockOf, hadamard } from './spread.ts';

const LARGEST = 127;
/** The integer that stands for 0: onnxruntime's kernels take rows as unsigned bytes. */
const ZERO = 128;

/** x [rows, in] times the matrix of that name, [rows, out]. */
export function int8Linear(g: Graph, weights: Int8Weights): (x: Tensor, name: string) => Tensor {
  const zero = g.constant('uint8', [], Uint8Array.of(ZERO));
  const one = g.constant('float32', [], Float32Array.of(1));
  const zerosOf = new Map<string, Tensor>();
  /** The zero point of every row, made once. */
  const zeros = (rows: Shape): Tensor => {
    const key = spellShape(rows);
    const known = zerosOf.get(key) ?? g.op('Expand', [zero, g.vector(rows)], rows, {}, '', 'uint8');
    zerosOf.set(key, known);
    return known;
  };
  /** Rows as bytes, at these scales [rows]. */
  const bytesOf = (x: Tensor, scales: Tensor): Tensor =>
    g.op('QuantizeLinear', [x, scales, zeros([x.shape[0]!])], x.shape, { axis: 0 }, '', 'uint8');
  const mixers = new Map<number, Tensor>();
  const mixer = (block: number): Tensor => {
    const known = mixers.get(block) ?? g.constant('float32', [block, block], hadamard(block));
    mixers.set(block, known);
    return known;
  };
  const spread = (x: Tensor, block: number): Tensor => {
    if (block === 1) return x;
    const blocks = reshape(g, x, [times(x.shape[0]!, (x.shape[1] as number) / block), block]);
    return reshape(g, matmul(g, blocks, mixer(block)), x.shape);
  };
  return (x, name) => {
    const { shape, values, scales } = weights.matrices.get(name)!;
    const rows = x.shape[0]!;
    if (!equal(x.shape[1]!, shape[0])) throw new Error(`${name} takes rows of ${shape[0]}`);
    const factors = weights.factors.get(name);
    const smoothed = factors ? multiply(g, x, g.constant('float32', [factors.length], factors)) : x;
    const input = spread(smoothed, blockOf(name, shape[0]));
    const most = g.op('ReduceMax', [g.op('Abs', [input], x.shape)], [rows, 1], { axes: [1], keepdims: 1 });
    // a row of zeros would be divided by zero
    const scale = g.op('Max', [g.op('Mul', [most, g.scalar(1 / LARGEST)], [rows, 1]), g.scalar(1e-30)], [rows, 1]);
    const matrix = g.attach(`int8 ${name}`, shape, values);
    const columns = g.constant('float32', [shape[1]], scales);
    const bytes = bytesOf(input, reshape(g, scale, [rows]));
    const y = g.op('MatMulIntegerToFloat', [bytes, matrix, one, columns, zero], [rows, shape[1]], {}, MICROSOFT);
    return multiply(g, y, scale);
  };
}
