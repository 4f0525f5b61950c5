// A problem's tests, parted: those that rewards come from, and those that none ever does, so that an audit can tell a solution from a program that
// fits the tests it was rewarded by. The parting depends on the problem's id alone. One test at least stays on either side; a single test is not parted.
import { rngOf, seedOf, shuffled } from '../../random.ts';
import type { CodeTests } from '../../verifiers/code/request.ts';
import { type CodeProblem, countTests } from './problem.ts';

/** The problem with `share` of its tests (0 to 1) held out. */
export function withHeldOut(problem: CodeProblem, share: number): CodeProblem {
  const total = countTests(problem.tests);
  if (share === 0 || total < 2) return problem;
  const held = Math.min(total - 1, Math.max(1, Math.round(share * total)));
  const order = shuffled([...Array(total).keys()], rngOf(seedOf('held-out tests', problem.id)));
  const isHeld = new Set(order.slice(0, held));
  return {
    ...problem,
    tests: only(problem.tests, i => !isHeld.has(i)),
    heldOut: joined(
      only(problem.tests, i => isHeld.has(i)),
      problem.heldOut,
    ),
  };
}

/** The tests whose index is wanted, in their order. */
export const only = (tests: CodeTests, isWanted: (index: number) => boolean): CodeTests =>
  tests.mode === 'assert'
    ? { ...tests, asserts: tests.asserts.filter((_, i) => isWanted(i)) }
    : ({ ...tests, tests: tests.tests.filter((_, i) => isWanted(i)) } as CodeTests);

/** Both, where they are of one mode; a set has its own held-out tests only as asserts. */
const joined = (tests: CodeTests, more: CodeTests | undefined): CodeTests =>
  tests.mode === 'assert' && more?.mode === 'assert' ? { ...tests, asserts: [...tests.asserts, ...more.asserts] } : tests;
