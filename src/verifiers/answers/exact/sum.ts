// Sums of terms: rational coefficient times a product of atoms with rational exponents. Atoms are known by their key alone:
//   $x   something independent of everything else: a variable, pi, e, ln 2, 2^n        #7   a prime under a root
//   i    the imaginary unit                                                             ?…   a function, or a root of a sum: may be related to others
// In a sum without ?-atoms like terms are always found, so it is zero exactly when it has no terms. Every multiplication of terms spends a step.
import type { Rational } from '../../rational.ts';
import { type Budget, OverBudget, spend } from '../budget.ts';
import { add, costOf, fraction, isWhole, keyOf, MOST_BITS, multiply, negate, ONE, power, whole, ZERO } from './fraction.ts';

/** Atoms with their exponents, by key. */
export type Powers = readonly (readonly [atom: string, exponent: Rational])[];

export interface Term {
  readonly c: Rational;
  readonly powers: Powers;
}

/** Terms by the key of their powers; no coefficient is 0. */
export type Sum = ReadonlyMap<string, Term>;

export const MOST_TERMS = 600;

const NONE: Powers = [];
export const constant = (c: Rational): Sum => (c.n === 0n ? new Map() : new Map([['', { c, powers: NONE }]]));
export const atom = (key: string, exponent: Rational = ONE): Sum => sumOf([{ c: ONE, powers: [[key, exponent]] }]);
export const NOTHING: Sum = constant(ZERO);
export const UNIT: Sum = constant(ONE);

export const powersKey = (powers: Powers): string =>
  powers.map(([key, e]) => (e.n === 1n && e.d === 1n ? key : `${key}^${keyOf(e)}`)).join('*');

export function sumOf(terms: Iterable<Term>): Sum {
  const out = new Map<string, Term>();
  for (const term of terms) include(out, reduced(term));
  return out;
}

function include(out: Map<string, Term>, { c, powers }: Term): void {
  if (c.n === 0n) return;
  const key = powersKey(powers);
  const there = out.get(key);
  const sum = there ? add(there.c, c) : c;
  if (sum.n === 0n) out.delete(key);
  else out.set(key, { c: sum, powers });
  if (out.size > MOST_TERMS) throw new OverBudget('too many terms');
}

export function plus(a: Sum, b: Sum, budget?: Budget): Sum {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  const out = new Map(a);
  for (const term of b.values()) {
    if (budget) spend(budget, 1 + costOf(term.c) + costOf(a.get('')?.c ?? ZERO));
    include(out, term);
  }
  return out;
}

export const minus = (a: Sum): Sum => new Map([...a].map(([key, { c, powers }]) => [key, { c: negate(c), powers }]));

export function scaled(a: Sum, by: Rational): Sum {
  return new Map([...a].map(([key, { c, powers }]) => [key, { c: multiply(c, by), powers }]));
}

export function product(a: Sum, b: Sum, budget: Budget): Sum {
  const out = new Map<string, Term>();
  for (const x of a.values()) {
    for (const y of b.values()) {
      spend(budget, 1 + (x.powers.length + y.powers.length) / 3 + costOf(x.c) + costOf(y.c));
      include(out, productOf(x, y));
    }
  }
  return out;
}

function productOf(x: Term, y: Term): Term {
  if (x.powers.length === 0) return { c: multiply(x.c, y.c), powers: y.powers };
  if (y.powers.length === 0) return { c: multiply(x.c, y.c), powers: x.powers };
  return reduced({ c: multiply(x.c, y.c), powers: merged(x.powers, y.powers) });
}

function merged(a: Powers, b: Powers): Powers {
  const out = new Map(a);
  for (const [key, e] of b) {
    const there = out.get(key);
    out.set(key, there ? add(there, e) : e);
  }
  return [...out];
}

/** One way to write a term: atoms sorted, i^2 = -1, roots of primes between 0 and 1 with the rest in the coefficient. */
function reduced(term: Term): Term {
  let c = term.c;
  const powers: [string, Rational][] = [];
  for (const [key, e] of term.powers) {
    if (e.n === 0n) continue;
    if (key === 'i' && isWhole(e)) {
      const turn = ((e.n % 4n) + 4n) % 4n;
      if (turn > 1n) c = negate(c);
      if (turn % 2n === 1n) powers.push([key, ONE]);
    } else if (key[0] === '#' && !(e.n > 0n && e.n < e.d)) {
      const [factor, rest] = primePower(BigInt(key.slice(1)), e);
      if (factor) c = multiply(c, factor);
      if (rest.n !== 0n) powers.push([key, rest]);
    } else powers.push([key, e]);
  }
  if (powers.length > 1) powers.sort((x, y) => (x[0] < y[0] ? -1 : 1));
  return powers.some(([key, e]) => key[0] === '#' && tooLong(key, e)) ? unfolded(c, powers) : { c, powers };
}

const tooLong = (key: string, e: Rational): boolean => Math.abs(Number(e.n / e.d)) * Math.log2(Number(key.slice(1))) > MOST_BITS / 4;

/** p^e as a number and a root between 0 and 1; left as it is when the number would be too long. */
function primePower(p: bigint, e: Rational): readonly [Rational | null, Rational] {
  const floor = e.n >= 0n ? e.n / e.d : -((-e.n + e.d - 1n) / e.d);
  if (floor === 0n || Math.abs(Number(floor)) * Math.log2(Number(p)) > MOST_BITS / 4) return [null, e];
  return [power(whole(p), floor), { n: e.n - floor * e.d, d: e.d }];
}

/** With a power too long to be a number, all factors of that prime belong to it: 2 * 2^90000 is 2^90001. */
function unfolded(c: Rational, powers: [string, Rational][]): Term {
  let coefficient = c;
  const out = powers.map(([key, e]): [string, Rational] => {
    if (key[0] !== '#' || !tooLong(key, e)) return [key, e];
    const p = BigInt(key.slice(1));
    let count = 0n;
    let { n, d } = coefficient;
    for (; n % p === 0n; n /= p) count++;
    for (; d % p === 0n; d /= p) count--;
    coefficient = fraction(n, d);
    return [key, add(e, whole(count))];
  });
  return { c: coefficient, powers: out };
}

/** The only term, or null. */
export function onlyTerm(a: Sum): Term | null {
  if (a.size !== 1) return null;
  for (const term of a.values()) return term;
  return null;
}

/** The value of a sum that is a plain number, or null. */
export function rationalOf(a: Sum): Rational | null {
  if (a.size === 0) return ZERO;
  const term = onlyTerm(a);
  return term && term.powers.length === 0 ? term.c : null;
}

/** 1 / term. */
export const inverse = ({ c, powers }: Term): Sum =>
  sumOf([{ c: fraction(c.d, c.n), powers: powers.map(([k, e]) => [k, negate(e)] as const) }]);

/** One text per sum. */
export const sumKey = (a: Sum): string =>
  [...a]
    .map(([key, { c }]) => `${keyOf(c)}${key === '' ? '' : `*${key}`}`)
    .sort()
    .join('+') || '0';

/** Whether like terms may hide in it: then no terms means zero, but terms do not mean "not zero". */
export const hasRelated = (a: Sum): boolean => {
  for (const { powers } of a.values()) for (const [key] of powers) if (key[0] === '?') return true;
  return false;
};
