// A value in a few characters, for the reason of a verdict. For people: two values that differ may look alike.
import type { Value } from '../../sandbox/backend.ts';
import { floatOfHex } from '../../sandbox/hex-float.ts';

const LONGEST = 80;

export const shownValue = (value: Value): string => {
  const text = shown(value, LONGEST);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
};

/** Stops going down when there is enough. */
function shown(value: Value, room: number): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value.slice(0, LONGEST));
  switch (value.t) {
    case 'int':
      return value.v;
    case 'float':
      return decimal(floatOfHex(value.v));
    case 'bytes':
      return `bytes ${value.v.slice(0, LONGEST)}`;
    case 'complex':
      return `(${value.v.map(part => decimal(floatOfHex(part))).join(', ')}j)`;
    case 'list':
      return `[${joined(value.v, room)}]`;
    case 'tuple':
      return `(${joined(value.v, room)})`;
    case 'set':
      return `{${joined(value.v, room)}}`;
    case 'iterator':
      return `iterator of ${joined(value.v, room)}`;
    case 'dict':
      return `{${value.v
        .slice(0, room)
        .map(([key, item]) => `${shown(key, room >> 1)}: ${shown(item, room >> 1)}`)
        .join(', ')}}`;
    case 'opaque':
      return `<${value.v}>`;
  }
}

const joined = (items: readonly Value[], room: number) =>
  items
    .slice(0, room)
    .map(item => shown(item, room >> 1))
    .join(', ');

const decimal = (n: number) => (Number.isInteger(n) && Math.abs(n) < 1e16 ? n.toFixed(1) : String(n));
