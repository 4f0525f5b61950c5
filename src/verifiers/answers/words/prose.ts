// Answers in words: whether a text is one (letters, digits and punctuation, no formula), and the key under which two of them are the same.
import type { Conventions } from '../conventions.ts';

const PROSE = /^[\p{L}\p{N}\s.,;:!?'"()\-&%/]+$/u;
const LONGEST = 400;

/** Whether a text without its LaTeX wrappers is words. */
export const isProse = (plain: string): boolean => plain.length <= LONGEST && PROSE.test(plain) && /\p{L}/u.test(plain);

/** What counts of a word answer under the conventions. */
export function proseKey(plain: string, { case: cases, articles }: Conventions): string {
  const isLetter = /^[\s("'.]*\p{L}[\s)"'.]*$/u.test(plain);
  const folded = cases === 'folded' && !isLetter ? plain.toLowerCase() : plain;
  if (articles === 'kept') return folded.replace(/\s+/g, ' ').trim();
  return folded
    .replace(/(?<=\p{L})['"](?=\p{L})/gu, '')
    .replace(/[.,;:!?'"()]+/g, ' ')
    .replace(/\b(?:the|a|an)(?= )/gi, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
