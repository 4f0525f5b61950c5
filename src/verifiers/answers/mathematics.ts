// Two answers compared by mathematics under conventions, cheapest first: the same text, plain numbers, times and dates and choices, trees, words. The result
// says how it was decided; a text that is neither a formula nor words equals only itself.

import { sameAnswer } from './compare/compare.ts';
import { contextOf } from './compare/context.ts';
import type { Conventions } from './conventions.ts';
import type { Node } from './latex/node.ts';
import { type Reading, read, type Way } from './read.ts';
import { type Choice, choiceOf } from './words/choices.ts';
import { dayOf, sameDay, timeOf } from './words/clock.ts';
import { isProse, proseKey } from './words/prose.ts';

export interface Comparison {
  readonly isEqual: boolean;
  /** The answer could be read. */
  readonly isRead: boolean;
  readonly how: string;
}

const equal = (how: string): Comparison => ({ isEqual: true, isRead: true, how });
const different = (how: string): Comparison => ({ isEqual: false, isRead: true, how });

/** Whether an answer is the reference. */
export function compareAnswers(reference: string, answer: string, conventions: Conventions): Comparison {
  const [a, b] = [read(reference), read(answer)];
  if (b.tidied === '') return { isEqual: false, isRead: false, how: 'there is no answer' };
  if (a.key === b.key) return equal('the same text');
  if (isPlainNumber(a.tidied) && isPlainNumber(b.tidied)) return comparePlain(a.tidied, b.tidied) ?? compareTrees(a, b, conventions);
  return compareWords(a, b, conventions) ?? compareTrees(a, b, conventions);
}

const PLAIN_NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/;
const isPlainNumber = (text: string): boolean => text.length < 33 && PLAIN_NUMBER.test(text);

/** Whole numbers by their digits; decimals are left to exact arithmetic, for rounding. */
function comparePlain(a: string, b: string): Comparison | null {
  if (a.includes('.') || b.includes('.')) return null;
  return Number(a) === Number(b) ? equal('equal numbers') : different(`${b} is not ${a}`);
}

/** Times, dates and choices: null when they say nothing. */
function compareWords(a: Reading, b: Reading, conventions: Conventions): Comparison | null {
  const [s, t] = [timeOf(a.plain), timeOf(b.plain)];
  if (s && t && (s.isMarked || t.isMarked)) return s.minutes === t.minutes ? equal('the same time') : different('another time');
  if ((s?.isMarked && !t) || (t?.isMarked && !s)) return compareHour(a, b, conventions);
  const [d, e] = [dayOf(a.plain), dayOf(b.plain)];
  if (d && e) return sameDay(d, e) ? equal('the same day') : different('another day');
  if (conventions.choices === 'exact') return null;
  const [p, q] = [choiceOf(a.plain, a.tidied), choiceOf(b.plain, b.tidied)];
  if (!p || !q) return compareLabel(p ?? q, p ? b : a, conventions);
  if (p.isLabelled && q.isLabelled) return null;
  if (p.letter === q.letter) return equal('the same choice');
  return p.isLabelled || q.isLabelled ? null : different('another choice');
}

/** 12 for "(B) 12": what the choice says, without its letter. */
function compareLabel(choice: Choice | null, other: Reading, conventions: Conventions): Comparison | null {
  if (!choice?.label || other.plain === '') return null;
  const compared = compareTrees(read(choice.label), other, conventions);
  return compared.isEqual ? compared : null;
}

/** 9 for "9 a.m.": the hour alone, its half of the day left out as a unit may be. */
function compareHour(a: Reading, b: Reading, { units }: Conventions): Comparison | null {
  const marked = timeOf(a.plain)?.isMarked ? a : b;
  const other = marked === a ? b : a;
  const hour = /^(\d{1,2})\s?[ap]/i.exec(marked.plain)?.[1];
  if (!/^\d{1,2}$/.test(other.plain)) return different('only one is a time');
  return hour === other.plain && units !== 'required' ? equal('the hour, its half of the day left out') : different('another time');
}

const ways: readonly (readonly [Way, Way])[] = [
  ['plain', 'plain'],
  ['other', 'plain'],
  ['plain', 'other'],
  ['other', 'other'],
  ['decimal-comma', 'plain'],
  ['plain', 'decimal-comma'],
  ['words', 'plain'],
  ['plain', 'words'],
  ['words', 'words'],
];

function compareTrees(a: Reading, b: Reading, conventions: Conventions): Comparison {
  let first: string | null = null;
  for (const [way, other] of ways) {
    if (!isAllowed(way, conventions) || !isAllowed(other, conventions)) continue;
    const [x, y] = [a.tree(way), b.tree(other)];
    if (!x || !y || !fits(way, y) || !fits(other, x)) continue;
    const context = contextOf(conventions);
    if (sameAnswer(x, y, context)) return equal(context.how);
    first ??= context.how;
  }
  const words = compareProse(a, b, conventions);
  if (words) return words;
  return first === null && b.tree('plain') === null && !isProse(b.plain)
    ? { isEqual: false, isRead: false, how: 'the answer is neither a formula nor words' }
    : different(first ?? 'other words');
}

/** A decimal comma is read only beside one number that is no whole one. */
const fits = (way: Way, other: Node): boolean =>
  way !== 'decimal-comma' || (other.k === 'num' && other.v.d !== 1n) || other.k === 'div' || other.k === 'neg';

function isAllowed(way: Way, conventions: Conventions): boolean {
  if (way === 'decimal-comma') return conventions.decimalComma === 'accepted';
  return way !== 'words' || conventions.numberWords === 'read';
}

/** What could be letters to multiply, but is a word. */
const isWord = (plain: string): boolean => /^\p{L}{3,}$/u.test(plain) || /^no$/i.test(plain);

function compareProse(a: Reading, b: Reading, conventions: Conventions): Comparison | null {
  if (!isProse(a.plain) || !isProse(b.plain)) return null;
  if (a.tree('plain') && b.tree('plain') && !(isWord(a.plain) && isWord(b.plain))) return null; // 2x and 2X are formulas
  return proseKey(a.plain, conventions) === proseKey(b.plain, conventions) && proseKey(a.plain, conventions) !== ''
    ? equal('the same words')
    : null;
}
