// Functions with an exact answer: roots, factorials, binomials, |x|, floor, gcd, determinants, short sums, simple angles, logarithms of numbers. The rest
// become atoms, named by their argument: sin(x) and sin(y) differ, and f(x) is f(x).
import type { Rational } from '../../rational.ts';
import { type Budget, spend } from '../budget.ts';
import { type Node, num } from '../latex/node.ts';
import { substituted } from '../latex/substitute.ts';
import { binomial, doubleFactorial, factorial } from './combinatorics.ts';
import { exponential } from './exponential.ts';
import { factorsOf } from './factor.ts';
import { absolute, bitsOf, fraction, gcd, negate, whole } from './fraction.ts';
import {
  inverted,
  isRelated,
  numberOf,
  ofWhole,
  opposite,
  type Quotient,
  quotientKey,
  quotientOf,
  rationalValue,
  sum,
  times,
  unfit,
  wholeValue,
} from './quotient.ts';
import { isNegativeFirst, raised } from './roots.ts';
import { atom, minus, onlyTerm, type Sum, UNIT } from './sum.ts';
import { cosineOf, sineOf } from './trig.ts';

type Args = readonly Quotient[];
/** Null: no exact value, make it an atom. */
type Rule = (args: Args, budget: Budget) => Quotient | null;

const rules: Readonly<Record<string, Rule>> = {
  root: ([a, degree], budget) => {
    const k = rationalValue(degree!);
    return k && k.n > 0n ? raised(a!, fraction(k.d, k.n), budget) : null;
  },
  exp: ([a], budget) => exponential(a!, budget),
  cis: ([a], budget) => exponential(times(a!, quotientOf(atom('i')), budget), budget),
  factorial: ([n], budget) => factorial(n!, budget),
  doublefactorial: ([n], budget) => doubleFactorial(n!, budget),
  binom: ([n, k], budget) => binomial(n!, k!, budget),
  abs: ([a]) => absoluteOf(a!),
  floor: ([a]) => rounded(a!, ({ n, d }) => floorOf(n, d)),
  ceil: ([a]) => rounded(a!, ({ n, d }) => -floorOf(-n, d)),
  gcd: args => wholes(args, values => values.reduce(gcd)),
  lcm: args => wholes(args, values => values.map(absolute).reduce((a, b) => (a === 0n || b === 0n ? 0n : (a / gcd(a, b)) * b))),
  max: args => extreme(args, (a, b) => (a.n * b.d >= b.n * a.d ? a : b)),
  min: args => extreme(args, (a, b) => (a.n * b.d <= b.n * a.d ? a : b)),
  mod: ([a, b]) => wholes([a!, b!], ([n, m]) => (m === 0n ? null : ((n! % m!) + m!) % m!)),
  sin: ([a]) => atAngle(a!, sineOf),
  cos: ([a]) => atAngle(a!, cosineOf),
  tan: ([a], budget) => ratioAt(a!, sineOf, cosineOf, budget),
  cot: ([a], budget) => ratioAt(a!, cosineOf, sineOf, budget),
  sec: ([a], budget) => ratioAt(a!, () => UNIT, cosineOf, budget),
  csc: ([a], budget) => ratioAt(a!, () => UNIT, sineOf, budget),
  ln: ([a], budget) => logarithm(a!, budget),
  log: ([a, base], budget) => {
    const [top, bottom] = [logarithm(a!, budget), logarithm(base ?? ofWhole(10n), budget)];
    return top && bottom && bottom.n.size > 0 ? times(top, inverted(bottom, budget), budget) : null;
  },
};

/** How a tree becomes a value: canonical.ts, which hands itself in. */
type Evaluate = (node: Node, budget: Budget) => Quotient;

/** The value of f(a…). */
export function callValue(f: string, a: readonly Node[], evaluate: Evaluate, budget: Budget): Quotient {
  spend(budget, 3);
  if (f === 'sum' || f === 'prod') return series(f, a, evaluate, budget);
  if (f === 'det' && a[0]?.k === 'matrix') return determinant(a[0].rows, evaluate, budget);
  const args = a.map(arg => argumentValue(arg, evaluate, budget));
  return rules[f]?.(args, budget) ?? named(f, args);
}

function argumentValue(node: Node, evaluate: Evaluate, budget: Budget): Quotient {
  if (node.k === 'rel') return quotientOf(atom(`$${node.ops.join()}(${node.a.map(x => quotientKey(evaluate(x, budget))).join(',')})`));
  if (node.k === 'list' || node.k === 'tuple') return quotientOf(atom(`$(${node.a.map(x => quotientKey(evaluate(x, budget))).join(',')})`));
  return evaluate(node, budget);
}

const unknown = /^(?:of |index|bar|hat|tilde|arrow|angle|triangle|prime)/;

/** An atom: of a name we know nothing of it is independent, unless two spellings of its argument may be one. */
function named(f: string, args: Args): Quotient {
  const isFixed = unknown.test(f) && args.every(a => a.d === UNIT && !isRelated(a));
  return quotientOf(atom(`${isFixed ? '$' : '?'}${f}(${args.map(quotientKey).join(',')})`));
}

function absoluteOf(a: Quotient): Quotient {
  const value = rationalValue(a);
  if (value) return numberOf(value.n < 0n ? negate(value) : value);
  const term = a.d === UNIT ? onlyTerm(a.n) : null;
  if (term?.powers.every(([key]) => key[0] === '#' || key === '$pi' || key === '$e')) return quotientOf(term.c.n < 0n ? minus(a.n) : a.n);
  const flipped = isNegativeFirst(a.n) ? { n: minus(a.n), d: a.d } : a;
  return quotientOf(atom(`?abs(${quotientKey(flipped)})`));
}

function rounded(a: Quotient, round: (value: Rational) => bigint): Quotient | null {
  const value = rationalValue(a);
  return value && ofWhole(round(value));
}

const floorOf = (n: bigint, d: bigint): bigint => (n >= 0n ? n / d : -((-n + d - 1n) / d));

function wholes(args: Args, work: (values: readonly bigint[]) => bigint | null): Quotient | null {
  const values = args.map(wholeValue);
  const out = values.every(v => v !== null) && values.length > 0 ? work(values) : null;
  return out === null ? null : ofWhole(out);
}

function extreme(args: Args, pick: (a: Rational, b: Rational) => Rational): Quotient | null {
  const values = args.map(rationalValue);
  return values.length > 0 && values.every(v => v !== null) ? numberOf(values.reduce(pick)) : null;
}

/** How many times pi an angle is, or null. */
function turnOf(a: Quotient): Rational | null {
  if (a.d !== UNIT) return null;
  if (a.n.size === 0) return whole(0);
  const term = onlyTerm(a.n);
  const only = term?.powers.length === 1 ? term.powers[0]! : null;
  return only && only[0] === '$pi' && only[1].n === 1n && only[1].d === 1n ? term!.c : null;
}

function atAngle(a: Quotient, valueAt: (turn: Rational) => Sum | null): Quotient | null {
  const turn = turnOf(a);
  const value = turn && valueAt(turn);
  return value && quotientOf(value);
}

function ratioAt(
  a: Quotient,
  top: (turn: Rational) => Sum | null,
  bottom: (turn: Rational) => Sum | null,
  budget: Budget,
): Quotient | null {
  const turn = turnOf(a);
  const [x, y] = turn ? [top(turn), bottom(turn)] : [null, null];
  if (y && y.size === 0) return unfit('a function at its pole');
  return x && y && times(quotientOf(x), inverted(quotientOf(y), budget), budget);
}

/** ln of a number by its primes, of e by its exponent, of a product of those. */
function logarithm(a: Quotient, budget: Budget): Quotient | null {
  const term = a.d === UNIT ? onlyTerm(a.n) : null;
  if (!term || term.c.n <= 0n || bitsOf(term.c) > 400) return null;
  let out = numberOf(whole(0));
  for (const [key, e] of term.powers) {
    const part = logarithmOf(key);
    if (!part) return null;
    out = sum(out, times(part, numberOf(e), budget), budget);
  }
  return sum(out, sum(ofPrimes(term.c.n, budget), opposite(ofPrimes(term.c.d, budget)), budget), budget);
}

function logarithmOf(key: string): Quotient | null {
  if (key === '$e') return ofWhole(1n);
  if (key[0] === '#') return quotientOf(atom(`$ln${key}`));
  return null;
}

function ofPrimes(n: bigint, budget: Budget): Quotient {
  const { primes, rest } = factorsOf(n);
  const all = rest === 1n ? primes : [...primes, [rest, 1] as const];
  const parts = all.map(([p, e]) => times(quotientOf(atom(`${p === rest ? '?' : '$'}ln#${p}`)), ofWhole(BigInt(e)), budget));
  return parts.reduce((a, b) => sum(a, b, budget), numberOf(whole(0)));
}

function determinant(rows: readonly (readonly Node[])[], evaluate: Evaluate, budget: Budget): Quotient {
  if (rows.length > 5 || rows.some(row => row.length !== rows.length)) return unfit('a determinant');
  const values = rows.map(row => row.map(cell => evaluate(cell, budget)));
  return minor(values, budget);
}

function minor(rows: readonly (readonly Quotient[])[], budget: Budget): Quotient {
  const [first, ...rest] = rows;
  if (rest.length === 0) return first![0]!;
  return first!
    .map((cell, i) => {
      const part = times(
        cell,
        minor(
          rest.map(row => row.filter((_, j) => j !== i)),
          budget,
        ),
        budget,
      );
      return i % 2 === 0 ? part : opposite(part);
    })
    .reduce((a, b) => sum(a, b, budget));
}

const LONGEST_SERIES = 200n;

/** A sum or product with whole limits is written out; any other is an atom, its bound variable renamed. */
function series(f: 'sum' | 'prod', [body, lower, upper]: readonly Node[], evaluate: Evaluate, budget: Budget): Quotient {
  const bound = lower?.k === 'rel' && lower.ops.length === 1 && lower.ops[0] === '=' && lower.a[0]!.k === 'sym' ? lower.a[0]!.s : null;
  if (bound === null)
    return named(
      f,
      [body!, lower!, upper!].map(node => argumentValue(node, evaluate, budget)),
    );
  const start = evaluate((lower as { a: readonly Node[] }).a[1]!, budget);
  const end = evaluate(upper!, budget);
  const [from, to] = [wholeValue(start), wholeValue(end)];
  if (from === null || to === null || to - from > LONGEST_SERIES)
    return named(f, [evaluate(substituted(body!, bound, { k: 'sym', s: 'bound' }), budget), start, end]);
  let out = ofWhole(f === 'sum' ? 0n : 1n);
  for (let k = from; k <= to; k++) {
    const term = evaluate(substituted(body!, bound, num(whole(k))), budget);
    out = f === 'sum' ? sum(out, term, budget) : times(out, term, budget);
  }
  return out;
}
