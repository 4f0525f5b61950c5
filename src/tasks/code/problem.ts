// A problem that tests decide: any task of programs (HumanEval, MBPP, APPS, the user's own, minicode) makes these, and everything else about
// programs (judging, held-out tests, the gate) is shared. The tests are part of the problem, so a run's hash of its data covers them.
import type { Language, Limits } from '../../sandbox/backend.ts';
import type { CodeTests, Comparison } from '../../verifiers/code/request.ts';
import type { Problem } from '../task.ts';

export interface CodeProblem extends Problem {
  readonly language: Language;
  /** What a reward comes from. */
  readonly tests: CodeTests;
  /** What no reward ever comes from: the audit's. */
  readonly heldOut?: CodeTests;
  readonly compare?: Comparison;
  readonly limits?: Partial<Limits>;
  /** Programs that solve the problem, as far as the data says. */
  readonly programs: readonly string[];
}

/** How many tests there are. */
export const countTests = (tests: CodeTests): number => (tests.mode === 'assert' ? tests.asserts.length : tests.tests.length);
