// The first place where two configurations differ, in words for the user. Order of keys does not count.

export interface Difference {
  /** 'method.propose.temperature' */
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** The two have no top-level key in common: the file is not a run's. */
  readonly isStranger: boolean;
}

/** Compares plain JSON values; null when they are equal. */
export function firstDifference(before: unknown, after: unknown): Difference | null {
  const found = walk(before, after, '');
  return found === null ? null : { ...found, isStranger: !haveSharedKey(before, after) };
}

function walk(before: unknown, after: unknown, path: string): Omit<Difference, 'isStranger'> | null {
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(after), ...Object.keys(before)])) {
      const found = walk(before[key], after[key], path === '' ? key : `${path}.${key}`);
      if (found !== null) return found;
    }
    return null;
  }
  return JSON.stringify(before) === JSON.stringify(after)
    ? null
    : { path: path || 'configuration', before: show(before), after: show(after) };
}

/** Arrays too: their keys are their indices. */
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const haveSharedKey = (before: unknown, after: unknown): boolean =>
  isObject(before) && isObject(after) && Object.keys(after).some(key => key in before);

const show = (value: unknown): string => (value === undefined ? 'not set' : JSON.stringify(value));
