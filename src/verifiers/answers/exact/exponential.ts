// Powers with a symbol in the exponent: 2^{n+1} is 2 * 2^n, 4^n is (2^n)^2, e^{i pi} is -1. Each prime of the base, raised to each monomial of the
// exponent, is an atom of its own, with the monomial's coefficient as exponent. A base or exponent that is no sum of such stays one atom.
import type { Rational } from '../../rational.ts';
import { type Budget, spend } from '../budget.ts';
import { factorsOf } from './factor.ts';
import { absolute, bitsOf, multiply, negate, whole } from './fraction.ts';
import { type Quotient, quotientKey, quotientOf, rationalValue, times } from './quotient.ts';
import { numberPower, raised } from './roots.ts';
import { atom, onlyTerm, plus, powersKey, product, type Sum, type Term, UNIT } from './sum.ts';
import { cosineOf, sineOf } from './trig.ts';

/** base^exponent, the base e when none is given. */
export function exponential(exponent: Quotient, budget: Budget, base?: Quotient): Quotient {
  if (exponent.d !== UNIT) return fixed(exponent, base);
  return [...exponent.n.values()].map(term => oneTerm(term, budget, base)).reduce((a, b) => times(a, b, budget), quotientOf(UNIT));
}

const fixed = (exponent: Quotient, base: Quotient | undefined): Quotient =>
  quotientOf(atom(`?^(${base ? quotientKey(base) : 'e'}|${quotientKey(exponent)})`));

function oneTerm(term: Term, budget: Budget, base: Quotient | undefined): Quotient {
  spend(budget, 5);
  if (term.powers.length === 0) return base ? raised(base, term.c, budget) : quotientOf(atom('$e', term.c));
  const monomial = powersKey(term.powers);
  if (!base && /^\$ln#\d+$/.test(monomial)) return quotientOf(numberPower(whole(BigInt(monomial.slice(4))), term.c, budget));
  if (!base)
    return turn(term) ?? quotientOf(atom(`${monomial.includes('?') || monomial.includes('i') ? '?' : '$'}^(e|${monomial})`, term.c));
  const number = rationalValue(base);
  if (number && number.n > 0n && bitsOf(number) < 200) return numberBase(number, monomial, term.c, budget);
  const only = base.d === UNIT ? onlyTerm(base.n) : null;
  const single = only && only.c.n === 1n && only.c.d === 1n && only.powers.length === 1 ? only.powers[0]! : null;
  if (single && single[0][0] === '$') return quotientOf(atom(`$^(${single[0]}|${monomial})`, multiply(single[1], term.c)));
  return quotientOf(atom(`?^(${quotientKey(base)}|${monomial})`, term.c));
}

/** e^{i pi q}. */
function turn({ c, powers }: Term): Quotient | null {
  const isTurn =
    powers.length === 2 && powers[0]![0] === '$pi' && powers[1]![0] === 'i' && powers[0]![1].n === 1n && powers[0]![1].d === 1n;
  const [x, y] = isTurn ? [cosineOf(c), sineOf(c)] : [null, null];
  return x && y ? quotientOf(plus(x, timesI(y))) : null;
}

const timesI = (y: Sum): Sum => product(y, atom('i'), { steps: 100 });

function numberBase(base: Rational, monomial: string, c: Rational, budget: Budget): Quotient {
  const primes = (n: bigint, sign: Rational): Quotient[] => {
    const { primes: found, rest } = factorsOf(absolute(n));
    const all = rest === 1n ? found : [...found, [rest, 1] as const];
    return all.map(([p, e]) => quotientOf(atom(`$^(#${p}|${monomial})`, multiply(multiply(whole(e), c), sign))));
  };
  const factors = [...primes(base.n, whole(1)), ...primes(base.d, negate(whole(1)))];
  return factors.reduce((a, b) => times(a, b, budget), quotientOf(UNIT));
}
