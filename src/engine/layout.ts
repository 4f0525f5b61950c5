// Whole sequences: the completions of a problem packed behind ONE copy of their prompt. A completion sees the prompt and itself only, and its
// positions go on where the prompt's end, so its gradient is that of a row of its own, at a fraction of the work.
// A completion's first input is the prompt's last token; so the prefix is the prompt without it, and the head reads completion rows only.
// Attention is exact without a block mask: prefix x prefix, completions x prefix (one product for all of them), completion x itself.
import type { ModelConfig } from './architecture.ts';
import type { Attend } from './decoder.ts';
import { type Dim, plus, symbol, times } from './graph/dims.ts';
import type { Graph, Tensor } from './graph/graph.ts';
import type { Tape } from './graph/tape.ts';

/** Problems in a batch, completions of each, prompt tokens but the last, predicted tokens of a completion. All padded to the longest. */
export const PROBLEMS = symbol('problems');
export const DRAWS = symbol('draws');
export const PREFIX = symbol('prefix');
export const LENGTH = symbol('length');

export const prefixTokens: Dim = times(PROBLEMS, PREFIX);
export const completionTokens: Dim = times(PROBLEMS, DRAWS, LENGTH);
export const packedTokens: Dim = plus(prefixTokens, completionTokens);

export interface PackedMasks {
  /** Causal among prefix tokens [prefix groups, prefix]; 0 or -1e9, added to the scores. */
  readonly prefix: Tensor;
  /** Which prefix tokens are real [problems, 1, 1, prefix]. */
  readonly prompt: Tensor;
  /** Causal within a completion [length groups, length]. */
  readonly completion: Tensor;
}

export function packedMasks(g: Graph, c: ModelConfig): PackedMasks {
  const groups = c.heads / c.kvHeads;
  return {
    prefix: g.input('prefix_mask', 'float32', [times(PREFIX, groups), PREFIX]),
    prompt: g.input('prompt_mask', 'float32', [PROBLEMS, 1, 1, PREFIX]),
    completion: g.input('completion_mask', 'float32', [times(LENGTH, groups), LENGTH]),
  };
}

export interface Heads {
  /** [problems, kvHeads, tokens, groups headDim] */
  readonly q: Tensor;
  /** [problems, kvHeads, tokens, headDim] */
  readonly k: Tensor;
  readonly v: Tensor;
}

/** Tokens of each problem as [problems, kvHeads, tokens, ...], cut into queries, keys and values. */
function headsOf(tape: Tape, c: ModelConfig, qkv: Tensor, tokens: Dim): Heads {
  const width = qkv.shape[2]!;
  const byProblem = tape.one('reshape', [qkv], { to: [PROBLEMS, tokens, c.kvHeads, width] });
  const byHead = tape.one('transpose', [byProblem], { order: [0, 2, 1, 3] });
  const sizes = [(c.heads / c.kvHeads) * c.headDim, c.headDim, c.headDim];
  const [q, k, v] = tape.apply('split', [byHead], { axis: 3, sizes }) as [Tensor, Tensor, Tensor];
  return { q, k, v };
}

/** [problems, kvHeads, tokens, groups headDim] (or a view of it) back to one row a token. */
function rowsOf(tape: Tape, c: ModelConfig, mixed: Tensor, tokens: Dim): Tensor {
  const wide = (c.heads / c.kvHeads) * c.headDim;
  const byHead = tape.one('reshape', [mixed], { to: [PROBLEMS, c.kvHeads, tokens, wide] });
  const byToken = tape.one('transpose', [byHead], { order: [0, 2, 1, 3] });
  return tape.one('reshape', [byToken], { to: [times(PROBLEMS, tokens), c.heads * c.headDim] });
}

function attendPrefix(tape: Tape, c: ModelConfig, { q, k, v }: Heads, mask: Tensor): Tensor {
  const queries = times(PREFIX, c.heads / c.kvHeads);
  const view = tape.one('reshape', [q], { to: [PROBLEMS, c.kvHeads, queries, c.headDim] });
  return tape.one('attend', [view, k, v, mask], { rows: [PROBLEMS, c.kvHeads, queries], scale: 1 / Math.sqrt(c.headDim) });
}

function attendCompletions(tape: Tape, c: ModelConfig, prompt: Heads, own: Heads, masks: PackedMasks): Tensor {
  const groups = c.heads / c.kvHeads;
  const each = times(PROBLEMS, c.kvHeads, DRAWS);
  const queries = times(LENGTH, groups);
  const together = tape.one('reshape', [own.q], { to: [PROBLEMS, c.kvHeads, times(DRAWS, queries), c.headDim] });
  const apart = (x: Tensor, rows: Dim) => tape.one('reshape', [x], { to: [each, rows, c.headDim] });
  const blocks = [
    together,
    prompt.k,
    prompt.v,
    masks.prompt,
    apart(own.q, queries),
    apart(own.k, LENGTH),
    apart(own.v, LENGTH),
    masks.completion,
  ];
  return tape.one('attend', blocks, { rows: [each, queries], scale: 1 / Math.sqrt(c.headDim) });
}

/** Is given each layer's keys and values of prefix and completions, [problems, kvHeads, tokens, headDim] each. */
export type KeepHeads = (layer: number, prefix: Heads, completions: Heads) => void;

/** Attention for packed problems. */
export const packedAttention =
  (tape: Tape, c: ModelConfig, masks: PackedMasks, keep?: KeepHeads): Attend =>
  (layer, qkv) => {
    const [left, right] = tape.apply('split', [qkv], { axis: 0, sizes: [prefixTokens, completionTokens] }) as [Tensor, Tensor];
    const prompt = headsOf(tape, c, left, PREFIX);
    const own = headsOf(tape, c, right, times(DRAWS, LENGTH));
    keep?.(layer, prompt, own);
    const prefixRows = rowsOf(tape, c, attendPrefix(tape, c, prompt, masks.prefix), PREFIX);
    const completionRows = rowsOf(tape, c, attendCompletions(tape, c, prompt, own, masks), times(DRAWS, LENGTH));
    return tape.one('concat', [prefixRows, completionRows], { axis: 0 });
  };
