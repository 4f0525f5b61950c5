// The names of settings: camelCase inside, snake_case accepted from outside, and the nearest known name for a mistyped one.
// Names only; what a setting may hold is in schema.ts.

type Plain = Readonly<Record<string, unknown>>;

/** An object literal: what YAML, JSON and a configuration file are made of. Class instances and arrays are none. */
export function isPlain(value: unknown): value is Plain {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A task made by defineTask holds functions: it is a value, not a set of settings, and its keys are its own. */
export const isCode = (value: unknown) => isPlain(value) && Object.values(value).some(v => typeof v === 'function');

export const camelName = (name: string) => name.replace(/(?<=[a-z0-9])_([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());

/** The same settings with camelCase keys, all the way down. Of two spellings of one key the later one wins. */
export function camelKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelKeys);
  if (!isPlain(value) || isCode(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [camelName(key), camelKeys(v)]));
}

/** Edits (insert, delete, replace) between two names, letters in either case taken as equal. */
export function editDistance(a: string, b: string): number {
  const [from, to] = [a.toLowerCase(), b.toLowerCase()];
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replace = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replace, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}

/** The known name that was probably meant; null when none is near. */
export function nearestName(name: string, known: readonly string[]): string | null {
  const ranked = known.map(k => ({ k, d: editDistance(name, k) })).sort((a, b) => a.d - b.d);
  const best = ranked[0];
  return best && best.d <= Math.max(2, Math.ceil(name.length / 3)) ? best.k : null;
}
