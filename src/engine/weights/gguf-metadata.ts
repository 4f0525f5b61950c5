// GGUF's metadata: typed keys and values. Numbers of every width become JavaScript numbers (64-bit ones beyond 2^53 lose digits; nothing we
// use is that large). Unknown keys are kept and ignored; `Metadata` reads known ones and complains by key.
import { ModelError } from '../../errors.ts';
import type { Cursor } from './gguf-cursor.ts';

export type Value = number | string | boolean | readonly Value[];

interface ValueKind {
  /** Fewest bytes that one value takes, for judging array lengths. */
  readonly bytes: number;
  read(cursor: Cursor, what: string): Value;
}

const scalar = (bytes: number, get: (view: DataView) => number | boolean): ValueKind => ({
  bytes,
  read: (cursor, what) => get(cursor.view(bytes, what)),
});

const arrayType = 9;

// Indexed by GGUF's type number; 9, the array, is read below because it nests.
const kinds: Readonly<Record<number, ValueKind>> = {
  0: scalar(1, view => view.getUint8(0)),
  1: scalar(1, view => view.getInt8(0)),
  2: scalar(2, view => view.getUint16(0, true)),
  3: scalar(2, view => view.getInt16(0, true)),
  4: scalar(4, view => view.getUint32(0, true)),
  5: scalar(4, view => view.getInt32(0, true)),
  6: scalar(4, view => view.getFloat32(0, true)),
  7: scalar(1, view => view.getUint8(0) !== 0),
  8: { bytes: 8, read: (cursor, what) => cursor.string(what) },
  10: scalar(8, view => Number(view.getBigUint64(0, true))),
  11: scalar(8, view => Number(view.getBigInt64(0, true))),
  12: scalar(8, view => view.getFloat64(0, true)),
};

const maxDepth = 4; // arrays of arrays exist; deeper nesting is only ever damage

function readValue(file: string, cursor: Cursor, type: number, what: string, depth = 0): Value {
  if (type === arrayType && depth < maxDepth) return readArray(file, cursor, what, depth);
  const kind = kinds[type];
  if (kind === undefined) throw new ModelError(file, `${what} has a value of the unknown type ${type}`);
  return kind.read(cursor, what);
}

function readArray(file: string, cursor: Cursor, what: string, depth: number): Value {
  const type = cursor.u32(`the type of ${what}`);
  const count = cursor.count(`the length of ${what}`, type === arrayType ? 12 : (kinds[type]?.bytes ?? 1));
  const values: Value[] = [];
  for (let i = 0; i < count; i++) values.push(readValue(file, cursor, type, what, depth + 1));
  return values;
}

/** Reads `count` keys. Throws ModelError: a key twice, an unknown type, lengths beyond the file. */
export function readMetadata(file: string, cursor: Cursor, count: number): Metadata {
  const values = new Map<string, Value>();
  for (let i = 0; i < count; i++) {
    const key = cursor.string(`metadata key ${i + 1} of ${count}`);
    const shown = JSON.stringify(key.slice(0, 80));
    if (values.has(key)) throw new ModelError(file, `holds the metadata key ${shown} twice`);
    values.set(key, readValue(file, cursor, cursor.u32(`the type of ${shown}`), shown));
  }
  return metadataOf(file, values);
}

export interface Metadata {
  readonly keys: readonly string[];
  /** Each reader throws ModelError when the value is of another type, and gives undefined when the key is absent. */
  number(key: string): number | undefined;
  string(key: string): string | undefined;
  boolean(key: string): boolean | undefined;
  strings(key: string): readonly string[] | undefined;
  numbers(key: string): readonly number[] | undefined;
}

/** Typed reading of values that lie in memory. */
export function metadataOf(file: string, values: ReadonlyMap<string, Value>): Metadata {
  const reader =
    <T extends Value>(isRight: (value: Value) => value is T, wanted: string) =>
    (key: string): T | undefined => {
      const value = values.get(key);
      if (value === undefined || isRight(value)) return value;
      throw new ModelError(file, `${key} is not ${wanted}`);
    };
  return {
    keys: [...values.keys()],
    number: reader(isNumber, 'a number'),
    string: reader(isString, 'a string'),
    boolean: reader(value => typeof value === 'boolean', 'true or false'),
    strings: reader((value): value is readonly string[] => Array.isArray(value) && value.every(isString), 'a list of strings'),
    numbers: reader((value): value is readonly number[] => Array.isArray(value) && value.every(isNumber), 'a list of numbers'),
  };
}

const isNumber = (value: Value): value is number => typeof value === 'number';
const isString = (value: Value): value is string => typeof value === 'string';

/** A value that must be there. */
export function needed<T>(file: string, key: string, value: T | undefined): T {
  if (value === undefined) throw new ModelError(file, `the metadata key ${key} is missing`);
  return value;
}
