// The people who wrote the pre-training solutions. An author misreads each phrase by chance as misreadings.ts has it, slips in 3 % of the
// equations, and writes in one of the wordy styles or, seldom, in the brief one of the human solutions.
import { pick, type Rng } from '../../src/random.ts';
import { phraseOf } from '../../src/tasks/minimath/phrases.ts';
import { type Plan, planOf } from '../../src/tasks/minimath/plan.ts';
import type { Event, Story } from '../../src/tasks/minimath/problem.ts';
import { arithmetic, type Compute, equationsOf, type Reading } from '../../src/tasks/minimath/readings.ts';
import { type Style, wordyStyles, writeSolution } from '../../src/tasks/minimath/solution.ts';
import { draw } from './document.ts';
import { misreadings } from './misreadings.ts';

export const habits = { slip: 0.03, brief: 0.1, regroup: 0.15, split: 0.15 } as const;

/** What the author takes a phrase to mean. A misreading that would leave the world's numbers is not made. */
export function readPhrase(event: Event, rng: Rng): Reading {
  const truth = phraseOf(event.phrase).reading;
  const reading = draw(misreadings[event.phrase], truth, rng);
  return equationsOf(reading, event.operands).every(e => e.value <= 999) ? reading : truth;
}

/** School arithmetic without fractions and debts: the smaller is taken from the larger, the rest of a division is dropped. */
const whole: Compute = (left, operator, right) => Math.floor(Math.abs(arithmetic(left, operator, right)));

/** A slip is off by one, two or ten, either way. */
const slipping =
  (rng: Rng): Compute =>
  (left, operator, right) => {
    const value = whole(left, operator, right);
    return rng.next() < habits.slip ? Math.abs(value + pick([-10, -2, -1, 1, 2, 10], rng)) : value;
  };

export interface Authored {
  readonly plan: Plan;
  readonly style: Style;
  readonly text: string;
}

/** One author's solution of a story, right or not. */
export function author(story: Story, rng: Rng): Authored {
  const style = rng.next() < habits.brief ? 'brief' : pick(wordyStyles, rng);
  const isBrief = style === 'brief';
  const plan = planOf(story, {
    read: event => readPhrase(event, rng),
    regroup: () => !isBrief && rng.next() < habits.regroup,
    split: () => !isBrief && rng.next() < habits.split,
    compute: slipping(rng),
  });
  return { plan, style, text: writeSolution(story, plan, style, rng) };
}
