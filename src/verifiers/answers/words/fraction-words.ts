// Numbers in words that are no whole numbers, and places in a row: two thirds, one half, three and a quarter, 3rd, 12^{th}. English only; "third" alone
// is a place to one writer and a fraction to another, so it is left a word.
import type { Rational } from '../../rational.ts';
import { add, fraction, negate, whole } from '../exact/fraction.ts';
import { numberInWords } from './number-words.ts';

const parts: ReadonlyMap<string, bigint> = new Map(
  Object.entries({
    ...{ half: 2n, third: 3n, quarter: 4n, fourth: 4n, fifth: 5n, sixth: 6n, seventh: 7n, eighth: 8n, ninth: 9n, tenth: 10n },
    ...{ eleventh: 11n, twelfth: 12n, sixteenth: 16n, twentieth: 20n, hundredth: 100n, thousandth: 1000n },
  }).flatMap(([word, value]) => [[word, value] as const, [word === 'half' ? 'halves' : `${word}s`, value] as const]),
);

const PLACE = /^(\d{1,3}(?:,\d{3})+|\d{1,15})\s?(?:\^\s?)?(?:st|nd|rd|th)$/i;
const MIXED = /^(.+)\sand\s((?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven)[\s-].+|half)$/;

/** The number that a text says in words, whole or not; null when it says none. */
export function valueInWords(text: string): Rational | null {
  const place = PLACE.exec(text);
  if (place) return whole(BigInt(place[1]!.replaceAll(',', '')));
  const count = numberInWords(text);
  if (count !== null) return whole(count);
  const words = text.length <= 80 && /^[a-zA-Z][a-zA-Z\s-]*$/.test(text) ? text.toLowerCase().trim() : '';
  const positive = words.replace(/^(?:minus|negative)\s/, '');
  const value = partInWords(positive) ?? mixedInWords(positive);
  return value && positive !== words ? negate(value) : value;
}

function mixedInWords(words: string): Rational | null {
  const [, before = '', after = ''] = MIXED.exec(words) ?? [];
  const [count, part] = [numberInWords(before), partInWords(after)];
  return count === null || part === null || part.n >= part.d ? null : add(whole(count), part);
}

/** two thirds, two-thirds, a third, half, one half */
function partInWords(words: string): Rational | null {
  if (words === 'half') return fraction(1n, 2n);
  const [, top = '', name = ''] = /^(.+?)[\s-](?:of\s)?([a-z]+)$/.exec(words) ?? [];
  const [bottom, count] = [parts.get(name), top === 'a' || top === 'an' ? 1n : numberInWords(top)];
  return bottom === undefined || count === null ? null : fraction(count, bottom);
}
