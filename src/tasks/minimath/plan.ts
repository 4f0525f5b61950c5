// From a story to the equations of one way to solve it. The way is data: how each phrase is read, which neighbours are regrouped, which
// products are split; the arithmetic is passed in, so that the true solutions and those of authors who misread or slip are made by the
// same code. Several ways per problem are what gives a sampler something to vary.
import { phraseOf } from './phrases.ts';
import type { Event, Story } from './problem.ts';
import { arithmetic, type Compute, countAfter, type Equation, equationsOf, type Reading, readings } from './readings.ts';
import type { Name } from './words.ts';

export interface PlanStep {
  readonly equation: Equation;
  /** Who has the things after it. */
  readonly owner: Name;
}

export interface Plan {
  readonly steps: readonly PlanStep[];
  readonly answer: number;
}

export interface Way {
  /** How the phrase of an event is taken; the true reading by default. */
  readonly read?: (event: Event) => Reading;
  /** Whether two phrases in a row that only add or only take away are put together first: 9+4, 13+… becomes 4+…, 9+…. */
  readonly regroup?: () => boolean;
  /** Whether a product is made of tens and ones: 34*3 becomes 30*3, 4*3, 90+12. */
  readonly split?: () => boolean;
  readonly compute?: Compute;
}

const trueReading = (event: Event): Reading => phraseOf(event.phrase).reading;

interface Taken {
  readonly event: Event;
  readonly reading: Reading;
}

const sign = (taken: Taken | undefined): 'plus' | 'minus' | null =>
  taken && (taken.reading === 'plus' || taken.reading === 'minus') && !phraseOf(taken.event.phrase).passesOn ? taken.reading : null;

/** now + a + b as a + b first, then now + (a + b); the same for two phrases that take away. */
function regrouped(first: Taken, second: Taken, now: number, compute: Compute): Equation[] {
  const [a, b] = [first.event.operands.a, second.event.operands.a];
  const both = compute(a, '+', b);
  const operator = first.reading === 'plus' ? '+' : '-';
  return [
    { left: a, operator: '+', right: b, value: both, yields: 'part' },
    { left: now, operator, right: both, value: compute(now, operator, both), yields: 'count' },
  ];
}

/** A product of a two-digit or longer number, by its tens and its ones. */
function splitProduct(product: Equation, compute: Compute): Equation[] {
  const ones = product.left % 10;
  const tens = product.left - ones;
  const [ofTens, ofOnes] = [compute(tens, '*', product.right), compute(ones, '*', product.right)];
  return [
    { left: tens, operator: '*', right: product.right, value: ofTens, yields: 'part' },
    { left: ones, operator: '*', right: product.right, value: ofOnes, yields: 'part' },
    { left: ofTens, operator: '+', right: ofOnes, value: compute(ofTens, '+', ofOnes), yields: product.yields },
  ];
}

const isSplittable = (e: Equation): boolean => e.operator === '*' && e.left > 10 && e.left % 10 !== 0;

/** The equations of one phrase; a product, where the reading has just one and it can be split, perhaps split. */
function ofOne(taken: Taken, now: number, split: () => boolean, compute: Compute): Equation[] {
  const equations = equationsOf(taken.reading, { ...taken.event.operands, now }, compute);
  const [only] = equations;
  return readings[taken.reading].length === 1 && only && isSplittable(only) && split() ? splitProduct(only, compute) : equations;
}

/** The equations, in order, of solving the story in one way. */
export function planOf(story: Story, way: Way = {}): Plan {
  const { read = trueReading, regroup = () => false, split = () => false, compute = arithmetic } = way;
  const taken = story.events.map(event => ({ event, reading: read(event) }));
  const steps: PlanStep[] = [];
  let now = story.first;
  for (let i = 0; i < taken.length; i++) {
    const here = taken[i]!;
    const next = taken[i + 1];
    const together = next !== undefined && sign(here) !== null && sign(here) === sign(next) && regroup();
    const equations = together ? regrouped(here, next, now, compute) : ofOne(here, now, split, compute);
    if (together) i++;
    steps.push(...equations.map(equation => ({ equation, owner: here.event.owner })));
    now = countAfter(equations, now);
  }
  return { steps, answer: now };
}
