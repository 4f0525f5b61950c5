// Text of standard output as lines and tokens, and when two tokens are the same number. What `strict` (compare-stdio.ts) is made of.

// No two parts that could share the same digits: a program may print four million of them.
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Line ends become LF, blanks at a line's end go, empty lines at the end go. */
export function linesOf(text: string): string[] {
  const lines = text
    .replaceAll(/\r\n?/g, '\n')
    .split('\n')
    .map(line => line.trimEnd());
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

export const tokensOf = (line: string): string[] => line.split(/\s+/).filter(token => token !== '');

/**
 * Identical; or, where the expected token shows that it is no integer (a point or an exponent), two finite decimals whose difference is at most
 * `tolerance`, relative above 1. Integers, inf, nan and words are never near each other.
 */
export function isSameToken(expected: string, actual: string, tolerance: number): boolean {
  if (expected === actual) return true;
  if (!/[.eE]/.test(expected) || !DECIMAL.test(expected) || !DECIMAL.test(actual)) return false;
  return isNear(Number(expected), Number(actual), tolerance);
}

/** |expected − actual| ≤ tolerance · max(1, |expected|), of finite numbers. */
export const isNear = (expected: number, actual: number, tolerance: number): boolean =>
  Number.isFinite(expected) && Number.isFinite(actual) && Math.abs(expected - actual) <= tolerance * Math.max(1, Math.abs(expected));
