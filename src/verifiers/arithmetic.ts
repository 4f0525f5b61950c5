// Arithmetic inside ordinary text: tokens, and the value of the expression that begins or ends at a place. "18 apples + 25 apples",
// "$5 x 3", "2(3 + 4)", "20% of 50", "48/2" are expressions; "x + 3", "2^5", "LCM[4,6]", "price * 5" are not: what cannot be computed
// is no expression, never a guess. Linear in the number of tokens; the callers cap the text.
import { decimalOf } from './numeral.ts';
import { negated, type Operator, operations, type Rational, rational } from './rational.ts';

type Place = { readonly at: number; readonly end: number };
export type NumberToken = Place & {
  readonly kind: 'number';
  readonly value: Rational;
  readonly decimals: number | null;
  readonly percent: boolean;
};
export type Token =
  | NumberToken
  | (Place & { readonly kind: 'operator'; readonly operator: Operator })
  | (Place & { readonly kind: 'open' | 'close' | 'equals' | 'word' | 'opaque' });

/** Units between a number and the next operator: "48 clips in April + 24 clips in May". More words than this are prose. */
export const UNIT_WORDS = 8;
const DEEPEST = 32;

const operatorOf: Readonly<Record<string, Operator>> = {
  ...{ '+': '+', '-': '-', '−': '-', '–': '-', '*': '*', '×': '*', '·': '*', '⋅': '*', '∗': '*', '/': '/', '÷': '/' },
};
const bracketOf: Readonly<Record<string, 'open' | 'close'>> = { '(': 'open', '[': 'open', ')': 'close', ']': 'close' };

const SKIPPED = /[\s$€£¥¢]+/y;
const MIXED = /(\d{1,9}) (\d{1,9})\/(\d{1,9})(?![\d.,:/])/y;
const NUMBER = /(\.?\d[\d,.:]*(?:[eE]\d+)?)/y;
const PERCENT = /\s?%/y;
const STARS = /\*\*+/y;
const PER_UNIT = /\/\s?\p{L}+/uy;
const WORD = /\p{L}+(?:[-'’]\p{L}+)*/uy;
const VARIABLE = /^[xyzn]$/i;
/** 8p and 2A are algebra; 5m, 3g, 2L, 4h, 9s are measures. */
const UNKNOWN = /^(?![mglLhs])\p{L}$/u;
const EQUALS = /[=≈]+/y;
const OPAQUE = /[\^_~&|\\%{}]/y;
const ANY = /./suy;

/** The tokens of a short text. Symbols that change what stands beside them (^, a variable, 3:30) are 'opaque'. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; at = tokens.at(-1)!.end) {
    at += lengthOf(SKIPPED, text, at);
    if (at >= text.length) break;
    tokens.push(mixedAt(text, at) ?? numberAt(text, at) ?? symbolAt(text, at, tokens.at(-1)));
  }
  return tokens;
}

function mixedAt(text: string, at: number): Token | null {
  const [all, whole, top, bottom] = matchAt(MIXED, text, at) ?? [];
  if (!all || BigInt(top!) >= BigInt(bottom!)) return null; // "step 1 10/2" is no mixed number
  const value = rational(BigInt(whole!) * BigInt(bottom!) + BigInt(top!), BigInt(bottom!));
  return value && { kind: 'number', value, decimals: null, percent: false, at, end: at + all.length };
}

function numberAt(text: string, at: number): Token | null {
  const run = matchAt(NUMBER, text, at)?.[1]?.replace(/[,.:]+$/, '');
  if (run === undefined) return null;
  const end = at + run.length;
  const decimal = decimalOf(run);
  if (!decimal) return { kind: 'opaque', at, end };
  const percent = lengthOf(PERCENT, text, end);
  return { kind: 'number', ...decimal, percent: percent > 0, at, end: end + percent };
}

function symbolAt(text: string, at: number, previous: Token | undefined): Token {
  const through = (pattern: RegExp) => at + lengthOf(pattern, text, at);
  const isBetweenNumbers = (end: number) =>
    previous !== undefined && /number|close|word/.test(previous.kind) && /^\s*[$€£¥]?[\d.(]/.test(text.slice(end, end + 8));
  if (through(STARS) > at)
    return { kind: isBetweenNumbers(through(STARS)) && previous?.kind !== 'word' ? 'opaque' : 'word', at, end: through(STARS) };
  if (through(PER_UNIT) > at) return { kind: 'word', at, end: through(PER_UNIT) };
  if (through(WORD) > at) return wordToken(text.slice(at, through(WORD)), at, isBetweenNumbers(through(WORD)), previous);
  if (through(EQUALS) > at) return { kind: 'equals', at, end: through(EQUALS) };
  const char = text[at]!;
  if (operatorOf[char]) return { kind: 'operator', operator: operatorOf[char], at, end: at + 1 };
  if (bracketOf[char]) return { kind: bracketOf[char], at, end: at + 1 };
  return { kind: through(OPAQUE) > at ? 'opaque' : 'word', at, end: Math.max(through(ANY), at + 1) };
}

function wordToken(word: string, at: number, isBetweenNumbers: boolean, previous: Token | undefined): Token {
  const end = at + word.length;
  const isTimes = isBetweenNumbers && (/^x$/i.test(word) || (word === 'of' && previous?.kind === 'number'));
  if (isTimes) return { kind: 'operator', operator: '*', at, end };
  const isGlued = previous?.kind === 'number' && previous.end === at;
  return { kind: VARIABLE.test(word) || (isGlued && UNKNOWN.test(word)) ? 'opaque' : 'word', at, end };
}

/** An expression that was read: its value (null: a division by zero, or too big), where it ends, and the bare number it is, if it is one. */
export interface Expression {
  readonly value: Rational | null;
  readonly end: number;
  readonly operations: number;
  readonly literal: NumberToken | null;
}

/** Reads the longest expression that begins at token `start`. Percentages are divided by `percentOf`: 100 or 1. Null: none begins there. */
export function readExpression(tokens: readonly Token[], start: number, end: number, percentOf: bigint, depth = 0): Expression | null {
  let sum = readTerm(tokens, start, end, percentOf, depth);
  for (;;) {
    const sign = sum && operatorAfter(tokens, sum.end, end);
    if (!sum || !sign || (sign.operator !== '+' && sign.operator !== '-')) return sum;
    sum = joined(sum, sign.operator, readTerm(tokens, sign.next, end, percentOf, depth));
  }
}

function readTerm(tokens: readonly Token[], start: number, end: number, percentOf: bigint, depth: number): Expression | null {
  let product = readFactor(tokens, start, end, percentOf, depth);
  for (;;) {
    const sign = product && (impliedTimes(tokens, product.end, end) ?? operatorAfter(tokens, product.end, end));
    if (!product || !sign || (sign.operator !== '*' && sign.operator !== '/')) return product;
    product = joined(product, sign.operator, readFactor(tokens, sign.next, end, percentOf, depth));
  }
}

function readFactor(tokens: readonly Token[], start: number, end: number, percentOf: bigint, depth: number): Expression | null {
  const token = start < end ? tokens[start] : undefined;
  if (!token || depth > DEEPEST) return null;
  if (token.kind === 'number') {
    const value = token.percent ? rational(token.value.n, token.value.d * percentOf) : token.value;
    return { value, end: start + 1, operations: 0, literal: token };
  }
  if (token.kind === 'operator' && token.operator === '-') {
    const inner = readFactor(tokens, start + 1, end, percentOf, depth + 1);
    return inner && { ...inner, value: inner.value && negated(inner.value) };
  }
  return token.kind === 'open' ? readGroup(tokens, start, end, percentOf, depth) : null;
}

function readGroup(tokens: readonly Token[], start: number, end: number, percentOf: bigint, depth: number): Expression | null {
  const inner = readExpression(tokens, start + 1, end, percentOf, depth + 1);
  const close = inner && afterWords(tokens, inner.end, end);
  return close !== null && close < end && tokens[close]!.kind === 'close' ? { ...inner!, end: close + 1 } : null;
}

const joined = (a: Expression, operator: Operator, b: Expression | null): Expression | null =>
  b && {
    value: a.value && b.value && operations[operator](a.value, b.value),
    end: b.end,
    operations: a.operations + b.operations + 1,
    literal: null,
  };

/** The operator that goes on with an expression that ended before token `at`, units skipped, if something to compute with follows it. */
function operatorAfter(tokens: readonly Token[], at: number, end: number): { operator: Operator; next: number } | null {
  const place = afterWords(tokens, at, end);
  const token = place < end ? tokens[place] : undefined;
  return token?.kind === 'operator' && isOperand(tokens, place + 1, end) ? { operator: token.operator, next: place + 1 } : null;
}

function isOperand(tokens: readonly Token[], at: number, end: number): boolean {
  const token = at < end ? tokens[at] : undefined;
  if (token?.kind !== 'operator') return token?.kind === 'number' || token?.kind === 'open';
  const next = at + 1 < end ? tokens[at + 1] : undefined;
  return token.operator === '-' && (next?.kind === 'number' || next?.kind === 'open');
}

/** 2(3 + 4): a bracket that touches what stands before it. */
function impliedTimes(tokens: readonly Token[], at: number, end: number): { operator: Operator; next: number } | null {
  const isGlued = at < end && tokens[at]!.kind === 'open' && tokens[at - 1]!.end === tokens[at]!.at;
  return isGlued ? { operator: '*', next: at } : null;
}

/** The first token from `at` on that is no word; `at` itself when there are more words than units have. */
export function afterWords(tokens: readonly Token[], at: number, end: number): number {
  let i = at;
  while (i < end && tokens[i]!.kind === 'word') i++;
  return i - at > UNIT_WORDS ? at : i;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const lengthOf = (pattern: RegExp, text: string, at: number): number => matchAt(pattern, text, at)?.[0].length ?? 0;
