// The unit tests of a minicode problem: inputs made from a hash of its description, outputs from what its operations truly do. Inputs lean to
// where programs go wrong (the problem's own numbers and their neighbours, repeated and unsorted values, short texts). Inputs without a plain
// result, such as the largest of no numbers, are not asked.
import { between, pick, type Rng, rngOf, seedOf } from '../../random.ts';
import type { Value as Typed } from '../../sandbox/backend.ts';
import type { CallTest } from '../../verifiers/code/request.ts';
import type { Value } from './operations.ts';
import { describe, type Program, runProgram } from './program.ts';

const words = ['Hello World', 'JavaScript', 'banana', 'Level', 'OK', 'tiny world', 'Backwards', 'abc', 'Zebra', 'up and down', 'a', 'code'];

/** Inputs tried for each test that is wanted. */
const TRIES = 20;

/** At most `count` tests with different inputs, fewer where the program has no plain result for most; equal names give equal tests. */
export function testsOf(program: Program, name: string, count: number): CallTest[] {
  const rng = rngOf(seedOf('minicode tests', name, describe(program)));
  const tests = new Map<string, CallTest>();
  for (let tried = 0; tests.size < count && tried < TRIES * count; tried++) {
    const input = program.on === 'list' ? numbers(program, rng) : text(rng);
    const result = runProgram(program, input);
    if (isPlainResult(result)) tests.set(JSON.stringify(input), { args: [typed(input)], result: typed(result) });
  }
  return [...tests.values()];
}

function numbers({ calls }: Program, rng: Rng): number[] {
  const near = calls.flatMap(({ k }) => (k === 0 ? [] : [k - 1, k, k + 1]));
  const one = () => (near.length > 0 && rng.next() < 0.4 ? pick(near, rng) : between(0, 30, rng));
  return Array.from({ length: between(2, 8, rng) }, one);
}

/** A word as it is, or the beginning of two: so many that tests do not run out. */
function text(rng: Rng): string {
  const whole = `${pick(words, rng)} ${pick(words, rng)}`;
  return rng.next() < 0.3 ? pick(words, rng) : whole.slice(0, between(1, 16, rng));
}

const isPlainResult = (value: Value): boolean => typeof value !== 'number' || Number.isSafeInteger(value);

function typed(value: Value): Typed {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return { t: 'int', v: String(value) };
  return { t: 'list', v: value.map(typed) };
}
