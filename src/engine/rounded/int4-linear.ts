// A product with a 4-bit matrix inside the graph. onnxruntime rounds the inputs to 8 bits by blocks of as many channels. No gradient: this samples.
import { equal } from '../graph/dims.ts';
import { type Graph, MICROSOFT, type Tensor } from '../graph/graph.ts';
import { BLOCK, type Int4Weights } from './int4-weights.ts';

/** Inputs in 8 bits: the level at which onnxruntime multiplies integers. */
const INTEGERS = 4;

/** x [rows, in] times the matrix of that name, [rows, out]. */
export const int4Linear =
  (g: Graph, weights: Int4Weights): ((x: Tensor, name: string) => Tensor) =>
  (x, name) => {
    const { shape, values, scales } = weights.matrices.get(name)!;
    const [inner, out] = shape;
    if (!equal(x.shape[1]!, inner)) throw new Error(`${name} takes rows of ${inner}`);
    const blocks = Math.ceil(inner / BLOCK);
    const matrix = g.attach(`int4 ${name}`, [out, blocks, BLOCK / 2], values);
    const scale = g.attach(`scales ${name}`, [out * blocks], scales);
    const attributes = { K: inner, N: out, bits: 4, block_size: BLOCK, accuracy_level: INTEGERS };
    return g.op('MatMulNBits', [x, matrix, scale], [x.shape[0]!, out], attributes, MICROSOFT);
  };
