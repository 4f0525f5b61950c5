// The leaves of the schema. Each carries one phrase saying what it accepts; a complaint is made of that phrase and of what came.
import { z } from 'zod';

export const says = (accepted: string) => ({ error: () => accepted });

export const text = (accepted = 'text, not empty') => z.string(says(accepted)).min(1, says(accepted));

export function whole(minimum: number) {
  const error = says(`a whole number, ${minimum} or more`);
  return z.int(error).min(minimum, error);
}

/** A number from `low` to `high`, both included. */
export function between(low: number, high: number) {
  const error = says(`a number from ${low} to ${high}`);
  return z.number(error).min(low, error).max(high, error);
}

/** A number from 0 up to but not including 1. */
export function fraction() {
  const error = says('a number from 0 up to, not including, 1');
  return z.number(error).min(0, error).lt(1, error);
}

export function above(low: number, high = Number.POSITIVE_INFINITY) {
  const error = says(high === Number.POSITIVE_INFINITY ? `a number above ${low}` : `a number above ${low}, at most ${high}`);
  return z.number(error).gt(low, error).max(high, error);
}

export function atLeast(low: number) {
  const error = says(`a number, ${low} or more`);
  return z.number(error).min(low, error);
}

export const oneOf = <const T extends readonly [string, ...string[]]>(names: T) => z.enum(names, says(`one of ${names.join(', ')}`));

export const listOf = <T extends z.ZodType>(item: T, what: string) => z.array(item, says(`a list of ${what}, such as [a, b]`));
