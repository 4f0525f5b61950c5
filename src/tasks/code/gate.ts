// What is wrong with an imported problem before any program is run, and the stricter limits its reference has to keep: a problem with two tests,
// or whose tests all expect the same, rewards programs that know nothing; a reference near the limits makes rewards depend on the machine's load.
import { DEFAULT_LIMITS, type Limits } from '../../sandbox/backend.ts';
import type { CodeTests } from '../../verifiers/code/request.ts';
import type { CodeProblem } from './problem.ts';

const FEWEST_TESTS = 3;

/** One phrase a flaw. */
export function flawsOf({ tests, programs }: CodeProblem): string[] {
  const none = programs.length === 0 ? ['no reference program'] : [];
  const expected = expectedIn(tests);
  if (expected === null) return none;
  const count = expected.length;
  return [
    ...none,
    ...(count < FEWEST_TESTS ? [`${count === 1 ? 'one test' : `${count} tests`}, fewer than ${FEWEST_TESTS}`] : []),
    ...(count > 1 && expected.every(text => text !== null && text === expected[0]) ? ['every test expects the same'] : []),
  ];
}

/** What each test expects, null where an assert does not say it with ==; null for tests in a loop, which no text counts. */
function expectedIn(tests: CodeTests): (string | null)[] | null {
  if (tests.mode === 'stdio') return tests.tests.map(({ output }) => output.trim());
  if (tests.mode === 'call') return tests.tests.map(({ result }) => JSON.stringify(result));
  const lines = tests.asserts.flatMap(text => text.split('\n'));
  if (lines.some(line => /^\s*(for|while)\b/.test(line))) return null;
  return lines.filter(line => /\bassert\b/.test(line)).map(line => /==\s*([^=]+)$/.exec(line)?.[1]?.trim() ?? null);
}

/** Half of what a candidate has. */
export function halfLimits(limits: Partial<Limits> = {}): Limits {
  const { cpuSeconds, wallSeconds, memoryBytes } = { ...DEFAULT_LIMITS, ...limits };
  return { cpuSeconds: cpuSeconds / 2, wallSeconds: wallSeconds / 2, memoryBytes: Math.floor(memoryBytes / 2) };
}
