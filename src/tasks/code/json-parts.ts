// A JSON document read exactly (verifiers/code/exact-json.ts), taken apart: its fields and items as values that a program may be given.
import type { Value } from '../../sandbox/backend.ts';
import { JsonError, readExactJson } from '../../verifiers/code/exact-json.ts';

type Parts = ReadonlyMap<string, Value>;

/** Null for a text that is no JSON. */
export function exactOrNull(text: string): { readonly value: Value } | null {
  try {
    return { value: readExactJson(text) };
  } catch (error) {
    if (error instanceof JsonError) return null;
    throw error;
  }
}

const isTagged = (value: Value | undefined): value is Exclude<Value, null | boolean | string> =>
  typeof value === 'object' && value !== null;

/** The fields of an object; null for anything else. */
export const fieldsOf = (value: Value | undefined): Parts | null =>
  isTagged(value) && value.t === 'dict' ? new Map(value.v.map(([key, item]) => [String(key), item])) : null;

/** The items of a list; null for anything else. */
export const itemsOf = (value: Value | undefined): readonly Value[] | null => (isTagged(value) && value.t === 'list' ? value.v : null);

/** The digits of an integer; null for anything else. */
export const digitsOf = (value: Value): string | null => (isTagged(value) && value.t === 'int' ? value.v : null);

export const isText = (value: Value | undefined): value is string => typeof value === 'string';
