// The official rule of MATH (hendrycks/math, math_equivalence): both strings are edited and compared as strings, no arithmetic at all. The edits and their
// order are part of the rule, and so are its quirks: 0.5 is 1/2 but 0.25 is not 1/4, and 1,000 is not 1000.
import type { Comparison } from './mathematics.ts';

/** Whether the official script counts the answer as the reference. */
export function hendrycksEqual(reference: string, answer: string): Comparison {
  const isEqual = official(reference) === official(answer);
  return {
    isEqual,
    isRead: true,
    how: isEqual ? 'the same after the edits of the MATH script' : 'different after the edits of the MATH script',
  };
}

/** The edited string; the string itself where an edit cannot be done. */
function official(text: string): string {
  return edited(text) ?? text;
}

function edited(text: string): string | null {
  const plain = withoutUnits(
    text
      .replaceAll('\n', '')
      .replaceAll('\\!', '')
      .replaceAll('\\\\', '\\')
      .replaceAll('tfrac', 'frac')
      .replaceAll('dfrac', 'frac')
      .replaceAll('\\left', '')
      .replaceAll('\\right', '')
      .replaceAll('^{\\circ}', '')
      .replaceAll('^\\circ', '')
      .replaceAll('\\$', ''),
  );
  if (plain === null) return null;
  const pointed = plain.replaceAll('\\%', '').replaceAll(' .', ' 0.').replaceAll('{.', '{0.');
  if (pointed === '') return pointed;
  const rooted = bracedRoots(withoutName(pointed.startsWith('.') ? `0${pointed}` : pointed));
  if (rooted === null) return null;
  const fractions = bracedFractions(rooted.replaceAll(' ', ''));
  return fractions === null ? null : slashFraction(fractions === '0.5' ? '\\frac{1}{2}' : fractions);
}

/** Everything from "\text{ " on, if that stands there once; more than once is an error of the script. */
function withoutUnits(text: string): string | null {
  const parts = text.split('\\text{ ');
  return parts.length <= 2 ? parts[0]! : null;
}

/** "x = 5", "k=5": a left side of at most two characters. */
function withoutName(text: string): string {
  const sides = text.split('=');
  return sides.length === 2 && sides[0]!.length <= 2 ? sides[1]! : text;
}

/** \sqrt3 as \sqrt{3}. */
function bracedRoots(text: string): string | null {
  const [first, ...rest] = text.split('\\sqrt');
  if (rest.some(part => part === '')) return null;
  return first + rest.map(part => (part.startsWith('{') ? `\\sqrt${part}` : `\\sqrt{${part[0]}}${part.slice(1)}`)).join('');
}

/** \frac12 and \frac1{72} in braces; what is too short for two parts leaves the whole as it is. */
function bracedFractions(text: string): string | null {
  const [first, ...rest] = text.split('\\frac');
  let out = first!;
  for (const part of rest) {
    out += '\\frac';
    if (part === '') return null;
    if (part.startsWith('{')) out += part;
    else if (part.length < 2) return text;
    else if (part[1] === '{') out += `{${part[0]}}${part.slice(1)}`;
    else out += `{${part[0]}}{${part[1]}}${part.slice(2)}`;
  }
  return out;
}

const WHOLE = /^[+-]?\d+$/;

/** a/b of two whole numbers, when they are the whole string and written plainly. */
function slashFraction(text: string): string {
  const sides = text.split('/');
  if (sides.length !== 2 || !sides.every(side => WHOLE.test(side))) return text;
  const [a, b] = sides.map(side => String(BigInt(side.replace('+', ''))));
  return text === `${a}/${b}` ? `\\frac{${a}}{${b}}` : text;
}
