// Numbers as trees: what the tokenizer read as one run of digits, and mixed numbers: 3 1/2 and 7\frac12 are sums, while 3.1\frac12 and
// 2\frac{5}{3} (nobody writes a mixed number with an improper fraction) and 2\frac{x}{3} are products.
import type { Rational } from '../../rational.ts';
import { OverBudget, spend } from '../budget.ts';
import { add, fraction, isWhole } from '../exact/fraction.ts';
import { fractions } from './names.ts';
import { type Node, num } from './node.ts';
import { isCommand, type Parser, peek, take } from './parser.ts';

const LONGEST_EXPONENT = 1000;

/** "1234.5", "25e-1" exactly. */
export function readNumeral(p: Parser): Node {
  const { s } = take(p);
  if (s.endsWith(')')) return repeatingDecimal(s);
  const [, digits = '', decimals = '', exponent] = /^(\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(s) ?? [];
  const value = fraction(BigInt(digits + decimals), 10n ** BigInt(decimals.length));
  const shown = s.includes('.') ? decimals.length : null;
  if (exponent === undefined) return num(value, shown);
  spend(p.budget, Math.abs(Number(exponent)));
  return num(shifted(value, Number(exponent)));
}

/** "0.1(6)" is 1/6: the whole run minus the part before the repetition, over as many nines and zeros. */
function repeatingDecimal(s: string): Node {
  const [, before = '', fixed = '', repeated = ''] = /^(\d*)\.(\d*)\((\d+)\)$/.exec(s) ?? [];
  const nines = 10n ** BigInt(repeated.length) - 1n;
  const value = BigInt(before + fixed + repeated) - BigInt(before + fixed || '0');
  return num(fraction(value, nines * 10n ** BigInt(fixed.length)));
}

function shifted(value: Rational, exponent: number): Rational {
  if (Math.abs(exponent) > LONGEST_EXPONENT) throw new OverBudget('an exponent is too long');
  const ten = 10n ** BigInt(Math.abs(exponent));
  return exponent < 0 ? fraction(value.n, value.d * ten) : fraction(value.n * ten, value.d);
}

export function readNumber(p: Parser): Node {
  const isPlain = /^\d+$/.test(peek(p).s);
  const node = readNumeral(p);
  return (isPlain && node.k === 'num' && mixed(p, node.v)) || node;
}

function mixed(p: Parser, value: Rational): Node | null {
  const found = slashFraction(p) ?? latexFraction(p);
  if (!found || found.top <= 0n || found.top >= found.bottom || !isWhole(value)) return null;
  p.at += found.length;
  return num(add(value, fraction(found.top, found.bottom)));
}

interface Found {
  readonly top: bigint;
  readonly bottom: bigint;
  readonly length: number;
}

function slashFraction(p: Parser): Found | null {
  const [top, slash, bottom] = [peek(p), peek(p, 1), peek(p, 2)];
  const isFraction = top.t === 'num' && top.spaced && slash.t === '/' && bottom.t === 'num' && isDigits(top.s) && isDigits(bottom.s);
  return isFraction ? { top: BigInt(top.s), bottom: BigInt(bottom.s), length: 3 } : null;
}

/** \frac12, \frac{1}{2}, \frac1{2}: only with whole numbers, and no more than they. */
function latexFraction(p: Parser): Found | null {
  if (peek(p).t === '{') return overFraction(p);
  if (!isCommand(peek(p), fractions)) return null;
  const glued = peek(p, 1);
  if (glued.t === 'num' && /^\d\d$/.test(glued.s)) return { top: BigInt(glued.s[0]!), bottom: BigInt(glued.s[1]!), length: 2 };
  const top = wholeAt(p, 1);
  const bottom = top && wholeAt(p, 1 + top.length);
  return bottom ? { top: top.value, bottom: bottom.value, length: 1 + top.length + bottom.length } : null;
}

/** {1 \over 2} */
function overFraction(p: Parser): Found | null {
  const [top, over, bottom] = [peek(p, 1), peek(p, 2), peek(p, 3)];
  const isFraction = over.t === 'cmd' && over.s === 'over' && top.t === 'num' && bottom.t === 'num' && peek(p, 4).t === '}';
  return isFraction && isDigits(top.s) && isDigits(bottom.s) ? { top: BigInt(top.s), bottom: BigInt(bottom.s), length: 5 } : null;
}

function wholeAt(p: Parser, ahead: number): { value: bigint; length: number } | null {
  const token = peek(p, ahead);
  if (token.t === 'num' && /^\d$/.test(token.s)) return { value: BigInt(token.s), length: 1 };
  const inner = peek(p, ahead + 1);
  const isBraced = token.t === '{' && inner.t === 'num' && isDigits(inner.s) && peek(p, ahead + 2).t === '}';
  return isBraced ? { value: BigInt(inner.s), length: 3 } : null;
}

const isDigits = (s: string): boolean => /^\d{1,30}$/.test(s);
