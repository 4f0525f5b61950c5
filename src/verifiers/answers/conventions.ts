// What counts as the same answer where mathematics alone does not say: each question is a named setting with its accepted values, its default and
// the argument for that default. Not the procedure (judge.ts): only its settings. `RULES` are the presets a task or `--rules` can name.

/** One convention: the values it accepts (the first is the default) and why the default is what it is. */
export interface Convention {
  readonly values: readonly [string, ...string[]];
  readonly why: string;
}

export const CONVENTIONS = {
  rounding: {
    values: ['1e-9', '0', '1e-6', '1e-4', '1e-3', '1e-2'],
    why: 'A decimal stands for an exact value only as what a floating-point print-out of it would be; 3.14 is not pi. The value is the relative error allowed; 0 allows none.',
  },
  percent: {
    values: ['either', 'value', 'number'],
    why: '10% is 0.1 by definition (value); "what percent?" is answered by 10 as well as by 10% (number), but never by a number of at most 1 without its sign.',
  },
  units: {
    values: ['optional', 'required', 'ignored'],
    why: 'The question names the unit, so leaving it out loses nothing; another unit is another answer, unless it is the same quantity (2.5 mm, 0.25 cm).',
  },
  currency: { values: ['optional', 'required'], why: 'As for units: the question says what the money is.' },
  degrees: { values: ['optional', 'required'], why: 'As for units: an angle asked for in degrees is 45 or 45°.' },
  bases: {
    values: ['optional', 'required'],
    why: 'The question names the base, so a numeral without one is read in the base of the other. Two named bases are compared by value.',
  },
  leftSides: { values: ['dropped', 'kept'], why: 'x = 5 and 5 answer the same question; two different names on the left do not.' },
  chains: {
    values: ['last', 'whole'],
    why: 'In a = b = c the last part is the result; what follows an approximation sign only illustrates it.',
  },
  lists: { values: ['unordered', 'ordered'], why: 'Solutions have no order. Tuples, vectors and matrices do.' },
  setBraces: { values: ['optional', 'required'], why: 'A list of solutions is their set, braces or not. A tuple is no set.' },
  vectors: {
    values: ['tuples', 'distinct'],
    why: 'A column, a tuple and angle brackets are three ways to write one vector; a row is not a column.',
  },
  intervals: { values: ['inequalities', 'distinct'], why: '(0, 1) and 0 < x < 1 and x in (0, 1) describe one set.' },
  equations: {
    values: ['scaled', 'literal'],
    why: 'Multiplied by a constant, rearranged or with its sides swapped, an equation has the same solutions.',
  },
  ratios: { values: ['fractions', 'distinct'], why: '3:1 is the ratio 3.' },
  decimalComma: {
    values: ['accepted', 'refused'],
    why: 'Half the world writes 1,22 for 1.22. It is read so only against a single number, and never with three digits after it.',
  },
  unsimplified: {
    values: ['accepted', 'refused'],
    why: 'Equal is equal: 2+2, \\sqrt{16} and 9! name numbers. A task that asks for a simplified form says so.',
  },
  unreduced: { values: ['accepted', 'refused'], why: 'As for unsimplified: 2/4 is 1/2.' },
  integrationConstant: {
    values: ['optional', 'required'],
    why: 'The constant of an indefinite integral carries no information, and data sets leave it out as often as not; its name never matters.',
  },
  numberWords: { values: ['read', 'text'], why: 'forty-two is 42, and 900 million is 900,000,000.' },
  case: { values: ['folded', 'kept'], why: 'Words mean the same in capitals. Symbols do not: X is not x, and choice c is not C.' },
  articles: {
    values: ['ignored', 'kept'],
    why: '"The elephant!" and "elephant" are one answer; articles and punctuation count in no word answer.',
  },
  choices: { values: ['letter', 'exact'], why: '(C), \\text{(C)}, "C.", "Option C" and "C Cecile" all pick C.' },
} as const satisfies Record<string, Convention>;

export type ConventionName = keyof typeof CONVENTIONS;

/** A value for every convention. */
export type Conventions = { readonly [K in ConventionName]: (typeof CONVENTIONS)[K]['values'][number] };

/** How answers are compared: by mathematics under conventions, by the official script of MATH, or by GSM8K's rule. */
export interface Rules {
  readonly method: 'mathematics' | 'hendrycks' | 'number';
  readonly conventions: Conventions;
}

/** The default of every convention. */
export const DEFAULTS = Object.fromEntries(Object.entries(CONVENTIONS).map(([name, { values }]) => [name, values[0]])) as Conventions;

export const RULES = {
  default: { method: 'mathematics', conventions: DEFAULTS },
  'strict-math': { method: 'hendrycks', conventions: DEFAULTS },
  gsm8k: { method: 'number', conventions: DEFAULTS },
} as const satisfies Record<string, Rules>;

export type RulesName = keyof typeof RULES;

/** The rules with some conventions set otherwise. */
export const withConventions = (rules: Rules, some: Partial<Conventions>): Rules => ({
  ...rules,
  conventions: { ...rules.conventions, ...some },
});

/** Whether this is a convention and one of its values. */
export function isConvention(name: string, value: string): boolean {
  return Object.hasOwn(CONVENTIONS, name) && (CONVENTIONS[name as ConventionName].values as readonly string[]).includes(value);
}
