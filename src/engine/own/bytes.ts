// Own keys and values in 8 bits, each head of each token at its own scale: a step reads all of them, and reading is what it costs (docs/LOG.md). Queries
// and weights are rounded to bytes too, so that the products are of integers: one row of unsigned bytes times a matrix of signed ones, which onnxruntime
// multiplies from where the matrix lies. Keys lie transposed for that.
import type { ModelConfig } from '../architecture.ts';
import { plus, type Shape, times } from '../graph/dims.ts';
import { multiply, reshape, split } from '../graph/emit.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import { type Columns, NEW, OWN, type OwnKind, ROWS } from './kind.ts';
import { columnsOf, Strips } from './strips.ts';

const floats = (size: number) => new Float32Array(size);
const bytes = (size: number) => new Int8Array(size);

/** Of a byte that has a sign, and of one that has none. */
const LARGEST = 127;
const LARGEST_WEIGHT = 255;
/** The byte that stands for 0 where numbers have a sign. */
const ZERO = 128;
/** What is all zero would be divided by zero. */
const LEAST = 1e-30;

/**
 * Keys [rows, kvHeads, headDim, columns] with what makes numbers of their products: times the scale, minus the offset. Values [rows, kvHeads, columns,
 * headDim] with scales. A step gives bytes [rows, kvHeads, 2, headDim], which are ZERO too large, and scales [rows, kvHeads, 2].
 */
function layerColumns(c: ModelConfig, layer: number): Columns {
  const { kvHeads, headDim: d } = c;
  const keys = new Strips(`own k ${layer}`, bytes, kvHeads, d, 1);
  const values = new Strips(`own v ${layer}`, bytes, kvHeads, 1, d);
  const ofColumns = (name: string) => new Strips(`own ${name} ${layer}`, floats, kvHeads, 1, 1);
  const [keyScales, offsets, valueScales] = [ofColumns('k scale'), ofColumns('k offset'), ofColumns('v scale')];
  const put: Columns['put'] = (outputs, places) => {
    const given = outputs.get(`${NEW} bytes ${layer}`) as Uint8Array;
    const scales = outputs.get(`${NEW} scales ${layer}`) as Float32Array;
    const { columns } = keys;
    for (let block = 0; block < places.length * kvHeads; block++) {
      const place = places[Math.floor(block / kvHeads)]!;
      const column = block * columns + place;
      const sum = putKey(keys.data, given, 2 * block * d, d, block * d * columns + place, columns);
      keyScales.data[column] = scales[2 * block]!;
      offsets.data[column] = ZERO * sum * scales[2 * block]!;
      putValue(values.data, given, (2 * block + 1) * d, d, column * d);
      valueScales.data[column] = scales[2 * block + 1]!;
    }
  };
  return columnsOf([keys, values, keyScales, offsets, valueScales], put);
}

/** One key, `columns` apart, and the sum of its numbers. */
function putKey(into: Int8Array, given: Uint8Array, from: number, d: number, at: number, columns: number): number {
  let sum = 0;
  for (let i = from, to = at; i < from + d; i++, to += columns) {
    const byte = given[i]! - ZERO;
    into[to] = byte;
    sum += byte;
  }
  return sum;
}

function putValue(into: Int8Array, given: Uint8Array, from: number, d: number, at: number): void {
  for (let i = 0; i < d; i++) into[at + i] = given[from + i]! - ZERO;
}

const FLOAT = 1;

export const BYTES: OwnKind = {
  columns: layerColumns,
  attention: (g, c) => {
    const { kvHeads, headDim: d } = c;
    const groups = c.heads / kvHeads;
    const heads = [ROWS, kvHeads, groups];
    const zero = g.constant('uint8', [], Uint8Array.of(0));
    const middle = g.constant('uint8', [], Uint8Array.of(ZERO));
    /** One row at a time times the matrix of each row and key head, [rows, kvHeads, 1, in, out]. */
    const product = (rows: Tensor, matrix: Tensor): Tensor => {
      const [inner, out] = [matrix.shape[3]!, matrix.shape[4]!];
      const sums = g.op('MatMulInteger', [reshape(g, rows, [...heads, 1, inner]), matrix], [...heads, 1, out], {}, '', 'int32');
      return reshape(g, g.op('Cast', [sums], sums.shape, { to: FLOAT }), [...heads, out]);
    };
    return (layer, { all }) => {
      const ofColumns = (name: string) => g.input(`own ${name} ${layer}`, 'float32', [ROWS, kvHeads, 1, OWN]);
      const keys = g.input(`own k ${layer}`, 'int8', [ROWS, kvHeads, 1, d, OWN]);
      const values = g.input(`own v ${layer}`, 'int8', [ROWS, kvHeads, 1, OWN, d]);
      const [keyScales, offsets, valueScales] = ['k scale', 'k offset', 'v scale'].map(ofColumns) as [Tensor, Tensor, Tensor];
      // queries and the new column in one go
      const rows = reshape(g, all, [times(ROWS, kvHeads, plus(groups, 2)), d]);
      const size = g.op('Abs', [rows], rows.shape);
      const rounded = bytesOf(g, rows, g.op('ReduceMax', [size], [rows.shape[0]!, 1], { axes: [1], keepdims: 1 }), LARGEST, middle);
      const apart = (x: Tensor, width: number) =>
        split(g, reshape(g, x, [ROWS, kvHeads, groups + 2, width]), 2, [groups, 2]) as [Tensor, Tensor];
      const [queries, column] = apart(rounded.bytes, d);
      const [scales, columnScales] = apart(rounded.scales, 1);
      g.output(`${NEW} bytes ${layer}`, column);
      g.output(`${NEW} scales ${layer}`, columnScales);
      const scaled = multiply(g, product(queries, keys), keyScales);
      return {
        scores: multiply(g, g.op('Sub', [scaled, offsets], scaled.shape), multiply(g, scales, g.scalar(1 / Math.sqrt(d)))),
        mix: weights => {
          const heavy = reshape(g, multiply(g, weights, valueScales), [times(...heads), OWN]);
          const most = g.op('ReduceMax', [heavy], [heavy.shape[0]!, 1], { axes: [1], keepdims: 1 });
          const shares = bytesOf(g, heavy, most, LARGEST_WEIGHT, zero);
          return multiply(g, product(shares.bytes, values), reshape(g, shares.scales, [...heads, 1]));
        },
      };
    };
  },
};

/** Rows [n, m] as bytes, each at the scale at which its largest number is the largest byte; scales [n, 1]. */
function bytesOf(g: Graph, x: Tensor, most: Tensor, largest: number, zero: Tensor): { readonly bytes: Tensor; readonly scales: Tensor } {
  const rows: Shape = [x.shape[0]!];
  const scales = g.op('Max', [multiply(g, most, g.scalar(1 / largest)), g.scalar(LEAST)], most.shape);
  const zeros = g.op('Expand', [zero, g.vector(rows)], rows, {}, '', 'uint8');
  return { bytes: g.op('QuantizeLinear', [x, reshape(g, scales, rows), zeros], x.shape, { axis: 0 }, '', 'uint8'), scales };
}
