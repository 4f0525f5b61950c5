// One spelling for what keyboards, models and data sets spell differently: Unicode signs, dollar and \( \) delimiters, doubled backslashes,
// boxes, a full stop at the end. Only notation: nothing that could change a value is touched. Linear in the length of the text.

import { plainForms } from './keyboard.ts';
import { plainSigns } from './signs.ts';

/** The text with one spelling for every sign. */
export function tidy(text: string): string {
  let out = text.trim();
  if (/[^\x20-\x7e]/.test(out)) out = plainSigns(out);
  if (out.includes('\\begin')) out = out.replace(/(?<!\\)\\(?=[\d-])/g, '\\\\'); // "\\" between rows that was unescaped once
  if (out.includes('\\\\')) out = withoutDoubledBackslashes(out);
  if (out.includes('$') || out.includes('\\')) out = withoutDelimiters(out);
  return withoutTail(withoutHedge(plainForms(out)));
}

const HEDGE = /^(?:\\approx|\\text\{\s?(?:approximately|about)\s?\}|approximately|about|roughly|exactly)(?![a-z])\s*/i;

/** "approximately 5" and "exactly 5" answer with 5. */
const withoutHedge = (text: string): string => (/^[\\aerAER]/.test(text) ? text.replace(HEDGE, '') : text);

/** "\\frac" for "\frac"; inside a matrix "\\" ends a row, unless everything there is doubled. */
function withoutDoubledBackslashes(text: string): string {
  if (text.includes('\\\\begin')) return text.replaceAll('\\\\', '\\');
  if (text.includes('\\begin')) return text;
  return text.replace(/\\\\+(?=[a-zA-Z!,;:{}()[\]%$ ])/g, '\\');
}

const WRAPPERS = /\\(?:begin|end)\{(?:align|equation|gather|aligned|split|displaymath|center|math|multline)\*?\}/g;

function withoutDelimiters(text: string): string {
  let out = text;
  if (out.includes('\\(') || out.includes('\\[')) out = out.replace(/(^|[^\\])\\[()]/g, '$1 ').replace(/(^|[^\\])\\[[\]]/g, '$1 ');
  if (out.includes('\\begin') || out.includes('\\end')) out = out.replace(WRAPPERS, ' ');
  const dollars = out.match(/(?<!\\)\$/g)?.length ?? 0;
  if (dollars > 0 && dollars % 2 === 0) out = out.replace(/(?<!\\)\$/g, ' ');
  return out.trim();
}

/** Without a full stop, comma or stray backslash at the end, and without emphasis or quotes around the whole. */
function withoutTail(text: string): string {
  let end = text.length;
  while (end > 0 && isTail(text, end)) end--;
  const out = text.slice(0, end);
  const quoted = /^(\*\*|"|'|`|\*|__)(?=\S)([^*"`_']{1,200})\1$/.exec(out);
  return quoted ? tidyInside(quoted[2]!) : out;
}

const tidyInside = (text: string): string => withoutTail(text.trim());

function isTail(text: string, end: number): boolean {
  const char = text[end - 1]!;
  if (char === '.' || char === ';' || char === ' ' || char === ',') return text[end - 2] !== '\\' || char === ' ';
  return char === '\\';
}

/** Two answers with the same key are the same text: spacing and sizes do not count, but "1 2" is not "12" and "1, 234" is not "1,234". */
export function textKey(tidied: string): string {
  if (!/[\s\\]/.test(tidied)) return tidied;
  return tidied
    .replace(/\\(?:left|right|displaystyle|big|Big|bigl|bigr|Bigl|Bigr)(?![a-zA-Z])/g, '')
    .replace(/\\[dtc]frac(?![a-zA-Z])/g, '\\frac')
    .replace(/\\(?:[!,;:]|quad(?![a-zA-Z])|qquad(?![a-zA-Z]))/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/ (?=[^a-zA-Z0-9.])/g, '')
    .replace(/(?<=[^a-zA-Z0-9.,]) /g, '');
}

const WRAPPED = /\\(?:text|mbox|textbf|textit|textrm|textnormal|texttt|mathrm|mathbf|mathit|operatorname|emph|hbox|rm|bf)\s*\{([^{}]*)\}/g;

/** The words of an answer without LaTeX around them: \text{June 20} is June 20, 9\,\text{a.m.} is 9 a.m. */
export function plainOf(tidied: string): string {
  let out = tidied;
  if (out.includes('\\'))
    out = out
      .replace(WRAPPED, ' $1 ')
      .replace(/\\[,;:! ~]|\\quad|\\qquad/g, ' ')
      .replace(/\\([$%&#_])/g, '$1');
  return out
    .replace(/[{}]/g, ' ')
    .replace(/~/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[.,;]+$/, '')
    .trim();
}
