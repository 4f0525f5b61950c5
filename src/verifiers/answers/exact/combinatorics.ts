// Factorials and binomials, of numbers and of n: (n + 1)! is (n + 1) n!, n! / (n - 2)! is n (n - 1), and n choose 2 is n (n - 1) / 2. A factorial of
// what is no number is an atom of its part without the whole number in it, so that shifts by small numbers meet in one atom.
import type { Rational } from '../../rational.ts';
import { type Budget, spend } from '../budget.ts';
import { isWhole, whole } from './fraction.ts';
import { inverted, numberOf, ofWhole, opposite, type Quotient, quotientOf, sum, times, wholeValue } from './quotient.ts';
import { atom, constant, minus, plus, type Sum, sumKey, UNIT } from './sum.ts';

const MOST_FACTORIAL = 2100n;
/** A factorial is moved by this much at most, and a binomial written out so far. */
const LONGEST_SHIFT = 12n;

/** n!; null where it stays what it is. */
export function factorial(value: Quotient, budget: Budget): Quotient | null {
  const n = wholeValue(value);
  return n === null ? shifted(value, budget) : descending(n, 1n, budget);
}

export function doubleFactorial(value: Quotient, budget: Budget): Quotient | null {
  const n = wholeValue(value);
  return n === null ? null : descending(n, 2n, budget);
}

/** n (n - step) (n - 2 step) … */
function descending(n: bigint, step: bigint, budget: Budget): Quotient | null {
  if (n < 0n || n > MOST_FACTORIAL) return null;
  spend(budget, Number(n) / 2);
  let out = 1n;
  for (let k = n; k > 1n; k -= step) out *= k;
  return ofWhole(out);
}

/** (s + c)! as s! (s + 1) … (s + c), where s has no number of its own. */
function shifted(value: Quotient, budget: Budget): Quotient | null {
  const c = value.d === UNIT ? constantOf(value.n) : null;
  if (!c || !isWhole(c) || c.n > LONGEST_SHIFT || c.n < -LONGEST_SHIFT) return null;
  const base = quotientOf(plus(value.n, minus(constant(c)), budget));
  const unmoved = quotientOf(atom(`?factorial(${sumKey(base.n)})`));
  const [from, to] = c.n > 0n ? [1n, c.n] : [c.n + 1n, 0n];
  let product = ofWhole(1n);
  for (let j = from; j <= to; j++) product = times(product, sum(base, ofWhole(j), budget), budget);
  return times(unmoved, c.n > 0n ? product : inverted(product, budget), budget);
}

/** The number in a sum, 0 where there is none. */
function constantOf(value: Sum): Rational {
  for (const { c, powers } of value.values()) if (powers.length === 0) return c;
  return whole(0);
}

/** n choose k; null where it stays what it is. */
export function binomial(top: Quotient, bottom: Quotient, budget: Budget): Quotient | null {
  const [n, k] = [wholeValue(top), wholeValue(bottom)];
  if (n !== null && k !== null) return ofNumbers(n, k, budget);
  const rest = sum(top, opposite(bottom), budget);
  for (const short of [k, wholeValue(rest)])
    if (short !== null && short >= 0n && short <= LONGEST_SHIFT) return writtenOut(top, short, budget);
  const [a, b, c] = [factorial(top, budget), factorial(bottom, budget), factorial(rest, budget)];
  return a && b && c && times(a, inverted(times(b, c, budget), budget), budget);
}

function ofNumbers(n: bigint, k: bigint, budget: Budget): Quotient | null {
  if (n < 0n || n > 10_000n) return null;
  if (k < 0n || k > n) return ofWhole(0n);
  const short = k < n - k ? k : n - k;
  spend(budget, Number(short) * (1 + Number(n) / 1000));
  let out = 1n;
  for (let j = 1n; j <= short; j++) out = (out * (n - short + j)) / j;
  return ofWhole(out);
}

/** n (n - 1) … (n - k + 1) / k! */
function writtenOut(n: Quotient, k: bigint, budget: Budget): Quotient {
  let out = ofWhole(1n);
  for (let j = 0n; j < k; j++) out = times(out, times(sum(n, ofWhole(-j), budget), numberOf({ n: 1n, d: j + 1n }), budget), budget);
  return out;
}
