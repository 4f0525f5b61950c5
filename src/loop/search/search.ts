// Step-level tree search for a wave of problems (the E-step of expert iteration). The trees advance in lock step: in every round each problem that
// is not done asks for a few rollouts, all of them go to the policy in ONE call, the verdict on where each ended goes back up its tree. So the
// engine is as full as with plain sampling. A rollout is a whole solution: it becomes a sample like any other, and what it was sampled behind is
// counted in `prefix_tokens`. A solution that was found before counts as a visit without a value: looking there again brings nothing new.
import type { Generation, SampleRequest } from '../../policy/policy.ts';
import { seedOf } from '../../random.ts';
import type { Problem } from '../../tasks/task.ts';
import { rewardOf, type Verdict } from '../../verifiers/verdict.ts';
import { nextStarts, pay, type Search, type SearchSettings, type Start } from './budget.ts';
import { backUp, forgetVisit, grow, newTree, pathOf } from './tree.ts';

/** A solution that a rollout came to, whole: ids and log-probabilities from the prompt's end, its prefix included. */
export interface Found {
  readonly seed: number;
  readonly generation: Generation;
  readonly verdict: Verdict;
  /** How many of the first tokens an earlier rollout had sampled. */
  readonly prefixTokens: number;
}

export interface SearchTools {
  /** What the seeds are made of: run seed, phase, iteration. */
  readonly seedParts: readonly (string | number)[];
  readonly maxTokens: number;
  request(problem: Problem): Pick<SampleRequest, 'id' | 'prompt'>;
  sample(requests: readonly SampleRequest[]): Promise<Generation[][]>;
  judge(problem: Problem, generation: Generation): Promise<Verdict>;
}

interface Asked {
  readonly start: Start;
  readonly request: SampleRequest;
}

interface Under extends Search {
  readonly problem: Problem;
  readonly found: Found[];
}

/** Searches all `problems`; the solutions found, [problem][in the order of their seeds]. */
export async function searchAll(problems: readonly Problem[], settings: SearchSettings, tools: SearchTools): Promise<Found[][]> {
  const searches = problems.map((problem): Under => ({ problem, root: newTree(), budget: null, spent: 0, found: [] }));
  for (let open = searches; open.length > 0; ) {
    const asked = open.map(search => ({ search, all: askOf(search, settings, tools) })).filter(({ all }) => all.length > 0);
    if (asked.length === 0) break;
    const generations = await tools.sample(asked.flatMap(({ all }) => all.map(({ request }) => request)));
    let at = 0;
    for (const { search, all } of asked) {
      await takeBack(search, settings, tools, all, generations.slice(at, at + all.length).flat());
      at += all.length;
    }
    open = asked.map(({ search }) => search);
  }
  return searches.map(({ found }) => found);
}

/** One request a rollout: each has a limit of its own. */
function askOf(search: Under, settings: SearchSettings, { seedParts, maxTokens, request }: SearchTools): Asked[] {
  return nextStarts(search, settings, maxTokens).map((start, i) => {
    const prefix = pathOf(start.from).flatMap(node => node.tokens);
    const seed = seedOf(...seedParts, search.problem.id, search.found.length + i);
    return { start, request: { ...request(search.problem), seeds: [seed], maxTokens: start.limit, ...(prefix.length > 0 && { prefix }) } };
  });
}

async function takeBack(
  search: Under,
  settings: SearchSettings,
  tools: SearchTools,
  asked: readonly Asked[],
  generations: readonly Generation[],
): Promise<void> {
  const verdicts = await Promise.all(generations.map(generation => tools.judge(search.problem, generation)));
  pay(
    search,
    settings,
    generations.map(generation => generation.tokens.length),
  );
  for (const [i, { start, request }] of asked.entries()) {
    const [generation, verdict] = [generations[i]!, verdicts[i]!];
    const { end, isNew } = grow(start.from, { ...generation, steps: generation.steps ?? [generation.tokens.length] });
    const value = rewardOf(verdict);
    if (value === null) forgetVisit(end);
    else backUp(end, isNew ? value : 0);
    const before = pathOf(start.from);
    search.found.push({
      seed: request.seeds[0]!,
      verdict,
      prefixTokens: start.from.depth,
      generation: {
        ...generation,
        tokens: [...before.flatMap(node => node.tokens), ...generation.tokens],
        logprobs: [...before.flatMap(node => node.logprobs), ...generation.logprobs],
      },
    });
  }
}
