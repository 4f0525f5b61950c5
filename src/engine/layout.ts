// Whole sequences: the completions of a problem packed behind ONE copy of their prompt. A completion sees the prompt and itself only, and its
// positions go on where the prompt's end, so its gradient is that of a row of its own, at a fraction of the work.
// A completion's first input is the prompt's last token; so the prefix is the prompt without it, and the head reads completion rows only.
// Tokens stand in a flat list, prefixes first, without padding: what is done to each by itself is done to these. Only attention wants grids, padded
// to the longest, and tokens are gathered into them and out again. One token of the list belongs to nobody: it is what padding shows.
// Attention is exact without a block mask: prefix x prefix, completions x prefix (one product for all of them), completion x itself.
import type { ModelConfig } from './architecture.ts';
import type { Attend } from './decoder.ts';
import { type Dim, plus, symbol, times } from './graph/dims.ts';
import type { Graph, Tensor } from './graph/graph.ts';
import type { Part, Tape } from './graph/tape.ts';

/** Problems in a batch, completions of each. */
const PROBLEMS = symbol('problems');
const DRAWS = symbol('draws');

/** How many pieces the queries of prefixes, and those of completions, are attended in: one piece's scores live at a time. */
export interface Pieces {
  readonly prefix: number;
  readonly length: number;
}

export const WHOLE: Pieces = { prefix: 1, length: 1 };

/** The sizes of the grids, padded to the longest: prompt tokens but the last, predicted tokens of a completion. Both are whole pieces. */
const prefixSize = ({ prefix }: Pieces): Dim => times(prefix, symbol('prefix_piece'));
const lengthSize = ({ length }: Pieces): Dim => times(length, symbol('length_piece'));

/** Tokens of the flat list: those of prefixes and nobody's, and those of completions. */
export const prefixTokens: Dim = symbol('prefix_tokens');
export const completionTokens: Dim = symbol('completion_tokens');
export const packedTokens: Dim = plus(prefixTokens, completionTokens);

export interface PackedPlaces {
  readonly pieces: Pieces;
  /** Causal among the prefix tokens of a piece [tokens groups, tokens]; 0 or -1e9, added to the scores. */
  readonly prefixMask: Tensor;
  /** Which prefix tokens are real [problems, 1, 1, prefix]. */
  readonly promptMask: Tensor;
  /** Causal within a piece of a completion [tokens groups, tokens]. */
  readonly completionMask: Tensor;
  /** The row (token, head) at each place of the grids, [problems kvHeads prefix] and [problems kvHeads draws length]. */
  readonly grids: readonly [prefix: Tensor, completion: Tensor];
  /** The place of each row in both grids one after the other, [tokens kvHeads]. */
  readonly from: Tensor;
}

export function packedPlaces(g: Graph, c: ModelConfig, pieces: Pieces = WHOLE): PackedPlaces {
  const groups = c.heads / c.kvHeads;
  const causal = (name: string, size: Dim) => g.input(name, 'float32', [times(size, groups), size]);
  return {
    pieces,
    prefixMask: causal('prefix_mask', symbol('prefix_piece')),
    promptMask: g.input('prompt_mask', 'float32', [PROBLEMS, 1, 1, prefixSize(pieces)]),
    completionMask: causal('completion_mask', symbol('length_piece')),
    grids: [
      g.input('prefix_places', 'int64', [times(PROBLEMS, c.kvHeads, prefixSize(pieces))]),
      g.input('completion_places', 'int64', [times(PROBLEMS, c.kvHeads, DRAWS, lengthSize(pieces))]),
    ],
    from: g.input('token_places', 'int64', [times(packedTokens, c.kvHeads)]),
  };
}

export interface Heads {
  /** [problems, kvHeads, tokens, groups headDim] */
  readonly q: Tensor;
  /** [problems, kvHeads, tokens, headDim] */
  readonly k: Tensor;
  readonly v: Tensor;
}

/** A grid [problems kvHeads tokens, (groups + 2) headDim] cut into queries, keys and values. */
function headsOf(tape: Tape, c: ModelConfig, grid: Tensor, tokens: Dim): Heads {
  const byHead = tape.one('reshape', [grid], { to: [PROBLEMS, c.kvHeads, tokens, grid.shape[1]!] });
  const sizes = [(c.heads / c.kvHeads) * c.headDim, c.headDim, c.headDim];
  const [q, k, v] = tape.apply('split', [byHead], { axis: 3, sizes }) as [Tensor, Tensor, Tensor];
  return { q, k, v };
}

/** Keys and values that all queries of a piece see, with a mask for those that are padding. */
interface Seen {
  readonly k: Tensor;
  readonly v: Tensor;
  readonly mask: Tensor;
  /** The shape its queries are met in, where it is another than theirs. */
  readonly queries?: (piece: Tensor) => Tensor;
}

/**
 * Causal attention of sequences [batch.., tokens, ..] that also see what `others` hold. In several pieces, each is worked out again for the gradient
 * (FlashAttention's bargain, arXiv 2205.14135), and no piece meets keys that come after it.
 */
function attendCausal(tape: Tape, c: ModelConfig, own: Heads, mask: Tensor, count: number, others: (on: Tape) => readonly Seen[]): Tensor {
  const { q, k, v } = own;
  const axis = q.shape.length - 2;
  const batch = q.shape.slice(0, axis);
  const [queries, keys] = mask.shape as [Dim, Dim];
  const cut = (x: Tensor, size: Dim) => tape.apply('split', [x], { axis, sizes: Array.from({ length: count }, () => size) });
  const [ks, vs] = [cut(k, keys), cut(v, keys)];
  const mixed = cut(q, queries).map((piece, i) => {
    const part: Part = (on, [mine, ...seen]) => {
      const earlier = (of: readonly Tensor[]): Tensor => on.one('concat', of, { axis });
      const [newK, newV] = [seen.slice(0, i + 1), seen.slice(i + 1)];
      const before = i === 0 ? [] : [mine!, earlier(newK.slice(0, i)), earlier(newV.slice(0, i)), on.graph.scalar(0)];
      const blocks = others(on).flatMap(o => [o.queries ? o.queries(mine!) : mine!, o.k, o.v, o.mask]);
      const inputs = [...blocks, ...before, mine!, newK[i]!, newV[i]!, mask];
      return on.one('attend', inputs, { rows: [...batch, queries], scale: 1 / Math.sqrt(c.headDim) });
    };
    const inputs = [piece, ...ks.slice(0, i + 1), ...vs.slice(0, i + 1)];
    return count > 1 ? tape.recomputed(inputs, part) : part(tape, inputs);
  });
  return tape.one('concat', mixed, { axis });
}

function attendPrefix(tape: Tape, c: ModelConfig, { q, k, v }: Heads, places: PackedPlaces): Tensor {
  const { pieces, prefixMask } = places;
  const queries = times(prefixSize(pieces), c.heads / c.kvHeads);
  const view = tape.one('reshape', [q], { to: [PROBLEMS, c.kvHeads, queries, c.headDim] });
  return attendCausal(tape, c, { q: view, k, v }, prefixMask, pieces.prefix, () => []);
}

function attendCompletions(tape: Tape, c: ModelConfig, prompt: Heads, own: Heads, places: PackedPlaces): Tensor {
  const { pieces, promptMask, completionMask } = places;
  const each = times(PROBLEMS, c.kvHeads, DRAWS);
  const length = lengthSize(pieces);
  const apart = (x: Tensor, rows: Dim) => tape.one('reshape', [x], { to: [each, rows, c.headDim] });
  const heads = { q: apart(own.q, times(length, c.heads / c.kvHeads)), k: apart(own.k, length), v: apart(own.v, length) };
  /** All completions of a problem meet their prompt in one product. */
  const together = (on: Tape) => (piece: Tensor) =>
    on.one('reshape', [piece], { to: [PROBLEMS, c.kvHeads, times(DRAWS, piece.shape[1]!), c.headDim] });
  const others = (on: Tape) => [{ k: prompt.k, v: prompt.v, mask: promptMask, queries: together(on) }];
  return attendCausal(tape, c, heads, completionMask, pieces.length, others);
}

/** Is given each layer's keys and values of prefix and completions, [problems, kvHeads, tokens, headDim] each. */
export type KeepHeads = (layer: number, prefix: Heads, completions: Heads) => void;

/** Attention for packed problems. */
export const packedAttention =
  (c: ModelConfig, places: PackedPlaces, keep?: KeepHeads): Attend =>
  (layer, qkv, tape) => {
    const wide = (c.heads / c.kvHeads) * c.headDim;
    const flat = tape.one('reshape', [qkv], { to: [times(packedTokens, c.kvHeads), wide + 2 * c.headDim] });
    const [left, right] = tape.apply('intoGrids', [flat, places.from, ...places.grids], {}) as [Tensor, Tensor];
    const prompt = headsOf(tape, c, left, prefixSize(places.pieces));
    const own = headsOf(tape, c, right, times(DRAWS, lengthSize(places.pieces)));
    keep?.(layer, prompt, own);
    const mixed = [attendPrefix(tape, c, prompt, places), attendCompletions(tape, c, prompt, own, places)];
    const grids = mixed.map((x, i) => tape.one('reshape', [x], { to: [places.grids[i]!.shape[0]!, wide] }));
    const rows = tape.one('outOfGrids', [places.from, ...places.grids, ...grids], {});
    return tape.one('reshape', [rows], { to: [packedTokens, c.heads * c.headDim] });
  };
