// Turns problems with their completions into the arrays of one packed batch (layout.ts): a flat list of tokens without padding, and the places these
// have in the grids of attention, which alone are padded. How problems are cut into batches stands in batches.ts.
import type { ModelConfig } from './architecture.ts';
import { type GridSizes, sizesOf } from './batches.ts';
import { rotaryTables, slotsPerToken, writePosition } from './decoder.ts';
import type { Data } from './graph/program.ts';
import { type Pieces, WHOLE } from './layout.ts';

export const MASKED = -1e9;

/** What is predicted after a prompt, with the weight of each token's log-probability in the loss. */
export interface Completion {
  readonly tokens: readonly number[];
  readonly weights: readonly number[];
}

/** A prompt (at least one token) and the completions that share it. */
export interface PackedProblem {
  readonly prompt: readonly number[];
  readonly completions: readonly Completion[];
}

export interface PackedBatch {
  readonly feeds: Map<string, Data>;
  readonly bindings: Readonly<
    Record<
      | 'problems'
      | 'draws'
      | 'prefix'
      | 'prefix_piece'
      | 'length'
      | 'length_piece'
      | 'prefix_tokens'
      | 'completion_tokens'
      | 'positions'
      | 'chunk',
      number
    >
  >;
  /** Completion tokens that are predicted: rows of the head, in the order of problems and their completions. */
  readonly tokens: number;
}

/** Additive causal mask for `groups` query heads per key head: row (token, group), column token. */
export function causalMask(tokens: number, groups: number): Float32Array {
  const mask = new Float32Array(tokens * groups * tokens);
  for (let i = 0; i < tokens; i++)
    for (let g = 0; g < groups; g++) mask.fill(MASKED, (i * groups + g) * tokens + i + 1, (i * groups + g + 1) * tokens);
  return mask;
}

/** Tokens that are predicted. */
const predicted = (problems: readonly PackedProblem[]): number =>
  problems.reduce((sum, p) => sum + p.completions.reduce((n, c) => n + c.tokens.length, 0), 0);

/** Where the tokens of a batch lie in the grids, head by head: `layout.ts` says how. */
class Places {
  readonly prefix: BigInt64Array;
  readonly completion: BigInt64Array;
  readonly from: BigInt64Array;
  private readonly sizes: GridSizes;
  private readonly heads: number;

  /** All places are padding at first, which is token `nobody`; all tokens are without a place. */
  constructor(sizes: GridSizes, heads: number, tokens: number, nobody: number) {
    this.sizes = sizes;
    this.heads = heads;
    const { problems, draws, prefix, length } = sizes;
    this.prefix = new BigInt64Array(problems * heads * prefix).fill(BigInt(nobody * heads));
    this.completion = new BigInt64Array(problems * heads * draws * length).fill(BigInt(nobody * heads));
    this.from = new BigInt64Array(tokens * heads).fill(BigInt(this.prefix.length + this.completion.length));
  }

  putPrefix(token: number, problem: number, i: number): void {
    for (let h = 0; h < this.heads; h++) this.put(this.prefix, 0, (problem * this.heads + h) * this.sizes.prefix + i, token, h);
  }

  putCompletion(token: number, problem: number, draw: number, i: number): void {
    const { draws, length } = this.sizes;
    for (let h = 0; h < this.heads; h++)
      this.put(this.completion, this.prefix.length, ((problem * this.heads + h) * draws + draw) * length + i, token, h);
  }

  private put(grid: BigInt64Array, before: number, place: number, token: number, head: number): void {
    grid[place] = BigInt(token * this.heads + head);
    this.from[token * this.heads + head] = BigInt(before + place);
  }
}

export interface PackManner {
  /** Into how many the head's rows are cut (crossEntropy). */
  readonly chunks?: number;
  readonly pieces?: Pieces;
}

/** One batch. */
export function packBatch(
  c: ModelConfig,
  problems: readonly PackedProblem[],
  { chunks = 1, pieces = WHOLE }: PackManner = {},
): PackedBatch {
  const longest = sizesOf(problems);
  const piece = { prefix: Math.ceil(longest.prefix / pieces.prefix), length: Math.ceil(longest.length / pieces.length) };
  const sizes = { ...longest, prefix: piece.prefix * pieces.prefix, length: piece.length * pieces.length };
  const { prefix, length } = sizes;
  const tokens = predicted(problems);
  const nobody = problems.reduce((sum, p) => sum + p.prompt.length - 1, 0);
  const before = nobody + 1;
  const rows = Math.max(tokens, chunks); // every chunk has a row
  const ids = new BigInt64Array(before + rows);
  const positions = new BigInt64Array((before + rows) * slotsPerToken(c));
  const targets = new BigInt64Array(rows);
  const weights = new Float32Array(rows);
  const promptMask = new Float32Array(problems.length * prefix);
  const places = new Places(sizes, c.kvHeads, before + rows, nobody);
  let [known, row] = [0, 0];
  for (const [p, { prompt, completions }] of problems.entries()) {
    const last = prompt.length - 1;
    promptMask.fill(MASKED, p * prefix + last, (p + 1) * prefix);
    for (let i = 0; i < last; i++, known++) {
      ids[known] = BigInt(prompt[i]!);
      writePosition(positions, known, c, i);
      places.putPrefix(known, p, i);
    }
    for (const [d, completion] of completions.entries())
      for (const [i, token] of completion.tokens.entries()) {
        ids[before + row] = BigInt(i === 0 ? prompt[last]! : completion.tokens[i - 1]!);
        targets[row] = BigInt(token);
        weights[row] = completion.weights[i]!;
        writePosition(positions, before + row, c, last + i);
        places.putCompletion(before + row, p, d, i);
        row++;
      }
  }
  const groups = c.heads / c.kvHeads;
  const tables = rotaryTables(c, prefix + length + 1);
  return {
    feeds: new Map<string, Data>([
      ['ids', ids],
      ['positions', positions],
      ['targets', targets],
      ['weights', weights],
      ['prefix_places', places.prefix],
      ['completion_places', places.completion],
      ['token_places', places.from],
      ['prompt_mask', promptMask],
      ['prefix_mask', causalMask(piece.prefix, groups)],
      ['completion_mask', causalMask(piece.length, groups)],
      ['cos', tables.cos],
      ['sin', tables.sin],
    ]),
    bindings: {
      ...sizes,
      prefix_piece: piece.prefix,
      length_piece: piece.length,
      prefix_tokens: before,
      completion_tokens: rows,
      positions: tables.positions,
      chunk: Math.floor(rows / chunks),
    },
    tokens,
  };
}
