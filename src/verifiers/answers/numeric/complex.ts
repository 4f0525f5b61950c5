// Expressions at a point in double precision, with complex values where the reals end. Fast and rough: its disagreement can reject, its agreement
// alone proves nothing. A function we know nothing of, f(x), gets a fixed smooth value, so that both sides mean the same f.
import { type Budget, spend } from '../budget.ts';
import { valueInBase } from '../exact/canonical.ts';
import { toNumber } from '../exact/fraction.ts';
import type { Node } from '../latex/node.ts';
import { constantFraction } from './constant.ts';
import { realFunctions } from './real.ts';

export interface Complex {
  readonly re: number;
  readonly im: number;
}

export type Point = ReadonlyMap<string, number>;

const real = (re: number): Complex => ({ re, im: 0 });
const NOWHERE: Complex = { re: Number.NaN, im: Number.NaN };
const plus = (a: Complex, b: Complex): Complex => ({ re: a.re + b.re, im: a.im + b.im });
const times = (a: Complex, b: Complex): Complex =>
  a.im === 0 && b.im === 0 ? real(a.re * b.re) : { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re };
const inverse = ({ re, im }: Complex): Complex =>
  im === 0 ? real(1 / re) : { re: re / (re * re + im * im), im: -im / (re * re + im * im) };
const modulus = ({ re, im }: Complex): number => Math.hypot(re, im);
const exp = ({ re, im }: Complex): Complex =>
  im === 0 ? real(Math.exp(re)) : { re: Math.exp(re) * Math.cos(im), im: Math.exp(re) * Math.sin(im) };
const log = (a: Complex): Complex =>
  a.im === 0 && a.re > 0 ? real(Math.log(a.re)) : { re: Math.log(modulus(a)), im: Math.atan2(a.im, a.re) };
const constants: Readonly<Record<string, Complex>> = {
  pi: real(Math.PI),
  e: real(Math.E),
  i: { re: 0, im: 1 },
  inf: real(Number.POSITIVE_INFINITY),
};

/** The value at a point; NaN where there is none. */
export function complexValue(node: Node, point: Point, budget: Budget): Complex {
  spend(budget);
  const at = (a: Node): Complex => complexValue(a, point, budget);
  switch (node.k) {
    case 'num':
      return real(toNumber(node.v));
    case 'sym':
      return constants[node.s] ?? real(point.get(node.s) ?? Number.NaN);
    case 'add':
      return node.a.map(at).reduce(plus);
    case 'mul':
      return node.a.map(at).reduce(times);
    case 'neg':
      return times(real(-1), at(node.a));
    case 'div':
      return times(at(node.a), inverse(at(node.b)));
    case 'pow':
      return powerOf(at(node.a), at(node.b), oddDegree(node.b));
    case 'percent':
      return times(at(node.a), real(0.01));
    case 'degree':
      return times(at(node.a), real(Math.PI / 180));
    case 'ratio':
      return node.a.length === 2 ? times(at(node.a[0]!), inverse(at(node.a[1]!))) : NOWHERE;
    case 'based':
      return real(toNumber(valueInBase(node.digits, node.base, node.negative)));
    case 'fn':
      return call(node.f, node.a, at);
    default:
      return NOWHERE;
  }
}

/** The exponent has an odd denominator: roots of negative numbers are the real ones. */
function oddDegree(exponent: Node): boolean {
  const value = constantFraction(exponent);
  return value !== null && value.d > 1n && value.d % 2n === 1n;
}

const isOddWhole = (degree: Node): boolean => (constantFraction(degree)?.n ?? 0n) % 2n === 1n;

function powerOf(base: Complex, exponent: Complex, isOdd: boolean): Complex {
  if (base.im === 0 && exponent.im === 0) {
    if (base.re >= 0 || Number.isInteger(exponent.re)) return real(base.re ** exponent.re);
    if (isOdd) return real((isEvenTop(exponent.re) ? 1 : -1) * (-base.re) ** exponent.re);
  }
  if (modulus(base) === 0) return exponent.re > 0 ? real(0) : NOWHERE;
  return exp(times(exponent, log(base)));
}

/** Whether p is even in the exponent p/q, q odd and small. */
function isEvenTop(exponent: number): boolean {
  for (let q = 1; q < 60; q += 2) {
    const p = exponent * q;
    if (Math.abs(p - Math.round(p)) < 1e-9) return Math.round(p) % 2 === 0;
  }
  return false;
}

function call(f: string, args: readonly Node[], at: (node: Node) => Complex): Complex {
  if (f === 'sum' || f === 'prod' || f === 'int' || f === 'lim') return NOWHERE;
  const values = args.map(at);
  if (f === 'root') return powerOf(values[0]!, inverse(values[1]!), isOddWhole(args[1]!));
  if (f === 'abs' || f === 'norm') return real(modulus(values[0]!));
  if (values.every(v => v.im === 0) && realFunctions[f]) {
    const value = realFunctions[f](...values.map(v => v.re));
    if (!Number.isNaN(value)) return real(value);
  }
  return complexFunctions[f]?.(values) ?? (realFunctions[f] ? NOWHERE : unknown(f, values));
}

const complexFunctions: Readonly<Record<string, (args: readonly Complex[]) => Complex>> = {
  exp: ([a]) => exp(a!),
  ln: ([a]) => log(a!),
  log: ([a, base]) => times(log(a!), inverse(base ? log(base) : real(Math.LN10))),
  cis: ([a]) => exp(times({ re: 0, im: 1 }, a!)),
  cos: ([a]) => times(real(0.5), plus(exp(times({ re: 0, im: 1 }, a!)), exp(times({ re: 0, im: -1 }, a!)))),
  sin: ([a]) => times({ re: 0, im: -0.5 }, plus(exp(times({ re: 0, im: 1 }, a!)), times(real(-1), exp(times({ re: 0, im: -1 }, a!))))),
};

/** Some smooth function of its name and arguments. */
function unknown(f: string, values: readonly Complex[]): Complex {
  let seed = 0.5;
  for (let i = 0; i < f.length; i++) seed = (seed * 31 + f.charCodeAt(i) / 97) % 7;
  const inner = values.reduce((sum, v, i) => sum + v.re * (1.3 + i * 0.7) + v.im * 0.9, seed);
  return real(1.7 + Math.sin(inner) * 0.8 + Math.sin(inner * 0.37 + 1));
}
