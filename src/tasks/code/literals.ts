// A value as a literal of the candidate's language, for programs that return a constant. Null for what has no literal.
import type { Language, Value } from '../../sandbox/backend.ts';

interface Words {
  readonly none: string;
  readonly yes: string;
  readonly no: string;
  /** Items are literals already. */
  readonly tuple: (items: readonly string[]) => string;
  readonly set: (items: readonly string[]) => string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  python: {
    none: 'None',
    yes: 'True',
    no: 'False',
    tuple: items => `(${items.map(item => `${item},`).join(' ')})`,
    set: items => `set([${items.join(', ')}])`,
  },
  javascript: {
    none: 'null',
    yes: 'true',
    no: 'false',
    tuple: items => `[${items.join(', ')}]`,
    set: items => `new Set([${items.join(', ')}])`,
  },
};

export function literalOf(language: Language, value: Value): string | null {
  const { none, yes, no, tuple, set } = WORDS[language];
  if (value === null) return none;
  if (typeof value === 'boolean') return value ? yes : no;
  if (typeof value === 'string') return JSON.stringify(value);
  switch (value.t) {
    case 'int':
      return value.v;
    case 'float':
      return language === 'python' ? `float.fromhex(${JSON.stringify(value.v)})` : null;
    case 'list':
    case 'tuple':
    case 'set': {
      const items = value.v.map(item => literalOf(language, item));
      if (items.includes(null)) return null;
      const literals = items as string[];
      return value.t === 'list' ? `[${literals.join(', ')}]` : value.t === 'tuple' ? tuple(literals) : set(literals);
    }
    case 'dict': {
      const pairs = value.v.map(pair => pair.map(item => literalOf(language, item)));
      if (pairs.flat().includes(null)) return null;
      return `{${pairs.map(([key, item]) => `${key}: ${item}`).join(', ')}}`;
    }
    default:
      return null;
  }
}
