// A step's problems, cut into batches of bounded size. A pure function of its input: the same rows give the same batches, so the same bytes.
import type { PackedProblem } from './packing.ts';

/** The sizes that attention pads a batch of these problems to. A prompt of one token leaves one masked prefix token. */
export interface GridSizes {
  readonly problems: number;
  readonly draws: number;
  readonly prefix: number;
  readonly length: number;
}

export function sizesOf(problems: readonly PackedProblem[]): GridSizes {
  return {
    problems: problems.length,
    draws: Math.max(...problems.map(p => p.completions.length)),
    prefix: Math.max(1, ...problems.map(p => p.prompt.length - 1)),
    length: Math.max(1, ...problems.flatMap(p => p.completions.map(c => c.tokens.length))),
  };
}

/** Tokens that go through the model: of the prompt all but the last, which begins every completion. */
export const tokensOf = ({ prompt, completions }: PackedProblem): number =>
  prompt.length - 1 + completions.reduce((sum, c) => sum + c.tokens.length, 0);

/** Query-key pairs that weigh as much as one token in the linear layers, in time and in memory (135 M: 900 and 1,280; 5 M: 440 and 1,460). */
const PAIRS = 1024;
/** Padded places of attention that hold as much as one token does. */
const PLACES = 6;

/** What a batch weighs, in tokens: memory that the gradient keeps, and about the time it takes. */
export function loadOf(tokens: number, { problems, draws, prefix, length }: GridSizes): number {
  const places = problems * (prefix + draws * length);
  const pairs = problems * (prefix ** 2 + draws * length * (prefix + length));
  return tokens + Math.max(0, places - tokens) / PLACES + pairs / PAIRS;
}

/** What a call costs besides its tokens, in tokens: gradients of all weights are added up once a call (measured: 50 to 160). */
const CALL = 64;

/**
 * Cuts problems into batches of at most `maxTokens` (`loadOf`) where a single problem fits that, so that all together cost least among all cuts of
 * the problems in order of their sizes. The order given is not kept.
 */
export function batchesOf(problems: readonly PackedProblem[], maxTokens: number): PackedProblem[][] {
  const sorted = problems
    .map(problem => ({ problem, tokens: tokensOf(problem), ...sizesOf([problem]) }))
    .sort((a, b) => a.draws - b.draws || a.length - b.length || a.prefix - b.prefix);
  // best[j]: least cost of the first j problems; from[j]: where their last batch begins
  const best = [0];
  const from = [0];
  for (let j = 1; j <= sorted.length; j++) {
    let [tokens, draws, prefix, length] = [0, 0, 0, 0];
    best[j] = Number.POSITIVE_INFINITY;
    for (let i = j - 1; i >= 0; i--) {
      const next = sorted[i]!;
      tokens += next.tokens;
      draws = Math.max(draws, next.draws);
      prefix = Math.max(prefix, next.prefix);
      length = Math.max(length, next.length);
      const load = loadOf(tokens, { problems: j - i, draws, prefix, length });
      if (load > maxTokens && i < j - 1) break;
      const cost = best[i]! + load + CALL;
      if (cost >= best[j]!) continue;
      best[j] = cost;
      from[j] = i;
    }
  }
  const batches: PackedProblem[][] = [];
  for (let end = sorted.length; end > 0; end = from[end]!) batches.unshift(sorted.slice(from[end], end).map(s => s.problem));
  return batches;
}
