// Real expressions to any number of bits, in BigInt fixed point: a number x is the whole number nearest x * 2^bits, a few last bits wrong. Sums, products,
// powers, roots, exp, ln, sin, cos, tan and arctan; null where a value is not real, not defined, or a function is not in the table.
import type { Rational } from '../../rational.ts';
import { type Budget, OverBudget, spend } from '../budget.ts';
import { floorRoot } from '../exact/factor.ts';
import { absolute, bitLength } from '../exact/fraction.ts';
import type { Node } from '../latex/node.ts';
import { constantFraction } from './constant.ts';
import { arctangent, cosine, exponential, logarithm, pi, sine } from './series.ts';

export interface Precision {
  readonly bits: number;
  readonly point: ReadonlyMap<string, Rational>;
  readonly budget: Budget;
}

const LONGEST = 60_000;

/** The value times 2^bits, or null. */
export function fixedValue(node: Node, p: Precision): bigint | null {
  spend(p.budget, 1 + p.bits / 500);
  const b = BigInt(p.bits);
  switch (node.k) {
    case 'num':
      return (node.v.n << b) / node.v.d;
    case 'sym':
      return symbol(node.s, p);
    case 'add':
      return fold(node.a, p, (x, y) => x + y);
    case 'mul':
      return fold(node.a, p, (x, y) => bounded((x * y) >> b));
    case 'neg':
      return map(node.a, p, x => -x);
    case 'div':
      return fold([node.a, node.b], p, (x, y) => (y === 0n ? null : bounded((x << b) / y)));
    case 'pow':
      return powerOf(node.a, node.b, p);
    case 'percent':
      return map(node.a, p, x => x / 100n);
    case 'degree':
      return map(node.a, p, x => (x * pi(p.bits)) / (180n << b));
    case 'fn':
      return call(node.f, node.a, p);
    default:
      return null;
  }
}

function bounded(x: bigint): bigint {
  if (bitLength(x) > LONGEST) throw new OverBudget('a number is too long');
  return x;
}

function symbol(name: string, p: Precision): bigint | null {
  if (name === 'pi') return pi(p.bits);
  if (name === 'e') return exponential(1n << BigInt(p.bits), p.bits);
  const value = p.point.get(name);
  return value ? (value.n << BigInt(p.bits)) / value.d : null;
}

function map(node: Node, p: Precision, work: (x: bigint) => bigint | null): bigint | null {
  const x = fixedValue(node, p);
  return x === null ? null : work(x);
}

function fold(nodes: readonly Node[], p: Precision, work: (x: bigint, y: bigint) => bigint | null): bigint | null {
  let out: bigint | null = null;
  for (const [i, node] of nodes.entries()) {
    const x = fixedValue(node, p);
    out = x === null ? null : i === 0 ? x : work(out!, x);
    if (out === null) return null;
  }
  return out;
}

function powerOf(base: Node, exponent: Node, p: Precision): bigint | null {
  const x = fixedValue(base, p);
  if (x === null) return null;
  const e = constantFraction(exponent);
  if (e && absolute(e.n) <= 400n && e.d <= 60n) return rationalPower(x, Number(e.n), Number(e.d), p);
  const y = fixedValue(exponent, p);
  if (y === null || x <= 0n) return null;
  return exponential((y * logarithm(x, p.bits)) >> BigInt(p.bits), p.bits);
}

function rationalPower(x: bigint, n: number, d: number, p: Precision): bigint | null {
  const root = d === 1 ? x : rootOf(x, d, p.bits);
  if (root === null || (n < 0 && root === 0n)) return null;
  const b = BigInt(p.bits);
  let out = 1n << b;
  for (let k = Math.abs(n); k > 0; k--) out = bounded((out * root) >> b);
  spend(p.budget, Math.abs(n));
  return n < 0 ? (1n << (2n * b)) / (out === 0n ? 1n : out) : out;
}

function rootOf(x: bigint, degree: number, bits: number): bigint | null {
  if (x < 0n) return degree % 2 === 1 ? -rootOf(-x, degree, bits)! : null;
  return floorRoot(x << BigInt(bits * (degree - 1)), degree);
}

function call(f: string, args: readonly Node[], p: Precision): bigint | null {
  const one = 1n << BigInt(p.bits);
  if (f === 'root') {
    const degree = constantFraction(args[1]!);
    const isPlain = degree !== null && degree.d === 1n && degree.n > 0n && degree.n <= 60n;
    return isPlain ? map(args[0]!, p, x => rootOf(x, Number(degree.n), p.bits)) : null;
  }
  const rule = functions[f];
  const values = args.map(a => fixedValue(a, p));
  if (!rule || values.some(v => v === null)) return null;
  spend(p.budget, p.bits / 4);
  return rule(values as bigint[], p.bits, one);
}

type Rule = (args: readonly bigint[], bits: number, one: bigint) => bigint | null;

const quotient = (a: bigint, b: bigint, bits: number): bigint | null => (b === 0n ? null : (a << BigInt(bits)) / b);

const functions: Readonly<Record<string, Rule>> = {
  abs: ([x]) => absolute(x!),
  exp: ([x], bits) => exponential(x!, bits),
  ln: ([x], bits) => (x! > 0n ? logarithm(x!, bits) : null),
  log: ([x, base], bits, one) =>
    x! > 0n && (base ?? 2n) > 0n ? quotient(logarithm(x!, bits), logarithm(base ?? 10n * one, bits), bits) : null,
  sin: ([x], bits) => sine(x!, bits),
  cos: ([x], bits) => cosine(x!, bits),
  tan: ([x], bits) => quotient(sine(x!, bits), cosine(x!, bits), bits),
  cot: ([x], bits) => quotient(cosine(x!, bits), sine(x!, bits), bits),
  sec: ([x], bits, one) => quotient(one, cosine(x!, bits), bits),
  csc: ([x], bits, one) => quotient(one, sine(x!, bits), bits),
  arctan: ([x], bits) => arctangent(x!, bits),
  arcsin: ([x], bits, one) => arcsine(x!, bits, one),
  arccos: ([x], bits, one) => {
    const y = arcsine(x!, bits, one);
    return y === null ? null : pi(bits) / 2n - y;
  },
  sinh: ([x], bits) => (exponential(x!, bits) - exponential(-x!, bits)) / 2n,
  cosh: ([x], bits) => (exponential(x!, bits) + exponential(-x!, bits)) / 2n,
};

function arcsine(x: bigint, bits: number, one: bigint): bigint | null {
  if (absolute(x) > one) return null;
  const rest = floorRoot(one * one - x * x, 2);
  if (rest === 0n) return x > 0n ? pi(bits) / 2n : -pi(bits) / 2n;
  return arctangent((x << BigInt(bits)) / rest, bits);
}
