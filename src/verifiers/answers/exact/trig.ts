// Sines and cosines of the angles whose values are roots: multiples of 15 and of 18 degrees. Everything else stays a function.
import type { Rational } from '../../rational.ts';
import { fraction, HALF, ONE, whole } from './fraction.ts';
import { atom, constant, plus, type Sum, scaled, sumOf } from './sum.ts';

const root = (n: number): Sum => atom(`#${n}`, HALF);
const quarter = fraction(1n, 4n);
const rootOf6 = sumOf([
  {
    c: ONE,
    powers: [
      ['#2', HALF],
      ['#3', HALF],
    ],
  },
]);

/** sin of k * pi / 12 for k = 0 … 6. */
const twelfths: readonly Sum[] = [
  constant(whole(0)),
  scaled(plus(rootOf6, scaled(root(2), whole(-1))), quarter),
  constant(HALF),
  scaled(root(2), HALF),
  scaled(root(3), HALF),
  scaled(plus(rootOf6, root(2)), quarter),
  constant(ONE),
];

/** sin of 18 and 54 degrees: (sqrt 5 -+ 1) / 4. */
const tenths: ReadonlyMap<bigint, Sum> = new Map([
  [1n, scaled(plus(root(5), constant(whole(-1))), quarter)],
  [3n, scaled(plus(root(5), constant(ONE)), quarter)],
]);

/** sin(turn * pi), or null where it is no simple root. */
export function sineOf(turn: Rational): Sum | null {
  const two = 2n * turn.d;
  const n = ((turn.n % two) + two) % two; // 0 <= n/d < 2
  if (n >= turn.d) return negated(sineOf(fraction(n - turn.d, turn.d)));
  if (2n * n > turn.d) return sineOf(fraction(turn.d - n, turn.d));
  if (12n % turn.d === 0n) return twelfths[Number((n * 12n) / turn.d)]!;
  return turn.d === 10n ? (tenths.get(n) ?? null) : null;
}

export const cosineOf = (turn: Rational): Sum | null => sineOf(fraction(turn.d - 2n * turn.n, 2n * turn.d));

const negated = (a: Sum | null): Sum | null => a && scaled(a, whole(-1));
