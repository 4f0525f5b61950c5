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
import type { Tape } from './graph/tape.ts';

/** Problems in a batch, completions of each, prompt tokens but the last, predicted tokens of a completion: the sizes of the grids. */
export const PROBLEMS = symbol('problems');
export const DRAWS = symbol('draws');
export const PREFIX = symbol('prefix');
export const LENGTH = symbol('length');

/** Tokens of the flat list: those of prefixes and nobody's, and those of completions. */
export const prefixTokens: Dim = symbol('prefix_tokens');
export const completionTokens: Dim = symbol('completion_tokens');
export const packedTokens: Dim = plus(prefixTokens, completionTokens);

export interface PackedPlaces {
  /** Causal among prefix tokens [prefix groups, prefix]; 0 or -1e9, added to the scores. */
  readonly prefixMask: Tensor;
  /** Which prefix tokens are real [problems, 1, 1, prefix]. */
  readonly promptMask: Tensor;
  /** Causal within a completion [length groups, length]. */
  readonly completionMask: Tensor;
  /** The row (token, head) at each place of the grids, [problems kvHeads prefix] and [problems kvHeads draws length]. */
  readonly grids: readonly [prefix: Tensor, completion: Tensor];
  /** The place of each row in both grids one after the other, [tokens kvHeads]. */
  readonly from: Tensor;
}

export function packedPlaces(g: Graph, c: ModelConfig): PackedPlaces {
  const groups = c.heads / c.kvHeads;
  return {
    prefixMask: g.input('prefix_mask', 'float32', [times(PREFIX, groups), PREFIX]),
    promptMask: g.input('prompt_mask', 'float32', [PROBLEMS, 1, 1, PREFIX]),
    completionMask: g.input('completion_mask', 'float32', [times(LENGTH, groups), LENGTH]),
    grids: [
      g.input('prefix_places', 'int64', [times(PROBLEMS, c.kvHeads, PREFIX)]),
      g.input('completion_places', 'int64', [times(PROBLEMS, c.kvHeads, DRAWS, LENGTH)]),
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

function attendPrefix(tape: Tape, c: ModelConfig, { q, k, v }: Heads, mask: Tensor): Tensor {
  const queries = times(PREFIX, c.heads / c.kvHeads);
  const view = tape.one('reshape', [q], { to: [PROBLEMS, c.kvHeads, queries, c.headDim] });
  return tape.one('attend', [view, k, v, mask], { rows: [PROBLEMS, c.kvHeads, queries], scale: 1 / Math.sqrt(c.headDim) });
}

function attendCompletions(tape: Tape, c: ModelConfig, prompt: Heads, own: Heads, masks: PackedPlaces): Tensor {
  const groups = c.heads / c.kvHeads;
  const each = times(PROBLEMS, c.kvHeads, DRAWS);
  const queries = times(LENGTH, groups);
  const together = tape.one('reshape', [own.q], { to: [PROBLEMS, c.kvHeads, times(DRAWS, queries), c.headDim] });
  const apart = (x: Tensor, rows: Dim) => tape.one('reshape', [x], { to: [each, rows, c.headDim] });
  const blocks = [
    together,
    prompt.k,
    prompt.v,
    masks.promptMask,
    apart(own.q, queries),
    apart(own.k, LENGTH),
    apart(own.v, LENGTH),
    masks.completionMask,
  ];
  return tape.one('attend', blocks, { rows: [each, queries], scale: 1 / Math.sqrt(c.headDim) });
}

/** Is given each layer's keys and values of prefix and completions, [problems, kvHeads, tokens, headDim] each. */
export type KeepHeads = (layer: number, prefix: Heads, completions: Heads) => void;

/** Attention for packed problems. */
export const packedAttention =
  (tape: Tape, c: ModelConfig, places: PackedPlaces, keep?: KeepHeads): Attend =>
  (layer, qkv) => {
    const wide = (c.heads / c.kvHeads) * c.headDim;
    const flat = tape.one('reshape', [qkv], { to: [times(packedTokens, c.kvHeads), wide + 2 * c.headDim] });
    const [left, right] = tape.apply('intoGrids', [flat, places.from, ...places.grids], {}) as [Tensor, Tensor];
    const prompt = headsOf(tape, c, left, PREFIX);
    const own = headsOf(tape, c, right, times(DRAWS, LENGTH));
    keep?.(layer, prompt, own);
    const mixed = [attendPrefix(tape, c, prompt, places.prefixMask), attendCompletions(tape, c, prompt, own, places)];
    const grids = mixed.map((x, i) => tape.one('reshape', [x], { to: [places.grids[i]!.shape[0]!, wide] }));
    const rows = tape.one('outOfGrids', [places.from, ...places.grids, ...grids], {});
    return tape.one('reshape', [rows], { to: [packedTokens, c.heads * c.headDim] });
  };
