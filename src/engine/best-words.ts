// The best words of each row and their log-probabilities, inside the graph, so that a row hands over tens of numbers and not a vocabulary.
// Log-probabilities are logits less the log of the sum of their exponentials. The best of many words are looked for in
// two stages: the k best words lie in the k blocks with the best maxima. Exact, ties in any order.
import { reshape } from './graph/emit.ts';
import type { Graph, Tensor } from './graph/graph.ts';

/** Words of a block. */
const BLOCK = 64;

export interface BestWords {
  /** int64 [rows, k] */
  readonly words: Tensor;
  /** Their logits [rows, k], best first. */
  readonly logits: Tensor;
}

function topK(g: Graph, x: Tensor, k: number): [Tensor, Tensor] {
  const shape = x.shape.with(-1, k);
  const [values, places] = g.node('TopK', [x, g.vector([k])], [shape, shape], { axis: -1, largest: 1, sorted: 1 }, '', [
    'float32',
    'int64',
  ]);
  return [values!, places!];
}

/** The k best of logits [rows, vocab]. */
export function bestWords(g: Graph, logits: Tensor, k: number): BestWords {
  const [rows, vocab] = logits.shape as [Tensor['shape'][number], number];
  const blocks = vocab / BLOCK;
  if (!Number.isInteger(blocks) || blocks < 4 * k) {
    const [best, words] = topK(g, logits, k);
    return { words, logits: best };
  }
  const byBlock = reshape(g, logits, [rows, blocks, BLOCK]);
  const maxima = g.op('ReduceMax', [byBlock], [rows, blocks], { axes: [2], keepdims: 0 });
  const [, chosen] = topK(g, maxima, k);
  // [rows, k, BLOCK]: the words of the chosen blocks, by their place in the row
  const long = (value: number) => g.constant('int64', [1], BigInt64Array.of(BigInt(value)));
  const within = g.constant(
    'int64',
    [BLOCK],
    BigInt64Array.from({ length: BLOCK }, (_, i) => BigInt(i)),
  );
  const first = g.op('Mul', [reshape(g, chosen, [rows, k, 1]), long(BLOCK)], [rows, k, 1], {}, '', 'int64');
  const ids = reshape(g, g.op('Add', [first, within], [rows, k, BLOCK], {}, '', 'int64'), [rows, k * BLOCK]);
  const candidates = g.op('GatherElements', [logits, ids], [rows, k * BLOCK], { axis: 1 });
  const [best, places] = topK(g, candidates, k);
  return { words: g.op('GatherElements', [ids, places], [rows, k], { axis: 1 }, '', 'int64'), logits: best };
}

/**
 * log of the sum of exp over all words, [rows, 1]. `best`: logits of the row with its largest among them. Summed by blocks first: one sum over 49,152
 * words in fp32 is wrong by 1e-4. Three plain nodes are six times as quick as ReduceLogSumExp.
 */
export function logOfSum(g: Graph, logits: Tensor, best: Tensor): Tensor {
  const [rows, vocab] = logits.shape as [Tensor['shape'][number], number];
  const blocks = vocab / BLOCK;
  const over = (x: Tensor, axis: number, shape: Tensor['shape'], keepdims: 0 | 1) =>
    g.op('ReduceSum', [x, g.vector([axis])], shape, { keepdims });
  const most = g.op('ReduceMax', [best], [rows, 1], { axes: [1], keepdims: 1 });
  const powers = g.op('Exp', [g.op('Sub', [logits, most], logits.shape)], logits.shape);
  const parts = Number.isInteger(blocks) ? over(reshape(g, powers, [rows, blocks, BLOCK]), 2, [rows, blocks], 0) : powers;
  return g.op('Add', [most, g.op('Log', [over(parts, 1, [rows, 1], 1)], [rows, 1])], [rows, 1]);
}
