// What a phrase can be taken to mean: a short list of equations over the running count. The true reading of a phrase and every
// misreading of it come from this one table, so a misread solution differs from a right one in nothing but the row.
// `now` is the count before the phrase, `a` and `b` the phrase's numbers, `last` the result of the equation before.

export type Operator = '+' | '-' | '*' | '/';
type Term = 'now' | 'a' | 'b' | 'last' | number;

interface EquationForm {
  readonly left: Term;
  readonly operator: Operator;
  readonly right: Term;
}

export interface Equation {
  readonly left: number;
  readonly operator: Operator;
  readonly right: number;
  readonly value: number;
  /** The new count, or only a part on the way to it. */
  readonly yields: 'count' | 'part';
}

const form = (left: Term, operator: Operator, right: Term): EquationForm => ({ left, operator, right });

/** Every reading: its equations in order. No equation: the phrase changes nothing. */
export const readings = {
  nothing: [],
  plus: [form('now', '+', 'a')],
  minus: [form('now', '-', 'a')],
  times: [form('now', '*', 'a')],
  divide: [form('now', '/', 'a')],
  plusSecond: [form('now', '+', 'b')],
  minusSecond: [form('now', '-', 'b')],
  plusTwo: [form('now', '+', 2)],
  minusTwo: [form('now', '-', 2)],
  timesTwo: [form('now', '*', 2)],
  half: [form('now', '/', 2)],
  plusThree: [form('now', '+', 3)],
  minusThree: [form('now', '-', 3)],
  timesThree: [form('now', '*', 3)],
  third: [form('now', '/', 3)],
  plusTen: [form('now', '+', 10)],
  minusTen: [form('now', '-', 10)],
  plusDozen: [form('now', '+', 12)],
  minusDozen: [form('now', '-', 12)],
  minusBoth: [form('now', '-', 'a'), form('last', '-', 'b')],
  minusThenPlus: [form('now', '-', 'a'), form('last', '+', 'b')],
  plusPacks: [form('a', '*', 'b'), form('now', '+', 'last')],
  minusPacks: [form('a', '*', 'b'), form('now', '-', 'last')],
  plusSumOfPacks: [form('a', '+', 'b'), form('now', '+', 'last')],
  plusPairs: [form('a', '*', 2), form('now', '+', 'last')],
  plusWeek: [form('a', '*', 7), form('now', '+', 'last')],
  plusWorkWeek: [form('a', '*', 5), form('now', '+', 'last')],
  loseThird: [form('now', '/', 3), form('now', '-', 'last')],
  plusMore: [form('now', '+', 'a'), form('now', '+', 'last')],
  plusTimes: [form('now', '*', 'a'), form('now', '+', 'last')],
} as const satisfies Record<string, readonly EquationForm[]>;

export type Reading = keyof typeof readings;

export interface Operands {
  readonly now: number;
  readonly a: number;
  readonly b: number;
}

/** How one equation is worked out: the true one is `arithmetic`; authors of the pre-training text slip. */
export type Compute = (left: number, operator: Operator, right: number) => number;

const operators: Record<Operator, (left: number, right: number) => number> = {
  '+': (l, r) => l + r,
  '-': (l, r) => l - r,
  '*': (l, r) => l * r,
  '/': (l, r) => l / r,
};

/** The exact value, which may be negative or a fraction. */
export const arithmetic: Compute = (left, operator, right) => operators[operator](left, right);

/** The equations of a phrase read in one way, worked out by `compute`. */
export function equationsOf(reading: Reading, operands: Operands, compute: Compute = arithmetic): Equation[] {
  let last = operands.now;
  const value = (term: Term) => (typeof term === 'number' ? term : term === 'last' ? last : operands[term]);
  const forms: readonly EquationForm[] = readings[reading];
  return forms.map((f, i) => {
    const [left, right] = [value(f.left), value(f.right)];
    last = compute(left, f.operator, right);
    return { left, operator: f.operator, right, value: last, yields: i === forms.length - 1 ? 'count' : 'part' };
  });
}

/** The count after the phrase. */
export const countAfter = (equations: readonly Equation[], now: number): number => equations.at(-1)?.value ?? now;
