// A text read once: its tidied form, its words, and (when asked for) its tree. Readings are kept by text, so that a reference is parsed once for all its
// samples; the store is small and starts anew when full.
import { within } from './budget.ts';
import { whole } from './exact/fraction.ts';
import { type Node, num, sym } from './latex/node.ts';
import { parse } from './latex/parse.ts';
import type { TokenSettings } from './latex/tokens.ts';
import { plainOf, textKey, tidy } from './tidy.ts';
import { valueInWords } from './words/fraction-words.ts';
import { numberInWords } from './words/number-words.ts';

/** Longer texts are compared as texts only. */
export const LONGEST_PARSED = 2000;
const LONGEST_KEPT = 300;
const MOST_KEPT = 4000;

export interface Reading {
  readonly tidied: string;
  readonly key: string;
  /** The words, without LaTeX around them. */
  readonly plain: string;
  /** The tree read in a way; null when it is no formula. */
  readonly tree: (way: Way) => Node | null;
}

/** How commas are read: 1,234 as a number and (1,234) as a pair; the other way round; or as decimal commas. */
export type Way = 'plain' | 'other' | 'decimal-comma' | 'words';

const kept = new Map<string, Reading>();

export function read(text: string): Reading {
  const there = kept.get(text);
  if (there) return there;
  const reading = readAnew(text);
  if (text.length <= LONGEST_KEPT) {
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(text, reading);
  }
  return reading;
}

function readAnew(text: string): Reading {
  const isLong = text.length > LONGEST_PARSED;
  const tidied = isLong ? text.trim() : tidy(text);
  let plain: string | null = null;
  const trees = new Map<Way, Node | null>();
  return {
    tidied,
    key: isLong ? tidied : textKey(tidied),
    get plain() {
      plain ??= isLong ? tidied : plainOf(tidied);
      return plain;
    },
    tree(way) {
      const tree = trees.get(way);
      if (tree !== undefined) return tree;
      const made = isLong ? null : treeOf(tidied, this.plain, way);
      trees.set(way, made);
      return made;
    },
  };
}

const settings: Readonly<Record<Exclude<Way, 'words'>, TokenSettings>> = {
  plain: { commas: 'plain', decimalComma: false },
  other: { commas: 'other', decimalComma: false },
  'decimal-comma': { commas: 'plain', decimalComma: true },
};

const BASE_IN_WORDS = /^(-?[0-9A-F]+(?:\.[0-9A-F]+)?) (?:in )?base (\w+)$/i;
const BASED = /^\(?(-?)\s?([0-9A-Z]+(?:\.[0-9A-Z]+)?|[0-9a-f]{2,}(?=\)?_16$))\s?\)?\s?_\s?([a-z]+|\d{1,2})$/;

function treeOf(tidied: string, plain: string, way: Way): Node | null {
  const based = way === 'plain' && (plain.includes('_') || plain.includes('base')) ? numeralOf(plain) : null;
  if (based) return based;
  if (way === 'words') {
    const value = valueInWords(plain);
    return value === null ? (phrases.get(plain.toLowerCase()) ?? ratioInWords(plain)) : num(value);
  }
  if (way === 'other' && !/\d,\d{3}(?!\d)/.test(tidied)) return null;
  if (way === 'decimal-comma' && !/^-?\d+,(?:\d{1,2}|\d{4,})$/.test(tidied)) return null;
  return within(null, () => parse(tidied, settings[way]));
}

/** Sets of numbers that have a name in words. */
const phrases: ReadonlyMap<string, Node> = new Map([
  ...['all real numbers', 'all reals', 'the real numbers', 'any real number'].map(words => [words, sym('|R|')] as const),
  ...['no solution', 'no solutions', 'no real solution', 'no real solutions', 'empty set', 'the empty set'].map(
    words => [words, sym('empty')] as const,
  ),
]);

/** 3 to 2 is the ratio 3 : 2. */
function ratioInWords(plain: string): Node | null {
  const [, a, b] = /^(\d{1,12}) to (\d{1,12})$/.exec(plain) ?? [];
  return a === undefined || b === undefined ? null : { k: 'ratio', a: [a, b].map(part => num(whole(BigInt(part)))) };
}

/** 4210_5, (8)_{9}, 2516_{\text{8}}, 1A_{16}, 11_{two}. */
function numeralOf(plain: string): Node | null {
  const [, sign, digits, name] = BASED.exec(plain.replace(BASE_IN_WORDS, '$1_$2').replace(/\s/g, '')) ?? [];
  if (digits === undefined || name === undefined) return null;
  const base = /^\d/.test(name) ? Number(name) : Number(numberInWords(name) ?? 0n);
  const isValid =
    base >= 2 &&
    base <= 36 &&
    [...digits].every(d => d === '.' || Number.parseInt(d, 36) < base) &&
    (/^\d/.test(digits) || (base === 16 && digits.length > 1));
  return isValid ? { k: 'based', digits, base, negative: sign === '-' } : null;
}
