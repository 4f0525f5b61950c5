// What the search of one problem may still sample. The budget is in generated tokens and equals N samples of the plain method: the first
// rollouts begin at the prompt, so they ARE samples of the plain method; the budget is N times their mean length, and they are paid from it.
// Every rollout has a limit of its own that lies within what is left, so the budget is never exceeded, and none is begun with less than rollouts
// from its node have needed so far on average. A part of the budget smaller than that stays unused.
import { isOpen, type Node, select, tokensAhead, unselect } from './tree.ts';

export interface SearchSettings {
  /** N: the budget is what so many samples would take. */
  readonly samplesPerProblem: number;
  /** Rollouts of a problem asked for together. */
  readonly expansions: number;
  /** c of PUCT. */
  readonly exploration: number;
}

/** The search of one problem. */
export interface Search {
  readonly root: Node;
  /** null before the first rollouts have come back. */
  budget: number | null;
  spent: number;
}

/** A rollout to ask for: where it begins and how many tokens it may have. */
export interface Start {
  readonly from: Node;
  readonly limit: number;
}

/** The rollouts to ask for next; none: the search is over. `maxTokens`: the longest completion. */
export function nextStarts(search: Search, settings: SearchSettings, maxTokens: number): Start[] {
  const { samplesPerProblem, expansions, exploration } = settings;
  const { root, budget, spent } = search;
  if (budget === null) return firstStarts(root, Math.min(expansions, samplesPerProblem), exploration, maxTokens);
  const starts: Start[] = [];
  let left = budget - spent;
  while (starts.length < expansions && left > 0 && isOpen(root)) {
    const from = select(root, exploration);
    if (left < (tokensAhead(from) ?? 1)) {
      unselect(from);
      break;
    }
    const limit = Math.min(maxTokens - from.depth, left);
    starts.push({ from, limit });
    left -= limit;
  }
  return starts;
}

const firstStarts = (root: Node, count: number, exploration: number, maxTokens: number): Start[] =>
  Array.from({ length: count }, () => ({ from: select(root, exploration), limit: maxTokens }));

/** Pays for rollouts that came back, a token each at least (or a policy that says nothing would be asked for ever); the first ones set the budget. */
export function pay(search: Search, { samplesPerProblem }: SearchSettings, lengths: readonly number[]): void {
  const tokens = lengths.reduce((sum, length) => sum + Math.max(1, length), 0);
  search.budget ??= Math.floor((samplesPerProblem * tokens) / lengths.length);
  search.spent += tokens;
}
