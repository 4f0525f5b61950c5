// Values as a candidate sent them: checked in form, depth and size before they go anywhere else (backend.ts, Value; inside/values.py).
import type { Value } from '../backend.ts';
import { isFields } from './messages.ts';

const DEEPEST = 1000;
const INTEGER = /^-?(\d+|0x[0-9a-f]+)$/;
const REAL = /^(-?0x[01](\.[0-9a-f]{1,13})?p[+-]\d{1,4}|nan|-?inf)$/;
const HEX = /^([0-9a-f]{2})*$/;

const isText = (form: RegExp) => (v: unknown) => typeof v === 'string' && form.test(v);
const isList = (v: unknown, depth: number) => Array.isArray(v) && v.every(item => isValue(item, depth));
const isPair = (v: unknown, depth: number) => Array.isArray(v) && v.length === 2 && isList(v, depth);

const BODIES: Readonly<Record<Exclude<Value, null | boolean | string>['t'], (v: unknown, depth: number) => boolean>> = {
  int: isText(INTEGER),
  float: isText(REAL),
  bytes: isText(HEX),
  complex: v => Array.isArray(v) && v.length === 2 && v.every(isText(REAL)),
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
