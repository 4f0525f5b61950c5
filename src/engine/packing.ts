// Turns problems with their completions into the arrays of one packed batch (layout.ts), and a step's problems into batches of bounded size.
import type { ModelConfig } from './architecture.ts';
import { rotaryTables, slotsPerToken, writePosition } from './decoder.ts';
import type { Data } from './graph/program.ts';

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
  readonly bindings: Readonly<Record<'problems' | 'draws' | 'prefix' | 'length' | 'positions' | 'chunk', number>>;
  /** Completion tokens that are real. */
  readonly tokens: number;
}

/** Additive causal mask for `groups` query heads per key head: row (token, group), column token. */
export function causalMask(tokens: number, groups: number): Float32Array {
  const mask = new Float32Array(tokens * groups * tokens);
  for (let i = 0; i < tokens; i++)
    for (let g = 0; g < groups; g++) mask.fill(MASKED, (i * groups + g) * tokens + i + 1, (i * groups + g + 1) * tokens);
  return mask;
}

/** The sizes a batch of these problems is padded to. A prompt of one token leaves one masked prefix token. */
export function sizesOf(problems: readonly PackedProblem[]): { draws: number; prefix: number; length: number } {
  return {
    draws: Math.max(...problems.map(p => p.completions.length)),
    prefix: Math.max(1, ...problems.map(p => p.prompt.length - 1)),
    length: Math.max(1, ...problems.flatMap(p => p.completions.map(c => c.tokens.length))),
  };
}

/** One batch. `chunks`: pieces the head's rows are cut into (crossEntropy). */
export function packBatch(c: ModelConfig, problems: readonly PackedProblem[], chunks = 1): PackedBatch {
  const { draws, prefix, length: longest } = sizesOf(problems);
  const length = Math.max(longest, Math.ceil(chunks / (problems.length * draws)));
  const before = problems.length * prefix;
  const rows = problems.length * draws * length;
  const ids = new BigInt64Array(before + rows);
  const positions = new BigInt64Array((before + rows) * slotsPerToken(c));
  const targets = new BigInt64Array(rows);
  const weights = new Float32Array(rows);
  const promptMask = new Float32Array(before);
  let tokens = 0;
  for (const [p, problem] of problems.entries()) {
    const known = problem.prompt.length - 1;
    for (let i = 0; i < prefix; i++) {
      if (i < known) ids[p * prefix + i] = BigInt(problem.prompt[i]!);
      else promptMask[p * prefix + i] = MASKED;
      writePosition(positions, p * prefix + i, c, i);
    }
    for (let d = 0; d < draws; d++) {
      const completion = problem.completions[d];
      const count = completion?.tokens.length ?? 0;
      tokens += count;
      for (let i = 0; i < length; i++) {
        const row = (p * draws + d) * length + i;
        writePosition(positions, before + row, c, known + i);
        if (i === 0) ids[before + row] = BigInt(problem.prompt[known]!);
        if (i >= count) continue;
        const token = BigInt(completion!.tokens[i]!);
        targets[row] = token;
        weights[row] = completion!.weights[i]!;
        if (i + 1 < count) ids[before + row + 1] = token;
      }
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
      ['prompt_mask', promptMask],
      ['prefix_mask', causalMask(prefix, groups)],
      ['completion_mask', causalMask(length, groups)],
      ['cos', tables.cos],
      ['sin', tables.sin],
    ]),
    bindings: { problems: problems.length, draws, prefix, length, positions: tables.positions, chunk: Math.floor(rows / chunks) },
    tokens,
  };
}

/** What a call costs besides its tokens, in tokens: gradients of all weights are added up once a call (measured: 50 to 160). */
const CALL = 64;

/**
 * Cuts problems into batches, at most `maxTokens` padded tokens each where a single problem fits that, so that padding and calls together cost
 * least among all cuts of the problems in order of their sizes. The order given is not kept.
 */
export function batchesOf(problems: readonly PackedProblem[], maxTokens: number): PackedProblem[][] {
  const size = (p: PackedProblem) => sizesOf([p]);
  const sorted = problems
    .map(problem => ({ problem, ...size(problem) }))
    .sort((a, b) => a.draws - b.draws || a.length - b.length || a.prefix - b.prefix);
  // best[j]: least cost of the first j problems; from[j]: where their last batch begins
  const best = [0];
  const from = [0];
  for (let j = 1; j <= sorted.length; j++) {
    let [draws, prefix, length] = [0, 0, 0];
    best[j] = Number.POSITIVE_INFINITY;
    for (let i = j - 1; i >= 0; i--) {
      const next = sorted[i]!;
      draws = Math.max(draws, next.draws);
      prefix = Math.max(prefix, next.prefix);
      length = Math.max(length, next.length);
      const padded = (j - i) * (prefix + draws * length);
      if (padded > maxTokens && i < j - 1) break;
      const cost = best[i]! + padded + CALL;
      if (cost >= best[j]!) continue;
      best[j] = cost;
      from[j] = i;
    }
  }
  const batches: PackedProblem[][] = [];
  for (let end = sorted.length; end > 0; end = from[end]!) batches.unshift(sorted.slice(from[end], end).map(s => s.problem));
  return batches;
}
