// Other graders' rules, to reproduce their numbers and never to reward: `lcb` as LiveCodeBench compares, `apps-compat` as the official checker
// of APPS does, which takes sets of sets of tokens for the output and so accepts "YES\nNO" where any mixture of the two is expected.
import { isNear } from './tokens.ts';

const stripped = (text: string): string[] =>
  text
    .trim()
    .split('\n')
    .map(line => line.trim());
const words = (line: string): string[] => line.split(/\s+/).filter(word => word !== '');

/** The same number of lines; each equal as text, or token by token as exact decimals (1.0 is 1, and nothing is merely near). */
export function isLcbEqual(expected: string, actual: string): boolean {
  const [wanted, got] = [stripped(expected), stripped(actual)];
  return wanted.length === got.length && wanted.every((line, i) => line === got[i] || areEqualDecimals(words(line), words(got[i]!)));
}

function areEqualDecimals(wanted: readonly string[], got: readonly string[]): boolean {
  const [a, b] = [wanted.map(exactDecimal), got.map(exactDecimal)];
  return a.length > 0 && a.length === b.length && a.every((value, i) => value !== null && value === b[i]);
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/;

/** At its end. A pattern would begin anew at every zero of a long number. */
function withoutZeros(digits: string): string {
  let length = digits.length;
  while (digits[length - 1] === '0') length--;
  return digits.slice(0, length);
}

/** A decimal in one form for each value; null for a word. */
function exactDecimal(token: string): string | null {
  const match = DECIMAL.exec(token);
  if (!match || (match[2] === '' && !match[3])) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = withoutZeros(digits);
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign === '-' ? '-' : ''}${significant}e${power}`;
}

/** The stages of the official checker, from exact to anything goes: the first that accepts. */
export function isAppsCompatible(expected: string, actual: string): boolean {
  const [wanted, got] = [stripped(expected), stripped(actual)];
  const [full, filled] = [wanted.filter(line => line !== ''), got.filter(line => line !== '')];
  return [
    () => expected.trim() === actual.trim(),
    () => isSameList(wanted, got),
    () => isSameList(full, filled),
    () => areClose(full, filled),
    () => isSameSet(full.map(setOfWords), filled.map(setOfWords)),
    () => isSameSet(full.map(setOfRounded), filled.map(setOfRounded)),
  ].some(stage => stage());
}

const isSameList = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((line, i) => line === b[i]);

/** numpy.allclose on one number a line: |a − b| ≤ 1e-8 + 1e-5 · |b|. */
function areClose(wanted: readonly string[], got: readonly string[]): boolean {
  const [a, b] = [wanted.map(Number), got.map(Number)];
  return (
    a.length === b.length &&
    a.length > 0 &&
    a.every((x, i) => isNear(x, b[i]!, Number.POSITIVE_INFINITY) && Math.abs(b[i]! - x) <= 1e-8 + 1e-5 * Math.abs(x))
  );
}

const key = (items: readonly (string | number)[]) => JSON.stringify([...new Set(items)].sort());
const setOfWords = (line: string) => key(words(line));
/** Of a line with a word that is no number the original gives up on the stage: NaN is in no set twice here either. */
const setOfRounded = (line: string, i: number) =>
  words(line).every(word => Number.isFinite(Number(word)))
    ? key(words(line).map(word => Math.round(Number(word) * 1000) / 1000))
    : `no numbers ${i}`;
const isSameSet = (a: readonly string[], b: readonly string[]) => key(a) === key(b) && !a.some(x => x.startsWith('no numbers'));
