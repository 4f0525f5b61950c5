// Where in a completion the final answer stands: one row per rule. A rule finds a number and its text; it never compares.
// Each rule takes the LAST place that fits, because a model may correct itself; that a text does not run on into the next
// question is the business of the stop strings, not of these rules.
import { type Found, firstNumeral, lastNumeral, parseNumeral } from './numeral.ts';

export interface Extractor {
  /** What the rule looks for, for the reason of a verdict: "no … in the text". */
  readonly looksFor: string;
  readonly find: (text: string) => Found | null;
}

/** The rules a configuration can name. */
export const extractors = {
  'last-number': { looksFor: 'number', find: lastNumeral },
  // GSM8K's form.
  hash: { looksFor: 'number after ####', find: text => afterLast(text, /####/g) },
  'answer-is': { looksFor: 'number after "the answer is"', find: text => afterLast(text, /\banswer is\b:?/gi) },
  boxed: { looksFor: String.raw`\boxed{…}`, find: boxed },
} as const satisfies Record<string, Extractor>;

export type Extract = keyof typeof extractors;

/** The first number on the line after the last place where the marker stands. */
function afterLast(text: string, marker: RegExp): Found | null {
  let end = -1;
  for (const match of text.matchAll(marker)) end = match.index + match[0].length;
  return end < 0 ? null : firstNumeral(text.slice(end, end + 256).split('\n', 1)[0]!);
}

function boxed(text: string): Found | null {
  const start = Math.max(text.lastIndexOf('\\boxed{'), text.lastIndexOf('\\fbox{'));
  const content = start < 0 ? null : balanced(text.slice(text.indexOf('{', start), start + 256));
  return content === null ? null : { text: content, numeral: parseNumeral(withoutLatex(content)) };
}

/** The inside of the braces that the text begins with; null when they are not closed. */
function balanced(text: string): string | null {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '{') depth++;
    if (text[i] === '}' && --depth === 0) return text.slice(1, i);
  }
  return null;
}

const latex: readonly (readonly [RegExp, string])[] = [
  [/\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}/g, ' $1/$2'],
  [/\\(?:text|mathrm|mbox)\{[^{}]*\}/g, ''],
  [/\{,\}/g, ','],
  [/\\[,!; ]/g, ''],
  [/\\([$%])/g, '$1'],
];

const withoutLatex = (text: string): string => latex.reduce((out, [pattern, by]) => out.replace(pattern, by), text).replace(/ {2,}/g, ' ');
