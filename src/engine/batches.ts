// A step's problems, cut into batches of bounded size. A pure function of its input: the same rows give the same batches, so the same bytes.
import type { Completion, PackedProblem } from './packing.ts';

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

/** Query-key pairs, and padded places of attention, that weigh as much as one token does. */
interface Weights {
  readonly pairs: number;
  readonly places: number;
}
/** In what the gradient keeps (135 M, measured: 560 pairs). */
const MEMORY: Weights = { pairs: 600, places: 6 };
/** In time (135 M: 2,000 to 2,600 pairs). */
const TIME: Weights = { pairs: 2048, places: 16 };
/** What a call costs in time besides its tokens: gradients of all weights are added up once a call, and few rows are slower (135 M: 30 to 50). */
const CALL = 40;

function weigh(tokens: number, { problems, draws, prefix, length }: GridSizes, weights: Weights): number {
  const places = problems * (prefix + draws * length);
  const pairs = problems * (prefix ** 2 + draws * length * (prefix + length));
  return tokens + Math.max(0, places - tokens) / weights.places + pairs / weights.pairs;
}

/** What a batch weighs in memory, in tokens. */
export const loadOf = (tokens: number, sizes: GridSizes): number => weigh(tokens, sizes, MEMORY);

/** How long a batch takes, in tokens. */
const costOf = (tokens: number, sizes: GridSizes): number => weigh(tokens, sizes, TIME) + CALL;

/** A problem's completions, one by one: the shortest first. */
const alone = ({ prompt, completions }: PackedProblem): PackedProblem[] =>
  completions.toSorted((a, b) => a.tokens.length - b.tokens.length).map(completion => ({ prompt, completions: [completion] }));

/**
 * Cuts problems into batches of at most `maxTokens` (`loadOf`), so that all together cost least among all cuts of their completions in order of the
 * problems' sizes. A cut through a problem costs its prompt once more. Only a completion that is alone may weigh more. The order given is not kept.
 */
export function batchesOf(problems: readonly PackedProblem[], maxTokens: number): PackedProblem[][] {
  const sorted = problems
    .map(problem => ({ problem, ...sizesOf([problem]) }))
    .sort((a, b) => a.draws - b.draws || a.length - b.length || a.prefix - b.prefix);
  const items = sorted.flatMap(({ problem }) =>
    alone(problem).map(item => ({ problem, item, tokens: tokensOf(item), ...sizesOf([item]) })),
  );
  // best[j]: least cost of the first j items; from[j]: where their last batch begins
  const best = [0];
  const from = [0];
  for (let j = 1; j <= items.length; j++) {
    let [problemCount, tokens, draws, prefix, length, drawn] = [0, 0, 0, 0, 0, 0];
    best[j] = Number.POSITIVE_INFINITY;
    for (let i = j - 1; i >= 0; i--) {
      const next = items[i]!;
      const isOther = i === j - 1 || next.problem !== items[i + 1]!.problem;
      problemCount += isOther ? 1 : 0;
      drawn = isOther ? 1 : drawn + 1;
      tokens += isOther ? next.tokens : next.tokens - (next.problem.prompt.length - 1);
      draws = Math.max(draws, drawn);
      prefix = Math.max(prefix, next.prefix);
      length = Math.max(length, next.length);
      const sizes = { problems: problemCount, draws, prefix, length };
      if (loadOf(tokens, sizes) > maxTokens && i < j - 1) break;
      const cost = best[i]! + costOf(tokens, sizes);
      if (cost >= best[j]!) continue;
      best[j] = cost;
      from[j] = i;
    }
  }
  const batches: PackedProblem[][] = [];
  for (let end = items.length; end > 0; end = from[end]!) batches.unshift(together(items.slice(from[end], end)));
  return batches;
}

/** The problems of single completions that stand side by side; a problem that is whole is the very one that was given. */
function together(items: readonly { readonly problem: PackedProblem; readonly item: PackedProblem }[]): PackedProblem[] {
  const parts = new Map<PackedProblem, Completion[]>();
  for (const { problem, item } of items) parts.set(problem, [...(parts.get(problem) ?? []), ...item.completions]);
  return [...parts].map(([problem, completions]) =>
    completions.length === problem.completions.length ? problem : { prompt: problem.prompt, completions },
  );
}
