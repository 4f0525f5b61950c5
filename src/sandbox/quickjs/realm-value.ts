// A value between two realms of JavaScript: like Value of backend.ts, and what only JavaScript tells apart: undefined and null, 5n and 5. An object that is
// no plain data stays on its side; what crosses is a token for it. (Python, and JSON, know none of this: toValue.)
import type { Value } from '../backend.ts';

export type RealmValue =
  | Exclude<Value, { readonly t: 'list' | 'tuple' | 'set' | 'iterator' | 'dict' }>
  | { readonly t: 'undefined' }
  | { readonly t: 'bigint'; readonly v: string }
  | { readonly t: 'token'; readonly v: number }
  | { readonly t: 'list' | 'tuple' | 'set' | 'iterator'; readonly v: readonly RealmValue[] }
  | { readonly t: 'dict'; readonly v: readonly (readonly [RealmValue, RealmValue])[] };

export function toValue(value: RealmValue): Value {
  if (value === null || typeof value !== 'object') return value;
  switch (value.t) {
    case 'undefined':
      return null;
    case 'bigint':
      return { t: 'int', v: value.v };
    case 'token':
      return { t: 'opaque', v: 'object' };
    case 'list':
    case 'tuple':
    case 'set':
    case 'iterator':
      return { t: value.t, v: value.v.map(toValue) };
    case 'dict':
      return { t: 'dict', v: value.v.map(([key, item]) => [toValue(key), toValue(item)] as const) };
    default:
      return value;
  }
}
