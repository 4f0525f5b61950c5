// Fields of a request: a table says what each accepts, and a body is read by it. Everything wrong is told at once; a field that is not in the table is
// wrong as well, and one that this server cannot honour is refused unless it asks for nothing.
import { badRequest } from './problem.ts';

export interface Field<T> {
  /** What the message says is accepted. */
  readonly accepted: string;
  /** Undefined where the value is not accepted. Null is never asked: it counts as absent. */
  read(value: unknown): T | undefined;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;
export type Values<F extends Fields> = { readonly [K in keyof F]?: F[K] extends Field<infer T> ? T : never };

export const whole = (low: number, high: number = Number.MAX_SAFE_INTEGER): Field<number> => ({
  accepted: high === Number.MAX_SAFE_INTEGER ? `a whole number, ${low} or more` : `a whole number from ${low} to ${high}`,
  read: value => (Number.isSafeInteger(value) && Number(value) >= low && Number(value) <= high ? Number(value) : undefined),
});

export const between = (low: number, high: number): Field<number> => ({
  accepted: `a number from ${low} to ${high}`,
  read: value => (typeof value === 'number' && value >= low && value <= high ? value : undefined),
});

export const flag: Field<boolean> = {
  accepted: 'true or false',
  read: value => (typeof value === 'boolean' ? value : undefined),
};

export const text: Field<string> = {
  accepted: 'a text',
  read: value => (typeof value === 'string' ? value : undefined),
};

/** Labels for the client's own use: anything. */
export const label: Field<unknown> = { accepted: 'anything', read: value => value };

/** A field that is known but not supported: only a value that asks for nothing is let through. */
export const without = (accepted: string, isNeutral: (value: unknown) => boolean): Field<true> => ({
  accepted: `${accepted} (anything else is not supported here)`,
  read: value => (isNeutral(value) ? true : undefined),
});

export const only = (...values: readonly (string | number | boolean)[]): Field<true> =>
  without(values.map(v => JSON.stringify(v)).join(' or '), value => values.some(v => v === value));

export const nothing: Field<true> = without('null', value => Array.isArray(value) && value.length === 0);

const shown = (value: unknown): string => {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
};

/** Throws Problem 400 naming every field that is wrong; `param` is the first of them. */
export function readFields<F extends Fields>(fields: F, body: Readonly<Record<string, unknown>>): Values<F> {
  const values: Record<string, unknown> = {};
  const wrong: { name: string; message: string }[] = [];
  for (const [name, given] of Object.entries(body)) {
    if (!Object.hasOwn(fields, name)) wrong.push({ name, message: `${name.slice(0, 80)}: unknown field` });
    else if (given !== null) {
      const value = fields[name]!.read(given);
      if (value === undefined) wrong.push({ name, message: `${name}: got ${shown(given)}; accepted: ${fields[name]!.accepted}` });
      else values[name] = value;
    }
  }
  if (wrong.length > 0) {
    const isUnknown = !Object.hasOwn(fields, wrong[0]!.name);
    const message = wrong
      .slice(0, 10)
      .map(w => w.message)
      .join('\n');
    throw badRequest(message, { param: wrong[0]!.name.slice(0, 80), code: isUnknown ? 'unknown_field' : 'invalid_value' });
  }
  return values as Values<F>;
}
