// When two values are the same, as Python's == says on builtin data: numbers by value across bool, int and float, exactly; text exactly; lists by element
// and dictionaries by key. Beyond Python: a tuple equals a list at every level (JSON has no tuples), and where a non-integral float is
// expected a near one will do. An opaque value equals nothing, itself included. Two integers are never compared as floats.
import type { Value } from '../../sandbox/backend.ts';
import { floatOfHex } from '../../sandbox/hex-float.ts';
import { bigintOf } from '../../sandbox/integers.ts';
import { isNear } from './tokens.ts';

export interface ValueRule {
  /** For a float that is expected and is no whole number; 0 for exact. */
  readonly tolerance: number;
  /** Lists are multisets, at the outermost level. */
  readonly unordered: boolean;
}

/** Its members, whichever word its type has. */
type Items = { readonly v: readonly Value[] };
type Tag = Exclude<Value, null | boolean | string>['t'];
type Dict = Extract<Value, { readonly t: 'dict' }>;

/** Whether `actual` is what was expected. */
export function isSameValue(expected: Value, actual: Value, rule: ValueRule): boolean {
  const [a, b] = [numberOf(expected), numberOf(actual)];
  if (a !== null || b !== null) return a !== null && b !== null && isSameNumber(a, b, rule.tolerance);
  if (typeof expected !== 'object' || typeof actual !== 'object' || expected === null || actual === null) return expected === actual;
  if (isOrdered(expected.t) && isOrdered(actual.t)) return isSameSequence(expected as Items, actual as Items, rule);
  if (expected.t === 'dict' && actual.t === 'dict') return isSameDict(expected, actual, rule);
  if (expected.t === 'set' && actual.t === 'set') return isSameMultiset(expected.v, actual.v, rule);
  // A set where a list is expected, or the other way round: only where order does not count.
  if (rule.unordered && isCollection(expected.t) && isCollection(actual.t))
    return isSameMultiset((expected as Items).v, (actual as Items).v, rule);
  if (expected.t === 'bytes' && actual.t === 'bytes') return expected.v === actual.v;
  return expected.t === 'complex' && actual.t === 'complex' && expected.v.every((part, i) => floatOfHex(part) === floatOfHex(actual.v[i]!));
}

const isOrdered = (t: Tag) => t === 'list' || t === 'tuple';
const isCollection = (t: Tag) => isOrdered(t) || t === 'set';

/** A bigint for bool and int, a number for float; null for anything else. */
function numberOf(value: Value): bigint | number | null {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (value === null || typeof value !== 'object') return null;
  if (value.t === 'int') return bigintOf(value.v);
  return value.t === 'float' ? floatOfHex(value.v) : null;
}

/** Comparing a bigint with a number is exact in JavaScript, as it is in Python (and nan is not itself). */
function isSameNumber(expected: bigint | number, actual: bigint | number, tolerance: number): boolean {
  if (expected >= actual && expected <= actual) return true;
  return typeof expected === 'number' && !Number.isInteger(expected) && isNear(expected, Number(actual), tolerance);
}

function isSameSequence(expected: Items, actual: Items, rule: ValueRule): boolean {
  if (rule.unordered) return isSameMultiset(expected.v, actual.v, rule);
  return expected.v.length === actual.v.length && expected.v.every((item, i) => isSameValue(item, actual.v[i]!, rule));
}

/** Only the outermost level is without order: pairs inside a list of pairs keep theirs. */
function isSameMultiset(expected: readonly Value[], actual: readonly Value[], rule: ValueRule): boolean {
  if (expected.length !== actual.length) return false;
  const inside = { ...rule, unordered: false };
  const left = [...actual];
  return expected.every(item => {
    const at = left.findIndex(other => isSameValue(item, other, inside));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

function isSameDict(expected: Dict, actual: Dict, rule: ValueRule): boolean {
  if (expected.v.length !== actual.v.length) return false;
  const exact = { tolerance: 0, unordered: false };
  const inside = { ...rule, unordered: false };
  const byText = new Map(actual.v.flatMap(([key, item]) => (typeof key === 'string' ? [[key, item] as const] : [])));
  return expected.v.every(([key, item]) => {
    const found = typeof key === 'string' ? byText.get(key) : actual.v.find(([other]) => isSameValue(key, other, exact))?.[1];
    return found !== undefined && isSameValue(item, found, inside);
  });
}
