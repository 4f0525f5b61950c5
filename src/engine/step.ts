// Attention of rows that generate, one token each. A row looks at its problem's prompt (kept once a problem, met in one product by all its rows), at the
// tokens it has generated (its own cache), and at the token itself, under one softmax. Rows of a problem stand in a grid for the prompt's sake only:
// everything else runs on active rows, so rows that have ended cost nothing.
import type { ModelConfig } from './architecture.ts';
import type { Attend } from './decoder.ts';
import { type Dim, symbol, times } from './graph/dims.ts';
import { concat, matmul, multiply, reshape, split, sum, transpose, zeros } from './graph/emit.ts';
import type { Graph, Tensor } from './graph/graph.ts';
import type { Data } from './graph/program.ts';
import { OwnCache } from './own/cache.ts';
import { OWN, type OwnKind, ROWS } from './own/kind.ts';
import { MASKED } from './packing.ts';

/** Problems that have rows, and the most rows any of them has. */
const SLOTS = symbol('slots');
const WIDTH = symbol('width');
/** Columns of the prompts' cache. */
const CACHED = symbol('cached');

export function rowAttention(g: Graph, c: ModelConfig, kind: OwnKind): Attend {
  const groups = c.heads / c.kvHeads;
  const d = c.headDim;
  const grid: Dim = times(SLOTS, WIDTH);
  const toGrid = g.input('grid_rows', 'int64', [grid]);
  const fromGrid = g.input('row_places', 'int64', [ROWS]);
  const cachedMask = g.input('cached_mask', 'float32', [SLOTS, 1, 1, CACHED]);
  const ownMask = g.input('own_mask', 'float32', [ROWS, 1, 1, OWN]);
  const pick = (x: Tensor, places: Tensor) => g.op('Gather', [x, places], [places.shape[0]!, ...x.shape.slice(1)], { axis: 0 });
  const slotOfRow = g.op('Div', [fromGrid, g.vector([WIDTH])], [ROWS], {}, '', 'int64');
  /** Of all columns that a row meets: its prompt's, its own, and itself. */
  const mask = concat(g, [pick(cachedMask, slotOfRow), ownMask, zeros(g, [ROWS, 1, 1, 1])], 3);
  /** [rows, kvHeads, groups, n] to [slots, kvHeads, width groups, n], and back. */
  const intoGrid = (x: Tensor): Tensor => {
    const n = x.shape[3]!;
    const bySlot = reshape(g, pick(x, toGrid), [SLOTS, WIDTH, c.kvHeads, times(groups, n)]);
    return reshape(g, transpose(g, bySlot, [0, 2, 1, 3]), [SLOTS, c.kvHeads, times(WIDTH, groups), n]);
  };
  const outOfGrid = (x: Tensor): Tensor => {
    const n = x.shape[3]!;
    const bySlot = transpose(g, reshape(g, x, [SLOTS, c.kvHeads, WIDTH, times(groups, n)]), [0, 2, 1, 3]);
    return pick(reshape(g, bySlot, [grid, c.kvHeads, groups, n]), fromGrid);
  };
  const attentionOf = kind.attention(g, c);
  return (layer, qkv) => {
    const cachedK = g.input(`cached k ${layer}`, 'float32', [SLOTS, c.kvHeads, CACHED, d]);
    const cachedV = g.input(`cached v ${layer}`, 'float32', [SLOTS, c.kvHeads, CACHED, d]);
    const [qWide, k, v] = split(g, qkv, 2, [groups * d, d, d]) as [Tensor, Tensor, Tensor];
    const q = reshape(g, multiply(g, qWide, g.scalar(1 / Math.sqrt(d))), [ROWS, c.kvHeads, groups, d]);
    const own = attentionOf(layer, { all: qkv, q, k, v });
    const newK = reshape(g, k, [ROWS, c.kvHeads, 1, d]);
    const newV = reshape(g, v, [ROWS, c.kvHeads, 1, d]);
    const scores = [outOfGrid(matmul(g, intoGrid(q), cachedK, { transB: true })), own.scores, sum(g, multiply(g, q, newK), [3], true)];
    const met = concat(g, scores, 3);
    const all = g.op('Add', [met, mask], met.shape);
    const [onCached, onOwn, onNew] = split(g, g.op('Softmax', [all], all.shape, { axis: -1 }), 3, [CACHED, OWN, 1]) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const parts = [outOfGrid(matmul(g, intoGrid(onCached), cachedV)), own.mix(onOwn), g.op('Mul', [onNew, newV], q.shape)];
    return reshape(g, g.op('Sum', parts, q.shape), [ROWS, c.heads * d]);
  };
}

/**
 * What `rowAttention` is told where no row is under way: a single one that sees nothing, because onnxruntime's TopK cannot do without. Its token and
 * positions come first among those given.
 */
export function idleRow(c: ModelConfig, kind: OwnKind): { feeds: [string, Data][]; bindings: Readonly<Record<string, number>> } {
  const none = new Float32Array(c.kvHeads * c.headDim);
  const own = new OwnCache(c, kind, 1, 1);
  return {
    feeds: [
      ...Array.from({ length: c.layers }, (_, l) => [`cached k ${l}`, `cached v ${l}`])
        .flat()
        .map((name): [string, Data] => [name, none]),
      ...own.feeds(1),
      ['cached_mask', Float32Array.of(MASKED)],
      ...['grid_rows', 'row_places'].map((name): [string, Data] => [name, new BigInt64Array(1)]),
      ['inverse_temperature', Float32Array.of(1)],
    ],
    bindings: { rows: 1, slots: 1, width: 1, cached: 1, own: own.width },
  };
}
