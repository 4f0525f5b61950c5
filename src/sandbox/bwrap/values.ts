// Values as a candidate sent them: checked in form, depth and size before they go anywhere else (backend.ts, Value; inside/values.py).
import type { Value } from '../backend.ts';
import { isFields } from './messages.ts';

const DEEPEST = 1000;
const INTEGER = /^-?(\d+|0x[0-9a-f]+)$/;
/** Digits of a decimal: inside/values.py writes longer ones in hexadecimal, as decimals of millions of digits take seconds to read. */
const LONGEST_DECIMAL = 220_000;
const REAL = /^(-?0x[01](\.[0-9a-f]{1,13})?p[+-]\d{1,4}|nan|-?inf)$/;
const HEX = /^[0-9a-f]*$/;

const isInteger = (v: unknown) => typeof v === 'string' && (v.length <= LONGEST_DECIMAL || /^-?0x/.test(v)) && INTEGER.test(v);
const isBytes = (v: unknown) => typeof v === 'string' && v.length % 2 === 0 && HEX.test(v);
const isReal = (v: unknown) => typeof v === 'string' && REAL.test(v);
const isList = (v: unknown, depth: number) => Array.isArray(v) && v.every(item => isValue(item, depth));
const isPair = (v: unknown, depth: number) => Array.isArray(v) && v.length === 2 && isList(v, depth);

const BODIES: Readonly<Record<Exclude<Value, null | boolean | string>['t'], (v: unknown, depth: number) => boolean>> = {
  int: isInteger,
  float: isReal,
  bytes: isBytes,
  complex: v => Array.isArray(v) && v.length === 2 && v.every(isReal),
  list: isList,
  tuple: isList,
  set: isList,
  iterator: isList,
  dict: (v, depth) => Array.isArray(v) && v.every(pair => isPair(pair, depth)),
  opaque: v => typeof v === 'string' && v.length <= 200,
};

const isTag = (t: unknown): t is keyof typeof BODIES => typeof t === 'string' && Object.hasOwn(BODIES, t);

/** Whether this is a value, all the way down. */
export function isValue(value: unknown, depth = 0): value is Value {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true;
  return depth < DEEPEST && isFields(value) && isTag(value.t) && BODIES[value.t](value.v, depth + 1);
}

export const isValues = (value: unknown): value is readonly Value[] => Array.isArray(value) && value.every(item => isValue(item));
