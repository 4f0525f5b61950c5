// The human solution: what SFT trains on. Brief in WORDS, not in arithmetic: no names, no units, no restating, but every operation its own
// equation, in the order of the story. (A style with two operations in one step is beyond a small model and would make the comparison unfair.)
import { rngOf } from '../../random.ts';
import { planOf } from './plan.ts';
import type { Story } from './problem.ts';
import { writeSolution } from './solution.ts';

/** The one human solution of a story. */
export const humanSolution = (story: Story): string => writeSolution(story, planOf(story), 'brief', rngOf(0));
