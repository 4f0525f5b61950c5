// Powers with an exponent that is a number: 2^10, x^{-2}, \sqrt{8}, 34^{1/2}, (x+1)^3, \sqrt[3]{x^2-2}. Roots of numbers become roots of primes;
// odd roots of negative numbers are the real ones; the root of an even power is an absolute value.
import type { Rational } from '../../rational.ts';
import { type Budget, OverBudget, spend } from '../budget.ts';
import { exactRoot, factorsOf } from './factor.ts';
import { absolute, bitsOf, fraction, gcd, isWhole, keyOf, MOST_BITS, multiply, negate, ONE, power, whole } from './fraction.ts';
import { type Quotient, quotientKey, quotientOf, reciprocal, times } from './quotient.ts';
import { atom, constant, onlyTerm, type Powers, product, type Sum, scaled, sumOf, type Term, UNIT } from './sum.ts';

const MOST_EXPANDED = 40n;

/** base^exponent. */
export function raised(base: Quotient, exponent: Rational, budget: Budget): Quotient {
  if (exponent.n === 0n) return quotientOf(UNIT);
  if (exponent.n < 0n) {
    const inverted = reciprocal(base, budget);
    if (!inverted) throw new OverBudget('a division by zero');
    return raised(inverted, negate(exponent), budget);
  }
  if (base.n.size === 0) return base;
  const top = raisedSum(base.n, exponent, budget);
  if (base.d === UNIT) return top;
  const bottom = reciprocal(raisedSum(base.d, exponent, budget), budget);
  return bottom ? times(top, bottom, budget) : top;
}

function raisedSum(base: Sum, exponent: Rational, budget: Budget): Quotient {
  const term = onlyTerm(base);
  if (term) return quotientOf(raisedTerm(term, exponent, budget));
  if (isWhole(exponent) && exponent.n <= MOST_EXPANDED) return quotientOf(expanded(base, Number(exponent.n), budget));
  return rootOfSum(base, exponent, budget);
}

function expanded(base: Sum, exponent: number, budget: Budget): Sum {
  let [out, square] = [UNIT, base];
  for (let k = exponent; ; square = product(square, square, budget)) {
    if (k % 2 === 1) out = product(out, square, budget);
    k = Math.floor(k / 2);
    if (k === 0) return out;
  }
}

/** (c x^2 y)^q, factor by factor. */
function raisedTerm({ c, powers }: Term, exponent: Rational, budget: Budget): Sum {
  const factors = powers.map(([key, e]) => raisedAtom(key, e, exponent));
  return [numberPower(c, exponent, budget), ...factors].reduce((a, b) => product(a, b, budget));
}

function raisedAtom(key: string, e: Rational, exponent: Rational): Sum {
  const result = multiply(e, exponent);
  const isAbsolute =
    key[0] === '$' &&
    !POSITIVE.has(key) &&
    !key.startsWith('$^') &&
    !key.startsWith('$ln') &&
    e.n % 2n === 0n &&
    e.d === 1n &&
    result.n % 2n !== 0n;
  if (key === 'i' && !isWhole(exponent)) return atom(`?i^${keyOf(exponent)}`);
  return isAbsolute ? atom(`?abs(${key})`, result) : atom(key, result);
}

const POSITIVE = new Set(['$pi', '$e']);

/** c^q: whole powers as numbers, roots as roots of primes. */
export function numberPower(c: Rational, exponent: Rational, budget: Budget): Sum {
  if (c.n === 1n && c.d === 1n) return UNIT;
  const isLong = bitsOf(c) * Math.abs(Number(exponent.n) / Number(exponent.d)) > MOST_BITS / 4;
  if (isWhole(exponent) && !isLong) return constant(power(c, exponent.n));
  spend(budget, 20);
  if (c.n < 0n) return product(rootOfMinusOne(exponent), numberPower(negate(c), exponent, budget), budget);
  const top = c.n === 1n ? UNIT : wholePower(c.n, exponent, budget);
  return c.d === 1n ? top : product(top, wholePower(c.d, negate(exponent), budget), budget);
}

function rootOfMinusOne({ n, d }: Rational): Sum {
  if (d % 2n === 1n) return constant(whole(n % 2n === 0n ? 1 : -1));
  if (d === 2n) return atom('i', whole(n));
  return atom(`?-1^${n}/${d}`);
}

function wholePower(n: bigint, exponent: Rational, budget: Budget): Sum {
  const degree = Number(exponent.d);
  if (bitsOf({ n, d: 1n }) > 400 && !isWhole(exponent)) return atom(`?~${n}`, exponent);
  const { primes, rest } = factorsOf(n);
  const powers: Powers = primes.map(([p, e]) => [`#${p}`, multiply(whole(e), exponent)] as const);
  const split = sumOf([{ c: ONE, powers }]);
  if (rest === 1n) return split;
  const root = degree > 1 && degree < 20 ? exactRoot(rest, degree) : null;
  return product(split, root === null ? atom(`?~${rest}`, exponent) : constant(power(whole(root), exponent.n)), budget);
}

/** The root of a sum, with what is common to its coefficients taken out: \sqrt{4x+4} is 2\sqrt{x+1}. */
function rootOfSum(base: Sum, exponent: Rational, budget: Budget): Quotient {
  const content = contentOf(base);
  const inner = scaled(base, fraction(content.d, content.n));
  const whole_ = exponent.n / exponent.d;
  const isOdd = exponent.d % 2n === 1n;
  const flipped = isOdd && isNegativeFirst(inner) ? scaled(inner, { n: -1n, d: 1n }) : inner;
  const sign = flipped === inner || exponent.n % 2n === 0n ? ONE : { n: -1n, d: 1n };
  const root = atom(`?root(${quotientKey(quotientOf(flipped))})`, { n: exponent.n - whole_ * exponent.d, d: exponent.d });
  const outside = product(numberPower(content, exponent, budget), constant(sign), budget);
  const rest = whole_ > 0n && whole_ <= MOST_EXPANDED ? expanded(flipped, Number(whole_), budget) : UNIT;
  if (whole_ > MOST_EXPANDED) return quotientOf(product(outside, atom(`?root(${quotientKey(quotientOf(flipped))})`, exponent), budget));
  return quotientOf(product(product(outside, exponent.d === 1n ? UNIT : root, budget), rest, budget));
}

/** The largest positive number that divides every coefficient. */
export function contentOf(base: Sum): Rational {
  let [n, d] = [0n, 1n];
  for (const { c } of base.values()) {
    n = gcd(n, absolute(c.n));
    d = (d / gcd(d, c.d)) * c.d;
  }
  return fraction(n, d);
}

export function isNegativeFirst(base: Sum): boolean {
  let first: string | null = null;
  for (const key of base.keys()) if (first === null || key > first) first = key;
  return first !== null && base.get(first)!.c.n < 0n;
}
