// Exact numbers: a fraction of two BigInts in lowest terms. Floating point would call 0.1 + 0.2 = 0.3 false and 0.30000000000000004 true,
// and a verifier that errs there teaches the model to err. Not an algebra system: four operations, comparison, rounding, printing.
// Whatever is too big (10^120) or divides by zero is null, so that no hostile text can make it slow.

/** n / d in lowest terms, d > 0. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

const LIMIT = 10n ** 120n;

/** n / d in lowest terms; null when d is 0 or the result is beyond 10^120. */
export function rational(n: bigint, d = 1n): Rational | null {
  if (d === 0n) return null;
  const divisor = gcd(n, d) * (d < 0n ? -1n : 1n);
  const out = { n: n / divisor, d: d / divisor };
  return absolute(out.n) > LIMIT || out.d > LIMIT ? null : out;
}

export type Operator = '+' | '-' | '*' | '/';

export const operations: Readonly<Record<Operator, (a: Rational, b: Rational) => Rational | null>> = {
  '+': (a, b) => rational(a.n * b.d + b.n * a.d, a.d * b.d),
  '-': (a, b) => rational(a.n * b.d - b.n * a.d, a.d * b.d),
  '*': (a, b) => rational(a.n * b.n, a.d * b.d),
  '/': (a, b) => rational(a.n * b.d, a.d * b.n),
};

export const negated = (a: Rational): Rational => ({ n: -a.n, d: a.d });

export const isEqual = (a: Rational, b: Rational): boolean => a.n === b.n && a.d === b.d;

/** Whether `exact`, rounded to this many decimals, is `shown`. A half may go either way: 0.125 is 0.12 to some and 0.13 to others. */
export function roundsTo(exact: Rational, shown: Rational, decimals: number): boolean {
  const gap = absolute(exact.n * shown.d - shown.n * exact.d); // over exact.d * shown.d
  return 2n * gap * 10n ** BigInt(decimals) <= exact.d * shown.d;
}

/** One text per number, so that votes can be counted: 9, -9.5, 10/3. */
export function formatRational({ n, d }: Rational): string {
  const decimals = decimalsOf(d);
  if (decimals === null) return `${n}/${d}`;
  const digits = absolute((n * 10n ** BigInt(decimals)) / d)
    .toString()
    .padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  return `${n < 0n ? '-' : ''}${whole}${decimals > 0 ? `.${digits.slice(-decimals)}` : ''}`;
}

/** How many decimals 1/d needs; null when it needs more than twelve, or never ends. */
function decimalsOf(d: bigint): number | null {
  for (let decimals = 0, power = 1n; decimals <= 12; decimals++, power *= 10n) if (power % d === 0n) return decimals;
  return null;
}

const absolute = (n: bigint): bigint => (n < 0n ? -n : n);

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [absolute(a), absolute(b)];
  while (y > 0n) [x, y] = [y, x % y];
  return x;
}
