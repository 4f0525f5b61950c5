// Numbers in words: forty-two, one hundred and five, two thirds, a dozen; and the words that multiply a number before them: 900 million. English only.

const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const values: ReadonlyMap<string, bigint> = new Map([
  ...small.map((word, i) => [word, BigInt(i)] as const),
  ...tens.map((word, i) => [word, BigInt(20 + 10 * i)] as const),
]);
const scales: ReadonlyMap<string, bigint> = new Map([
  ['dozen', 12n],
  ['hundred', 100n],
  ['thousand', 1000n],
  ['million', 10n ** 6n],
  ['billion', 10n ** 9n],
  ['trillion', 10n ** 12n],
]);

/** What a word behind a number multiplies it by, or null. */
export const scaleOf = (word: string): bigint | null => scales.get(word.toLowerCase()) ?? null;

const LONGEST = 12;

/** The number that a text says in words, or null: nothing but number words may be in it. */
export function numberInWords(text: string): bigint | null {
  if (text.length > 120 || !/^[a-zA-Z][a-zA-Z\s-]*$/.test(text)) return null;
  const words = text
    .toLowerCase()
    .split(/[\s-]+/)
    .filter(w => w !== '' && w !== 'and');
  if (words.length === 0 || words.length > LONGEST) return null;
  const isNegative = words[0] === 'minus' || words[0] === 'negative';
  const value = total(isNegative ? words.slice(1) : words);
  return value === null ? null : isNegative ? -value : value;
}

function total(words: readonly string[]): bigint | null {
  if (words.length === 0) return null;
  let [sum, group, last] = [0n, 0n, -1n];
  for (const word of words) {
    const [value, scale] = [values.get(word), scales.get(word)];
    if (word === 'dozen' && words.length === 1) return 12n;
    if (value !== undefined) {
      // "twenty two" but not "two twenty" or "one two".
      if (last >= 0n && !(last >= 20n && value < 10n && value > 0n)) return null;
      group += value;
      last = value;
    } else if (scale === 100n && group > 0n) {
      group *= scale;
      last = -1n;
    } else if (scale !== undefined && group > 0n) {
      sum += group * scale;
      [group, last] = [0n, -1n];
    } else return null;
  }
  return sum + group;
}
