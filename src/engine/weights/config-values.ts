// Values of config.json, one at a time: what is wrong with one goes to a list of complaints, so that all of it is found at once.
import type { JsonObject } from './json.ts';

/** A value on one short line: RoPE tables can be long. */
export const show = (value: unknown) => JSON.stringify(value).replace(/^(.{80}).+$/, '$1…');

export const isAbsent = (value: unknown) => value === undefined || value === null;

const isCount = (value: unknown): value is number => Number.isInteger(value) && Number(value) > 0 && Number(value) < 2 ** 31;
export const isPositive = (value: unknown): value is number => Number.isFinite(value) && Number(value) > 0;

/** Reads numbers by key; what is wrong goes to `complaints` and reads as 1. */
export function numberReader(json: JsonObject, complaints: string[], isValid: (value: unknown) => value is number = isCount) {
  return (key: string, fallback?: number): number => {
    const value = isAbsent(json[key]) ? fallback : json[key];
    if (isValid(value)) return value;
    complaints.push(
      value === undefined
        ? `${key} is missing`
        : `${key} is ${JSON.stringify(value)}; a positive ${isValid === isCount ? 'whole ' : ''}number is needed`,
    );
    return 1;
  };
}
