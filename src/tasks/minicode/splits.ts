// The problems of minicode: fixed for ever by two seeds, levels (steps of the program) in turn, from the quarter of all descriptions that the
// pre-training text leaves out. No description is in both splits.
import { rngOf, seedOf } from '../../random.ts';
import { isReserved } from '../reserve.ts';
import type { Split } from '../task.ts';
import { describe, makeProgram, type Program } from './program.ts';
import { testsOf } from './tests.ts';

export const sizes: Record<Split, number> = { test: 300, train: 600 };

/** There are only some hundred and fifty reserved programs of one step. */
const levels = [1, 2, 3, 2, 3, 2] as const;

export const testCounts = { graded: 10, heldOut: 40 } as const;

/** Programs that give nearly always the same ("keep the odd numbers, keep the even numbers") are no problems: a constant would pass their tests. */
export function isWorthAsking(program: Program): boolean {
  const graded = testsOf(program, 'graded', testCounts.graded);
  const heldOut = testsOf(program, 'held out', testCounts.heldOut);
  const results = new Set(graded.map(({ result }) => JSON.stringify(result)));
  return graded.length === testCounts.graded && heldOut.length === testCounts.heldOut && results.size >= 3;
}

export const stepsOf = (program: Program): number => program.calls.length - 1;

function draw(split: Split, taken: Set<string>): Program[] {
  const rng = rngOf(seedOf('minicode', split));
  const programs: Program[] = [];
  while (programs.length < sizes[split]) {
    const program = makeProgram(rng, levels[programs.length % levels.length]);
    const description = describe(program);
    if (!isReserved(description) || taken.has(description)) continue;
    taken.add(description);
    if (!isWorthAsking(program)) continue;
    programs.push(program);
  }
  return programs;
}

export function makeSplits(): Readonly<Record<Split, readonly Program[]>> {
  const taken = new Set<string>();
  const test = draw('test', taken);
  return { test, train: draw('train', taken) };
}
