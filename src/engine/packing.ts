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

/** Tokens a batch of these problems takes, padding included. */
function paddedTokens(problems: readonly PackedProblem[]): number {
  const { draws, prefix, length } = sizesOf(problems);
  return problems.length * (prefix + draws * length);
}

const realTokens = (problems: readonly PackedProblem[]): number =>
  problems.reduce((sum, p) => sum + p.prompt.length - 1 + p.completions.reduce((n, x) => n + x.tokens.length, 0), 0);

/** Padding worth taking rather than paying for another call. */
const WASTE = 1.25;

/** Cuts problems into batches of like sizes, at most `maxTokens` padded tokens each where a single problem fits that. Order is not kept. */
export function batchesOf(problems: readonly PackedProblem[], maxTokens: number): PackedProblem[][] {
  const size = (p: PackedProblem) => [p.completions.length, Math.max(...p.completions.map(x => x.tokens.length)), p.prompt.length] as const;
  const sorted = [...problems].sort((a, b) => {
    const [sa, sb] = [size(a), size(b)];
    return sa[0] - sb[0] || sa[1] - sb[1] || sa[2] - sb[2];
  });
  const batches: PackedProblem[][] = [];
  for (const problem of sorted) {
    const last = batches.at(-1);
    const joined = last ? [...last, problem] : [problem];
    const padded = paddedTokens(joined);
    const fits = padded <= maxTokens && (padded <= WASTE * realTokens(joined) || padded <= SMALL);
    if (last && fits) last.push(problem);
    else batches.push([problem]);
  }
  return batches;
}

/** Below this many tokens a call costs more than its padding. */
const SMALL = 256;
