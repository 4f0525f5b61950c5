// JSON with its numbers as they were written: an integer stays an integer of any length (JSON.parse alone rounds above 2^53), 1.0 stays a float.
// Data sets of programming problems hold both, and Python tells them apart. A bigint is an integer, a number is a float.
import type { Value } from '../../sandbox/backend.ts';
import { hexOfFloat } from '../../sandbox/hex-float.ts';

export type ExactJson = null | boolean | string | bigint | number | readonly ExactJson[] | { readonly [key: string]: ExactJson };

/** Throws SyntaxError. */
export const parseExact = (text: string): ExactJson =>
  JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) => {
    const source = context?.source;
    return typeof value === 'number' && source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
  }) as ExactJson;

export const isRecord = (json: ExactJson | undefined): json is { readonly [key: string]: ExactJson } =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** The value that a program is given or should return. */
export function typedValue(json: ExactJson): Value {
  if (typeof json === 'bigint') return { t: 'int', v: String(json) };
  if (typeof json === 'number') return { t: 'float', v: hexOfFloat(json) };
  if (Array.isArray(json)) return { t: 'list', v: json.map(typedValue) };
  if (isRecord(json)) return { t: 'dict', v: Object.entries(json).map(([key, v]) => [key, typedValue(v)] as const) };
  return json as null | boolean | string;
}
