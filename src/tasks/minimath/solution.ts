// A plan in words. The table of styles is the several ways in which people write the same equations down; `brief` is the style of the human
// solutions (human.ts), which the pre-training text holds but rarely. Every solution ends with the answer line that verdicts read.
import type { Rng } from '../../random.ts';
import type { Plan, PlanStep } from './plan.ts';
import { fill, type Story } from './problem.ts';
import type { Equation } from './readings.ts';

interface Wordings {
  /** Before the first equation. */
  readonly opening: readonly string[];
  /** A new count: {e} the equation, {N} who has the things, {P} the pronoun, {t} the things. */
  readonly count: readonly string[];
  /** A part on the way to it. */
  readonly part: readonly string[];
  /** The first sentence with an equation, where it differs. */
  readonly start?: readonly string[];
  readonly between: string;
}

export const styles = {
  story: {
    opening: [''],
    count: ['{N} has {e} {t}.', '{P} has {e} {t}.', 'Now {N} has {e} {t}.'],
    part: ['That makes {e} {t}.'],
    between: ' ',
  },
  order: { opening: [''], start: ['First {e}.'], count: ['Then {e}.', 'Next {e}.'], part: ['Then {e}.', 'The part is {e}.'], between: ' ' },
  start: {
    opening: ['Start with {s}. ', 'At first {s}. '],
    count: ['Now {e}.', 'So {e}.', 'So now {e}.'],
    part: ['The part is {e}.'],
    between: ' ',
  },
  things: {
    opening: ['', 'At first {s} {t}. '],
    count: ['Now {e} {t}.', '{e} {t} now.'],
    part: ['That makes {e}.', 'These are {e}.'],
    between: ' ',
  },
  brief: { opening: [''], count: ['{e}'], part: ['{e}'], between: ', ' },
} as const satisfies Record<string, Wordings>;

export type Style = keyof typeof styles;

/** The styles of everyday text: all but the human one. */
export const wordyStyles: readonly Style[] = ['story', 'order', 'start', 'things'];

/** What stands before the answer's number, as the last thing of a solution. */
export const answerMarker = 'Answer:';

export const formatEquation = (e: Equation): string => `${e.left}${e.operator}${e.right}=${e.value}`;

const pick = <T>(items: readonly T[], rng: Rng): T => items[rng.below(items.length)]!;

function sentence(step: PlanStep, isFirst: boolean, story: Story, wordings: Wordings, rng: Rng): string {
  const choices = isFirst && wordings.start ? wordings.start : wordings[step.equation.yields];
  const { owner } = step;
  return fill(pick(choices, rng), { e: formatEquation(step.equation), N: owner.name, P: owner.pronoun, t: story.things });
}

/** The completion for a plan: a leading space, the steps in the style's words, the answer line. */
export function writeSolution(story: Story, plan: Plan, style: Style, rng: Rng): string {
  const wordings: Wordings = styles[style];
  const opening = fill(pick(wordings.opening, rng), { s: story.first, t: story.things });
  const sentences = plan.steps.map((step, i) => sentence(step, i === 0, story, wordings, rng));
  const steps = sentences.join(wordings.between);
  const stop = style === 'brief' && steps !== '' ? '.' : '';
  return ` ${[`${opening}${steps}${stop}`.trim(), `${answerMarker} ${plan.answer}.`].filter(part => part !== '').join(' ')}`;
}
