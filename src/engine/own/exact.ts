// Own keys and values as they are, in fp32.
import { matmul, reshape } from '../graph/emit.ts';
import type { Tensor } from '../graph/graph.ts';
import { NEW, OWN, type OwnKind, ROWS } from './kind.ts';
import { columnsOf, Strips } from './strips.ts';

const floats = (size: number) => new Float32Array(size);

export const EXACT: OwnKind = {
  columns: (c, layer) => {
    const { kvHeads, headDim: d } = c;
    const all = ['k', 'v'].map(kind => ({
      name: `${NEW} ${kind} ${layer}`,
      strips: new Strips(`own ${kind} ${layer}`, floats, kvHeads, 1, d),
    }));
    return columnsOf(
      all.map(({ strips }) => strips),
      (outputs, places) => {
        for (const { name, strips } of all) put(strips, outputs.get(name) as Float32Array, places, kvHeads, d);
      },
    );
  },
  attention: (g, c) => {
    const { kvHeads, headDim: d } = c;
    const groups = c.heads / kvHeads;
    // One query at a time: onnxruntime multiplies a single row from where the keys lie, for several it packs them first.
    const alone = (product: (x: Tensor) => Tensor, x: Tensor): Tensor => {
      const y = product(reshape(g, x, [ROWS, kvHeads, groups, 1, x.shape[3]!]));
      return reshape(g, y, [ROWS, kvHeads, groups, y.shape[4]!]);
    };
    return (layer, { q, k, v }) => {
      g.output(`${NEW} k ${layer}`, k);
      g.output(`${NEW} v ${layer}`, v);
      const keys = g.input(`own k ${layer}`, 'float32', [ROWS, kvHeads, 1, OWN, d]);
      const values = g.input(`own v ${layer}`, 'float32', [ROWS, kvHeads, 1, OWN, d]);
      return {
        scores: alone(x => matmul(g, x, keys, { transB: true }), q),
        mix: weights => alone(x => matmul(g, x, values), weights),
      };
    };
  },
};

function put(
  { data, columns }: Strips<Float32Array<ArrayBuffer>>,
  numbers: Float32Array,
  places: Int32Array,
  kvHeads: number,
  d: number,
): void {
  let from = 0;
  for (const [row, place] of places.entries())
    for (let h = 0; h < kvHeads; h++) {
      const begin = ((row * kvHeads + h) * columns + place) * d;
      for (let to = begin; to < begin + d; to++) data[to] = numbers[from++]!;
    }
}
