// Exact fractions for answers: like ../../rational.ts, but as long as 2^2005 and 1/2004! need. A number beyond 20,000 bits is given up on
// (OverBudget), so that no text can make a multiplication slow; whoever builds powers and factorials asks for their size first.
import type { Rational } from '../../rational.ts';
import { OverBudget } from '../budget.ts';

export const MOST_BITS = 20_000;
const LIMIT = 1n << BigInt(MOST_BITS);
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

export const ZERO: Rational = { n: 0n, d: 1n };
export const ONE: Rational = { n: 1n, d: 1n };
export const HALF: Rational = { n: 1n, d: 2n };

export const whole = (n: bigint | number): Rational => ({ n: BigInt(n), d: 1n });

/** What an operation on this number costs, in steps: sums with long denominators need a long gcd. */
export function costOf(a: Rational): number {
  const [top, bottom] = [bitLength(a.n), bitLength(a.d)];
  return Math.max(top, bottom) < 200 ? 0 : Math.max(top, bottom) / 200 + (Math.min(top, bottom) / 100) ** 2;
}

/** n / d in lowest terms; d must not be 0. */
export function fraction(n: bigint, d: bigint): Rational {
  if (d === 1n) return bounded({ n, d });
  const divisor = d < 0n ? -gcd(n, d) : gcd(n, d);
  return bounded({ n: n / divisor, d: d / divisor });
}

function bounded(a: Rational): Rational {
  if (a.n > LIMIT || a.n < -LIMIT || a.d > LIMIT) throw new OverBudget('a number is too long');
  return a;
}

export const add = (a: Rational, b: Rational): Rational =>
  a.d === b.d ? fraction(a.n + b.n, a.d) : fraction(a.n * b.d + b.n * a.d, a.d * b.d);
export const multiply = (a: Rational, b: Rational): Rational => fraction(a.n * b.n, a.d * b.d);
/** a / b; b must not be 0. */
export const divide = (a: Rational, b: Rational): Rational => fraction(a.n * b.d, a.d * b.n);
export const negate = (a: Rational): Rational => ({ n: -a.n, d: a.d });
export const isSame = (a: Rational, b: Rational): boolean => a.n === b.n && a.d === b.d;
export const isWhole = (a: Rational): boolean => a.d === 1n;
export const keyOf = (a: Rational): string => (a.d === 1n ? String(a.n) : `${a.n}/${a.d}`);
export const absolute = (n: bigint): bigint => (n < 0n ? -n : n);

/** a^k for a whole k that the caller has bounded; a must not be 0 when k < 0. */
export function power(a: Rational, k: bigint): Rational {
  if (k < 0n) return a.n < 0n ? power({ n: -a.d, d: -a.n }, -k) : power({ n: a.d, d: a.n }, -k);
  if (bitsOf(a) * Number(k) > MOST_BITS * 1.01) throw new OverBudget('a power is too long');
  return bounded({ n: a.n ** k, d: a.d ** k });
}

/** About how many bits the longer half has. */
export const bitsOf = ({ n, d }: Rational): number => Math.max(bitLength(n), bitLength(d));

export function bitLength(n: bigint): number {
  const positive = absolute(n);
  return positive <= SAFE ? Math.log2(Number(positive) + 1) : positive.toString(16).length * 4;
}

/** The nearest double, also of halves too long for one. */
export function toNumber({ n, d }: Rational): number {
  if (d === 1n) return Number(n);
  const direct = Number(n) / Number(d);
  if (Number.isFinite(direct) && direct !== 0) return direct;
  if (n === 0n) return 0;
  const shift = Math.ceil(bitLength(d) - bitLength(n)) + 64;
  const scaled = shift > 0 ? (n << BigInt(shift)) / d : n / (d << BigInt(-shift));
  return Number(scaled) * 2 ** -shift;
}

export function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [absolute(a), absolute(b)];
  while (x > SAFE || y > SAFE) {
    if (y === 0n) return x;
    [x, y] = [y, x % y];
  }
  let [u, v] = [Number(x), Number(y)];
  while (v > 0) [u, v] = [v, u % v];
  return BigInt(u);
}
