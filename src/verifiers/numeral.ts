// Numbers as people and models write them: 1,080, 9.0, -$5, 25%, 3/4, 2 1/2, 2½, "9." at the end of a sentence. A run of digits that is not
// one number (3:30, 1.2.3, 1,00,000, 1e5, 10^4) is found and named as such: taking a piece of it for the answer would be guessing.
// Not words ("nine"), and a percent sign is ignored: 25% is 25.
import { negated, operations, type Rational, rational } from './rational.ts';

export interface Numeral {
  readonly value: Rational;
  /** Digits shown after the point; null for a fraction, which is exact. */
  readonly decimals: number | null;
}

/** A place in a text that looks like a number; `numeral` is null when it is not exactly one. */
export interface Found {
  readonly text: string;
  readonly numeral: Numeral | null;
}

// A minus is a sign where nothing could be subtracted from: after "=", a blank, a bracket; not in "12-5", "12 -5", "(3) -5".
const SIGN = String.raw`(?:(?<==\s?)[-−]\s?|(?<![\w)%]|[\d)%] )[-−])`;
const RUN = String.raw`(?:\d+ (?=\d+\/\d))?(?:(?<![\w.])\.)?\d[\d,.:/]*(?:[eE^][+-]?\d+)?`;
const NUMBER_LIKE = new RegExp(`(${SIGN})?(?:[$€£¥]\\s?)?(${RUN})`, 'g');

/** No number of a word problem is longer; BigInt takes quadratic time on the digits of a hostile one. */
const LONGEST = 40;
/** How much text around a number is looked at: longer than any number we accept, with its sign and currency. */
const WINDOW = 256;

/** The whole text as one number, or null. */
export function parseNumeral(text: string): Numeral | null {
  const trimmed = text.trim();
  if (trimmed.length > WINDOW) return null;
  const plain = plainFractions(trimmed);
  const [first] = plain.matchAll(NUMBER_LIKE);
  if (first?.index !== 0 || !/^\s*%?\.?$/.test(plain.slice(first[0].length))) return null;
  return numeralOf(first);
}

/** The first thing in the text (in its first 256 characters) that looks like a number. */
export function firstNumeral(text: string): Found | null {
  const [first] = plainFractions(text.slice(0, WINDOW)).matchAll(NUMBER_LIKE);
  return first ? foundOf(first) : null;
}

/** The last thing in the text that looks like a number. Looks back from the last digit, so a megabyte costs nothing. */
export function lastNumeral(text: string): Found | null {
  let end = text.length;
  while (end > 0 && !isDigit(text[end - 1]!)) end--;
  if (end === 0) return null;
  const last = [...plainFractions(text.slice(Math.max(0, end - WINDOW), end)).matchAll(NUMBER_LIKE)].at(-1);
  return last ? foundOf(last) : null;
}

const foundOf = (match: RegExpExecArray): Found => ({
  text: match[0].replace(/[,.:/]+$/, '').slice(0, LONGEST),
  numeral: numeralOf(match),
});

function numeralOf([, sign, run]: RegExpExecArray): Numeral | null {
  const magnitude = magnitudeOf(run!.replace(/[,.:/]+$/, ''));
  return magnitude && sign ? { ...magnitude, value: negated(magnitude.value) } : magnitude;
}

function magnitudeOf(run: string): Numeral | null {
  if (run.length > LONGEST) return null;
  const [, whole, top, bottom] = /^(?:(\d+) )?([\d.,]+)\/([\d.,]+)$/.exec(run) ?? [];
  if (top === undefined || bottom === undefined) return decimalOf(run);
  const [w, t, b] = [decimalOf(whole ?? '0'), decimalOf(top), decimalOf(bottom)];
  const part = t && b && operations['/'](t.value, b.value);
  const value = w && part && operations['+'](w.value, part);
  return value && { value, decimals: null };
}

/** 1080, 1,080, 9.50, .5; null for anything else. */
export function decimalOf(text: string): Numeral | null {
  const [all, whole = '', fraction = ''] = /^(\d+|\d{1,3}(?:,\d{3})+)?(?:\.(\d+))?$/.exec(text) ?? [];
  if (!all || all.length > LONGEST) return null;
  const value = rational(BigInt(whole.replaceAll(',', '') + fraction), 10n ** BigInt(fraction.length));
  return value && { value, decimals: fraction.length };
}

const vulgar: Readonly<Record<string, string>> = { '½': '1/2', '⅓': '1/3', '⅔': '2/3', '¼': '1/4', '¾': '3/4', '⅛': '1/8' };

const isDigit = (char: string): boolean => (char >= '0' && char <= '9') || char in vulgar;

/** 2½ is 2 1/2, ½ is 1/2. */
const plainFractions = (text: string): string =>
  text.replace(/(\d ?)?([½⅓⅔¼¾⅛])/g, (_, digit: string | undefined, sign: string) => `${digit ? `${digit.trim()} ` : ''}${vulgar[sign]}`);
