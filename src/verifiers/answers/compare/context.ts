// What every comparison carries: the conventions, and the two things said about the last comparison: how it was decided, and by which convention.
import { type Budget, budgetOf } from '../budget.ts';
import type { Conventions } from '../conventions.ts';

export interface Context {
  readonly conventions: Conventions;
  /** How the answer was found equal or different, for the reason of the verdict. */
  how: string;
  /** Comparisons of expressions left, so that two long lists cannot ask for a million, and steps left for all of them. */
  left: number;
  readonly budget: Budget;
}

const MOST_COMPARISONS = 1000;
const MOST_STEPS = 6000;

export const contextOf = (conventions: Conventions): Context => ({
  conventions,
  how: '',
  left: MOST_COMPARISONS,
  budget: budgetOf(MOST_STEPS),
});

/** Notes how a comparison was decided, and gives its result. */
export function decided(context: Context, result: boolean, how: string): boolean {
  context.how = how;
  return result;
}
