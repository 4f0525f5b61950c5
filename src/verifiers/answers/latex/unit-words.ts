// Words behind a value: "5 inches", "10 square units", "15\mbox{ cm}^2", "28 percent", "90 degrees", "$20". Which words are letters to multiply
// (2ab) and which are a unit is decided here; what units mean stands in ../words/units.ts.
import { isUnit, isUnitLetter } from '../words/units.ts';
import { fractions, functions, joiners, wordSymbols } from './names.ts';
import { type Node, some } from './node.ts';
import { accept, isCommand, type Parser, peek, take, unreadable } from './parser.ts';
import type { Token } from './tokens.ts';

const endsItem = new Set(['end', ',', ';', ')', '}', '.']);
const modulo = new Set(['pmod']);
const currencies: ReadonlyMap<string, string> = new Map([
  ['$', 'dollars'],
  ['€', 'euros'],
  ['£', 'sterling'],
  ['¥', 'yen'],
  ['¢', 'cents'],
  ['₹', 'rupees'],
]);

const codes: ReadonlyMap<string, string> = new Map([
  ['USD', 'dollars'],
  ['US', 'dollars'],
  ['EUR', 'euros'],
  ['GBP', 'sterling'],
  ['JPY', 'yen'],
  ['INR', 'rupees'],
  ['Rs', 'rupees'],
]);

/** The unit a currency sign stands for. */
export const currencyOf = (token: Token): string | undefined => currencies.get(token.t);

/** The unit of an amount that begins here, and how long its sign is: $20, US$20, Rs. 20, USD 20. */
export function amountAt(p: Parser): { readonly unit: string; readonly length: number } | null {
  const sign = currencyOf(peek(p));
  if (sign) return { unit: sign, length: 1 };
  const unit = peek(p).t === 'word' ? codes.get(peek(p).s) : undefined;
  if (unit === undefined) return null;
  const isPointed = peek(p, 1).t === '.' || peek(p, 1).t === '$';
  return startsNumber(peek(p, isPointed ? 2 : 1)) ? { unit, length: isPointed ? 2 : 1 } : null;
}

/** Letters to multiply rather than a word: ab, xyz, ABCD; not "cm" after a number, not "and". */
export function isLetters(token: Token): boolean {
  if (token.t !== 'word' || token.upright) return token.t === 'word' && token.s.length === 1;
  return token.s.length <= 3 || (token.s.length === 4 && token.s === token.s.toUpperCase());
}

/** Whether a unit follows the value that was just read. */
export function hasUnitAhead(p: Parser, left: Node): boolean {
  const token = peek(p);
  // "16 min" and "30 sec" are times; "2 sec x" and "min(a, b)" are functions.
  if (token.t === 'word' && functions.has(token.s) && isUnit(token.s)) return left.k === 'num' && endsItem.has(peek(p, 1).t);
  if (currencyOf(token)) return left.k !== 'quantity' && !startsNumber(peek(p, 1));
  if (isCommand(token, modulo) || unitFractionAt(p) || isModuloInBrackets(p)) return true;
  if (token.t === 'word' && token.s === 'per') return true;
  if (
    token.t !== 'word' ||
    token.s === 'sqrt' ||
    joiners.has(token.s) ||
    functions.has(token.s) ||
    wordSymbols.has(token.s) ||
    left.k === 'quantity'
  )
    return false;
  if (
    token.s.length === 1 &&
    left.k === 'num' &&
    peek(p, 1).t === '/' &&
    isUnitLetter(token.s) &&
    peek(p, 2).t === 'word' &&
    isUnit(peek(p, 2).s)
  )
    return true;
  if (token.s.length === 1) return token.upright && isUnitLetter(token.s) && !some(left, n => n.k === 'sym' && n.s !== 'pi');
  return !isLetters(token) || (isUnit(token.s) && !some(left, n => n.k === 'sym' && n.s !== 'pi'));
}

const startsNumber = (token: Token): boolean => token.t === 'num';

const MOST_WORDS = 8;

export function readUnit(p: Parser, a: Node): Node {
  const sign = currencyOf(peek(p));
  if (sign) return take(p) && { k: 'quantity', a, unit: sign, power: 1 };
  if (isCommand(peek(p), modulo)) return readModulo(p, a);
  if (isModuloInBrackets(p)) return readModuloInBrackets(p, a);
  const quotient = unitFractionAt(p);
  if (quotient) {
    p.at += quotient.length;
    return { k: 'quantity', a, unit: quotient.unit, power: quotient.power };
  }
  const words: string[] = [];
  while (peek(p).t === 'word' && !(joiners.has(peek(p).s) && !/^(?:word|num)$/.test(peek(p, 1).t)) && words.length < MOST_WORDS) {
    if (joiners.has(peek(p).s)) break;
    words.push(take(p).s);
    const isAbbreviation = peek(p).t === '.' && (peek(p, 1).t === 'word' || p.at + 1 >= p.tokens.length);
    if (isAbbreviation) take(p);
    if (peek(p).t === '/' && peek(p, 1).t === 'word') words.push(take(p).t);
  }
  const power = accept(p, '^') ? readPower(p) : 1;
  const unit = words.join(' ');
  if (/^(?:percent|pct|percents|per cent)$/i.test(unit)) return { k: 'percent', a };
  if (/^(?:degrees?|deg)$/i.test(unit)) return { k: 'degree', a };
  return { k: 'quantity', a, unit, power };
}

function readPower(p: Parser): number {
  const isBraced = accept(p, '{');
  const token = take(p);
  if (token.t !== 'num' || !/^[1-9]$/.test(token.s)) unreadable('the power of a unit');
  if (isBraced && !accept(p, '}')) unreadable('the power of a unit');
  return Number(token.s);
}

/** 9 (mod 11) */
const isModuloInBrackets = (p: Parser): boolean =>
  peek(p).t === '(' && /^mod(?:ulo)?$/.test(peek(p, 1).s) && peek(p, 2).t === 'num' && peek(p, 3).t === ')';

function readModuloInBrackets(p: Parser, a: Node): Node {
  const unit = `mod ${peek(p, 2).s}`;
  p.at += 4;
  return { k: 'quantity', a, unit, power: 1 };
}

interface UnitFraction {
  readonly unit: string;
  readonly power: number;
  readonly length: number;
}

/** \frac{\text{miles}}{\text{hour}}, \frac{\text{m}}{\text{s}^2}: the quotient of two units; null when it is any other fraction. */
function unitFractionAt(p: Parser): UnitFraction | null {
  if (!isCommand(peek(p), fractions) || peek(p, 1).t !== '{') return null;
  const top = unitInBraces(p, 1);
  const bottom = top && unitInBraces(p, 1 + top.length);
  if (!top || !bottom || top.power !== 1) return null;
  return { unit: `${top.unit} / ${bottom.unit}`, power: bottom.power, length: 1 + top.length + bottom.length };
}

function unitInBraces(p: Parser, from: number): UnitFraction | null {
  if (peek(p, from).t !== '{') return null;
  const words: string[] = [];
  let at = from + 1;
  for (let token = peek(p, at); token.t === 'word' && token.upright; token = peek(p, ++at)) words.push(token.s);
  const isRaised = peek(p, at).t === '^' && /^[1-9]$/.test(peek(p, at + 1).s);
  const power = isRaised ? Number(peek(p, at + 1).s) : 1;
  if (isRaised) at += 2;
  return words.length > 0 && peek(p, at).t === '}' ? { unit: words.join(' '), power, length: at + 1 - from } : null;
}

/** 9 \pmod{11}: the modulus is what the number counts in. */
function readModulo(p: Parser, a: Node): Node {
  take(p);
  const isBraced = accept(p, '{');
  const token = take(p);
  if (token.t !== 'num' && token.t !== 'word') unreadable('a modulus');
  if (isBraced && !accept(p, '}')) unreadable('a modulus');
  return { k: 'quantity', a, unit: `mod ${token.s}`, power: 1 };
}
