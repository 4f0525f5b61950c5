// Work is counted, not timed: every loop whose length a text decides spends steps, and a text that asks for more than there are is given up on.
// So a hostile answer costs a bounded time on any machine, and the same answer gets the same verdict everywhere. Nothing outside this
// folder ever sees OverBudget: whoever hands out a budget catches it.

/** Thrown when the steps are used up, or a number grows too long. */
export class OverBudget extends Error {}

export interface Budget {
  steps: number;
}

/** Steps for one comparison: about 10 ms of the slowest kind. */
export const budgetOf = (steps: number): Budget => ({ steps });

export function spend(budget: Budget, steps = 1): void {
  budget.steps -= steps;
  if (budget.steps < 0) throw new OverBudget('out of steps');
}

/** What `work` gives, or `otherwise` when it costs more than its budget. */
export function within<T, U>(otherwise: U, work: () => T): T | U {
  try {
    return work();
  } catch (error) {
    if (error instanceof OverBudget) return otherwise;
    throw error;
  }
}
