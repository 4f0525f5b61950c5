// Quotients of two sums: what rational functions and numbers with roots are. They are never reduced: a/b and c/d are the same when
// ad - bc has no terms. A divisor of one term is multiplied in as negative exponents instead.
import type { Rational } from '../../rational.ts';
import type { Budget } from '../budget.ts';
import { OverBudget } from '../budget.ts';
import { fraction, isWhole, whole } from './fraction.ts';
import { constant, hasRelated, inverse, minus, onlyTerm, plus, product, rationalOf, type Sum, scaled, sumKey, UNIT } from './sum.ts';

export interface Quotient {
  readonly n: Sum;
  /** Not zero. */
  readonly d: Sum;
}

export const quotientOf = (n: Sum): Quotient => ({ n, d: UNIT });
export const numberOf = (value: Rational): Quotient => quotientOf(constant(value));

export function sum(a: Quotient, b: Quotient, budget: Budget): Quotient {
  if (a.d === b.d || sumKey(a.d) === sumKey(b.d)) return { n: plus(a.n, b.n, budget), d: a.d };
  return normal(plus(product(a.n, b.d, budget), product(b.n, a.d, budget)), product(a.d, b.d, budget), budget);
}

export const opposite = (a: Quotient): Quotient => ({ n: minus(a.n), d: a.d });

export const times = (a: Quotient, b: Quotient, budget: Budget): Quotient =>
  a.d === UNIT && b.d === UNIT
    ? quotientOf(product(a.n, b.n, budget))
    : normal(product(a.n, b.n, budget), product(a.d, b.d, budget), budget);

/** 1 / a; null when a is zero, or may be (it holds atoms that could cancel). */
export function reciprocal(a: Quotient, budget: Budget): Quotient | null {
  return a.n.size === 0 ? null : normal(a.d, a.n, budget);
}

function normal(n: Sum, d: Sum, budget: Budget): Quotient {
  if (d === UNIT) return { n, d };
  if (d.size === 0) throw new OverBudget('a division by zero');
  const term = onlyTerm(d);
  if (term) return quotientOf(product(n, inverse(term), budget));
  const lead = leading(d);
  return { n: scaled(n, lead), d: scaled(d, lead) };
}

/** What makes the first coefficient 1. */
function leading(d: Sum): Rational {
  let first: string | null = null;
  for (const key of d.keys()) if (first === null || key < first) first = key;
  const { c } = d.get(first!)!;
  return fraction(c.d, c.n);
}

/** a - b over a common divisor, without the divisor: zero exactly when a is b. */
export function difference(a: Quotient, b: Quotient, budget: Budget): Sum {
  if (a.d === UNIT && b.d === UNIT) return plus(a.n, minus(b.n), budget);
  return plus(product(a.n, b.d, budget), minus(product(b.n, a.d, budget)));
}

export const rationalValue = (a: Quotient): Rational | null => (a.d === UNIT ? rationalOf(a.n) : null);
export const isRelated = (a: Quotient): boolean => hasRelated(a.n) || hasRelated(a.d);

/** One text per quotient as written; equal quotients may have different ones. */
export const quotientKey = (a: Quotient): string => (a.d === UNIT ? sumKey(a.n) : `(${sumKey(a.n)})/(${sumKey(a.d)})`);

/** The whole number an expression is, or null. */
export function wholeValue(value: Quotient): bigint | null {
  const number = rationalValue(value);
  return number && isWhole(number) ? number.n : null;
}

export const ofWhole = (n: bigint): Quotient => numberOf(whole(n));

/** Gives up on what has no value, like on what is too long. */
export function unfit(what: string): never {
  throw new OverBudget(`${what} has no value`);
}

export const inverted = (a: Quotient, budget: Budget): Quotient => reciprocal(a, budget) ?? unfit('a division by zero');
