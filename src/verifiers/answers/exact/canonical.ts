// A tree of an expression as an exact quotient of sums, computed bottom up with a budget. Polynomials, rational functions, roots, powers of any
// size, factorials, pi and e, i, and simple angles come out in a form in which equal things cancel; functions stay atoms.
// What is no number at all (a tuple, a set) gives up like what is too long: OverBudget.
import type { Rational } from '../../rational.ts';
import { type Budget, spend } from '../budget.ts';
import { type Node, some } from '../latex/node.ts';
import { callValue } from './calls.ts';
import { exponential } from './exponential.ts';
import { fraction, negate } from './fraction.ts';
import { inverted, numberOf, opposite, type Quotient, quotientOf, rationalValue, sum, times, unfit } from './quotient.ts';
import { raised } from './roots.ts';
import { atom, scaled } from './sum.ts';

/** pi / 180. */
export const DEGREE: Quotient = quotientOf(scaled(atom('$pi'), fraction(1n, 180n)));

/** The exact value of an expression. Throws OverBudget where there is none, or where it costs too much. */
export function canonical(node: Node, budget: Budget): Quotient {
  spend(budget);
  switch (node.k) {
    case 'num':
      return numberOf(node.v);
    case 'sym':
      return quotientOf(atom(node.s === 'i' ? 'i' : `$${node.s}`));
    case 'add':
      return node.a.map(a => canonical(a, budget)).reduce((a, b) => sum(a, b, budget));
    case 'mul':
      return node.a.map(a => canonical(a, budget)).reduce((a, b) => times(a, b, budget));
    case 'neg':
      return opposite(canonical(node.a, budget));
    case 'div':
      return times(canonical(node.a, budget), inverted(canonical(node.b, budget), budget), budget);
    case 'pow':
      return powerOf(node.a, node.b, budget);
    case 'percent':
      return times(canonical(node.a, budget), numberOf(fraction(1n, 100n)), budget);
    case 'degree':
      return times(canonical(node.a, budget), DEGREE, budget);
    case 'quantity':
      return times(canonical(node.a, budget), quotientOf(atom(`$unit ${node.unit}^${node.power}`)), budget);
    case 'ratio':
      return node.a.length === 2
        ? times(canonical(node.a[0]!, budget), inverted(canonical(node.a[1]!, budget), budget), budget)
        : unfit(node.k);
    case 'based':
      return numberOf(valueInBase(node.digits, node.base, node.negative));
    case 'fn':
      return callValue(node.f, node.a, canonical, budget);
    default:
      return unfit(node.k);
  }
}

function powerOf(base: Node, exponent: Node, budget: Budget): Quotient {
  const e = canonical(exponent, budget);
  const number = rationalValue(e);
  if (base.k === 'sym' && base.s === 'e') return exponential(some(exponent, isCapitalI) ? canonical(withI(exponent), budget) : e, budget);
  if (number) return raised(canonical(base, budget), number, budget);
  return exponential(e, budget, canonical(base, budget));
}

/** e^{I\pi}: a capital I in a power of e is the imaginary unit. */
const isCapitalI = (node: Node): boolean => node.k === 'sym' && node.s === 'I';
const withI = (node: Node): Node => {
  if (isCapitalI(node)) return { k: 'sym', s: 'i' };
  if (node.k === 'mul' || node.k === 'add') return { ...node, a: node.a.map(withI) };
  if (node.k === 'neg') return { ...node, a: withI(node.a) };
  if (node.k === 'div') return { ...node, a: withI(node.a), b: withI(node.b) };
  return node;
};

/** The number that digits mean in a base: 4210_5, 0.0011_2. */
export function valueInBase(digits: string, base: number, isNegative: boolean): Rational {
  const [before = '', after = ''] = digits.split('.');
  let n = 0n;
  for (const digit of before + after) n = n * BigInt(base) + BigInt(Number.parseInt(digit, 36));
  const value = fraction(n, BigInt(base) ** BigInt(after.length));
  return isNegative ? negate(value) : value;
}
