// Whole numbers as products of primes, as far as trial division by small primes sees them. What is left over is either prime or unknown:
// `rest` says so, and exact comparison treats it as an atom that may hide factors.
import { absolute } from './fraction.ts';

const HIGHEST = 2000;
const primes: readonly bigint[] = sieve(HIGHEST);

function sieve(limit: number): bigint[] {
  const out: bigint[] = [];
  for (let n = 2; n <= limit; n++) if (out.every(p => BigInt(n) % p !== 0n)) out.push(BigInt(n));
  return out;
}

export interface Factors {
  /** Primes with their exponents, ascending. */
  readonly primes: readonly (readonly [prime: bigint, exponent: number])[];
  /** What trial division did not split: 1 when nothing is left. */
  readonly rest: bigint;
}

const known = new Map<bigint, Factors>();
const KEPT = 500;

/** The factors of |n|, n not 0. */
export function factorsOf(n: bigint): Factors {
  const positive = absolute(n);
  const seen = known.get(positive);
  if (seen) return seen;
  const out = split(positive);
  if (known.size >= KEPT) known.clear();
  known.set(positive, out);
  return out;
}

function split(n: bigint): Factors {
  const found: [bigint, number][] = [];
  let left = n;
  for (const prime of primes) {
    if (prime * prime > left) break;
    let exponent = 0;
    for (; left % prime === 0n; left /= prime) exponent++;
    if (exponent > 0) found.push([prime, exponent]);
  }
  const isPrime = left > 1n && left < BigInt(HIGHEST) ** 2n;
  return { primes: isPrime ? [...found, [left, 1] as const] : found, rest: isPrime ? 1n : left };
}

/** The whole k-th root of n >= 0 when it is exact, else null. */
export function exactRoot(n: bigint, k: number): bigint | null {
  const root = floorRoot(n, k);
  return root ** BigInt(k) === n ? root : null;
}

/** The largest whole number whose k-th power is at most n, n >= 0. */
export function floorRoot(n: bigint, k: number): bigint {
  if (n < 2n) return n;
  const [degree, less] = [BigInt(k), BigInt(k - 1)];
  let guess = 1n << BigInt(Math.ceil((n.toString(16).length * 4) / k) + 1);
  for (;;) {
    const next = (less * guess + n / guess ** less) / degree;
    if (next >= guess) return guess;
    guess = next;
  }
}
