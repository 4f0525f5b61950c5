// What every comparison carries: the conventions, and the two things said about the last comparison: how it was decided, and by which convention.
import type { Conventions } from '../conventions.ts';

export interface Context {
  readonly conventions: Conventions;
  /** How the answer was found equal or different, for the reason of the verdict. */
  how: string;
  /** Comparisons of expressions left; so that two long lists cannot ask for a million. */
  left: number;
}

export const MOST_COMPARISONS = 400;

/** Notes how a comparison was decided, and gives its result. */
export function decided(context: Context, result: boolean, how: string): boolean {
  context.how = how;
  return result;
}
