// For texts without a marker, and only where a task asks for it: the last number, the last formula, or the last of either. Guesses: a text that
// was cut off has a last number as well, so no task takes one unasked.
import type { Find } from './marks.ts';

/** The fallbacks that a configuration can name. */
export const FALLBACKS = {
  none: () => null,
  'last-number': lastNumber,
  'last-math': lastMath,
} as const satisfies Record<string, (text: string) => Find | null>;

export type Fallback = keyof typeof FALLBACKS;

const WINDOW = 512;
// A minus is a sign where nothing stands before it that it could be taken from.
const NUMBER =
  /(?<![\w)\]}.%])[-−+]?\s?(?:[$€£¥]\s?)?(?:\d+(?:,\d{3})+(?:\.\d+)?|\d{1,2}:\d{2}(?!\d)|\d+\s\d+\/\d+|\d+\/\d+|\d*\.\d+|\d+)(?:[eE][-+]?\d+|\^\{?-?\d+\}?)?(?:\s?[½⅓⅔¼¾⅛])?(?:\s?\\?%)?|[-−]?[½⅓⅔¼¾⅛]/g;

function lastNumber(text: string): Find | null {
  let end = text.length;
  while (end > 0 && !/[\d½⅓⅔¼¾⅛]/.test(text[end - 1]!)) end--;
  if (end === 0) return null;
  const from = Math.max(0, end - WINDOW);
  const last = [...text.slice(from, end + 3).matchAll(NUMBER)].at(-1);
  if (!last) return null;
  const at = from + last.index;
  return { at, end: at + last[0].length, text: last[0].replace(/[$€£¥]\s?/, '').trim(), marker: 'last-number' };
}

const CLOSERS = [
  ['$$', '$$'],
  ['$', '$'],
  ['\\)', '\\('],
  ['\\]', '\\['],
] as const;

function lastMath(text: string): Find | null {
  const finds = CLOSERS.flatMap(([close, open]) => {
    const end = text.lastIndexOf(close);
    const start = end < 1 ? -1 : text.lastIndexOf(open, end - 1);
    const inside = start < 0 ? '' : text.slice(start + open.length, end).trim();
    return inside === '' ? [] : [{ at: start, end: end + close.length, text: inside, marker: 'last-math' as const }];
  });
  return finds.sort((a, b) => b.end - a.end || a.at - b.at)[0] ?? null;
}
