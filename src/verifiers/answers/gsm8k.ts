// GSM8K's rule: the answers are numbers; commas and dollar signs go, and the numbers are compared. Numbers, not strings: 18.0 is 18.

import type { Rational } from '../rational.ts';
import { fraction, isSame } from './exact/fraction.ts';
import type { Comparison } from './mathematics.ts';

const NUMBER = /^([+-]?)(\d*)\.?(\d*)$/;
const LONGEST = 400;

function numberOf(text: string): Rational | null {
  if (text.length > LONGEST) return null;
  const [, sign, before = '', after = ''] =
    NUMBER.exec(
      text
        .trim()
        .replace(/[$,]|\\!/g, '')
        .replace(/\.$/, '')
        .replace(/\\/g, ''),
    ) ?? [];
  if (before + after === '') return null;
  const value = fraction(BigInt(before + after), 10n ** BigInt(after.length));
  return sign === '-' ? { n: -value.n, d: value.d } : value;
}

/** Whether two numbers are one. */
export function numbersEqual(reference: string, answer: string): Comparison {
  const [a, b] = [numberOf(reference), numberOf(answer)];
  if (!b) return { isEqual: false, isRead: false, how: 'the answer is no number' };
  const isEqual = a !== null && isSame(a, b);
  return { isEqual, isRead: true, how: isEqual ? 'the same number' : 'another number' };
}

/** Why a reference cannot be judged by this rule. */
export const numberProblem = (reference: string): string | null => (numberOf(reference) ? null : 'the reference is no number');
