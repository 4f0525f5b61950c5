// One observed test becomes an outcome: how it ended, and where it ended well, whether what came out is what should have. The table of sandbox.md's
// verdicts in code: whatever a program does is its outcome; nothing here is our failure.
import type { End, Job, Observation } from '../../sandbox/backend.ts';
import { STDIO_RULES, TOLERANCE, textOf } from './compare-stdio.ts';
import { isSameValue } from './compare-values.ts';
import type { CallTest, CodeRequest, Comparison, Outcome } from './request.ts';
import { shownValue } from './shown-value.ts';

export interface Judged {
  readonly kind: Outcome;
  readonly reason: string;
}

const PASSED: Judged = { kind: 'pass', reason: 'passed' };
const wrong = (reason: string): Judged => ({ kind: 'wrong_answer', reason });

const OF_END: Readonly<Record<Exclude<End, 'exit'>, Outcome>> = {
  assertion_failed: 'wrong_answer',
  runtime_error: 'runtime_error',
  load_error: 'load_error',
  timeout_cpu: 'timeout_cpu',
  timeout_wall: 'timeout_wall',
  memory: 'memory',
  output_limit: 'output_limit',
  protocol_error: 'protocol_error',
};

/** How many tests a request holds. */
export const testCount = (request: CodeRequest): number => (request.mode === 'assert' ? request.asserts.length : request.tests.length);

/** What of a request the sandbox may see: inputs and arguments; of asserts everything, as they run on a side of their own. */
export function jobOf(request: CodeRequest, limits: Job['limits']): Job {
  const { language, program } = request;
  const common = { language, program, limits };
  switch (request.mode) {
    case 'stdio':
      return { ...common, mode: 'stdio', inputs: request.tests.map(test => withLineEnd(test.input)) };
    case 'call':
      return { ...common, mode: 'call', fn: request.fn, calls: request.tests.map(test => test.args) };
    case 'assert':
      return {
        ...common,
        mode: 'assert',
        setup: request.setup ?? '',
        asserts: request.asserts,
        ...(request.names && { names: request.names }),
      };
  }
}

/** A program that reads a line finds its end, as at a terminal; no input at all stays no input. */
const withLineEnd = (input: string) => (input === '' || input.endsWith('\n') ? input : `${input}\n`);

export function outcomeOf(request: CodeRequest, index: number, seen: Observation): Judged {
  if (seen.end !== 'exit') return { kind: OF_END[seen.end], reason: seen.detail };
  const compare = request.compare ?? {};
  if (request.mode === 'stdio') return ofOutput(request.tests[index]!.output, seen.stdout, compare);
  if (request.mode === 'call') return ofResult(request.tests[index]!, seen, compare);
  return PASSED;
}

function ofOutput(expected: string, stdout: Uint8Array, compare: Comparison): Judged {
  const actual = textOf(stdout);
  if (actual === null) return wrong('the output is not UTF-8');
  const difference = STDIO_RULES[compare.rule ?? 'strict'].differs(expected, actual, compare);
  return difference === null ? PASSED : wrong(difference);
}

function ofResult({ result }: CallTest, seen: Observation, { tolerance = TOLERANCE, unordered = false, inPlace }: Comparison): Judged {
  const actual = inPlace === undefined ? seen.value : seen.argumentsAfter?.[inPlace];
  if (actual === undefined) return { kind: 'protocol_error', reason: 'the program gave no result' };
  if (isSameValue(result, actual, { tolerance, unordered })) return PASSED;
  return wrong(`${shownValue(actual)} for ${shownValue(result)}`);
}
