// What is wrong with an imported problem before any program is run, and the stricter limits its reference has to keep: a problem with two tests,
// or whose tests all expect the same, rewards programs that know nothing; a reference near the limits makes rewards depend on the machine's load.
import { DEFAULT_LIMITS, type Limits } from '../../sandbox/backend.ts';
import type { CodeTests } from '../../verifiers/code/request.ts';
import type { CodeProblem } from './problem.ts';

const FEWEST_TESTS = 3;

/** One phrase a flaw. */
export function flawsOf({ tests, programs }: CodeProblem): string[] {
  const count = checksIn(tests);
  const expected = expectedIn(tests);
  return [
    ...(programs.length === 0 ? ['no reference program'] : []),
    ...(count < FEWEST_TESTS ? [`${count === 1 ? 'one test' : `${count} tests`}, fewer than ${FEWEST_TESTS}`] : []),
    ...(expected !== null && new Set(expected).size < 2 ? ['every test expects the same'] : []),
  ];
}

/** Tests, or, where they are written as asserts, how many of these there are. */
const checksIn = (tests: CodeTests): number =>
  tests.mode === 'assert' ? Math.max(tests.asserts.length, tests.asserts.join('\n').match(/\bassert\b/g)?.length ?? 0) : tests.tests.length;

/** What each test expects; null where asserts do not all say it with ==. */
function expectedIn(tests: CodeTests): string[] | null {
  if (tests.mode === 'stdio') return tests.tests.map(({ output }) => output.trim());
  if (tests.mode === 'call') return tests.tests.map(({ result }) => JSON.stringify(result));
  const checks = tests.asserts.flatMap(text => text.split('\n')).filter(line => /\bassert\b/.test(line));
  const sides = checks.map(line => /==\s*([^=]+)$/.exec(line)?.[1]?.trim());
  return sides.every(side => side !== undefined) && checks.length > 0 ? (sides as string[]) : null;
}

/** Half of what a candidate has. */
export function halfLimits(limits: Partial<Limits> = {}): Limits {
  const { cpuSeconds, wallSeconds, memoryBytes } = { ...DEFAULT_LIMITS, ...limits };
  return { cpuSeconds: cpuSeconds / 2, wallSeconds: wallSeconds / 2, memoryBytes: Math.floor(memoryBytes / 2) };
}
