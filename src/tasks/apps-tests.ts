// The tests of an APPS problem out of their JSON text, and the one thing about them that the text does not say: whether a function's results stand
// there wrapped in lists of one. That is decided once a problem, by what its reference solution returns, and then held to: a checker that takes
// both accepts f(x) = [y] for y.
import type { Value } from '../sandbox/backend.ts';
import type { CallTest, CodeRequest, CodeTests } from '../verifiers/code/request.ts';
import type { Verdict } from '../verifiers/verdict.ts';
import { type ExactJson, isRecord, parseExact, typedValue } from './code/exact-json.ts';
import type { CodeProblem } from './code/problem.ts';

/** The tests, or why the row has none, as the end of "3 rows …". */
export function testsIn(cell: string): CodeTests | string {
  if (cell.trim() === '') return 'without tests';
  const json = parsedOrNull(cell);
  if (!isRecord(json)) return 'whose tests are no JSON object';
  const { inputs, outputs, fn_name: fn } = json;
  if (!Array.isArray(inputs) || !Array.isArray(outputs)) return 'without tests';
  if (inputs.length === 0) return 'without tests';
  if (inputs.length !== outputs.length) return 'with more inputs than outputs, or fewer';
  if (fn === undefined || fn === null || fn === '') return stdioTests(inputs, outputs);
  if (typeof fn !== 'string') return 'whose fn_name is no name';
  return callTests(fn, inputs, outputs);
}

function parsedOrNull(cell: string): ExactJson {
  try {
    return parseExact(cell);
  } catch {
    return null;
  }
}

function stdioTests(inputs: readonly ExactJson[], outputs: readonly ExactJson[]): CodeTests | string {
  const tests = inputs.map((input, i) => ({ input: joined(input), output: joined(outputs[i]!) }));
  if (tests.some(({ input, output }) => input === null || output === null)) return 'whose inputs or outputs are neither text nor lines';
  return { mode: 'stdio', tests: tests as { input: string; output: string }[] };
}

/** A text, or a list of lines; a number in either is its digits as they were written. */
function joined(json: ExactJson): string | null {
  if (typeof json === 'string') return json;
  if (typeof json === 'bigint') return String(json);
  if (!Array.isArray(json)) return null;
  const lines = json.map(joined);
  return lines.includes(null) ? null : lines.join('\n');
}

function callTests(fn: string, inputs: readonly ExactJson[], outputs: readonly ExactJson[]): CodeTests | string {
  if (!inputs.every(Array.isArray)) return 'whose inputs are no lists of arguments';
  const tests = (inputs as readonly (readonly ExactJson[])[]).map(
    (args, i): CallTest => ({
      args: args.map((arg, at) => (at === 0 ? withIntegerKeys(typedValue(arg)) : typedValue(arg))),
      result: typedValue(outputs[i]!),
    }),
  );
  return { mode: 'call', fn, tests };
}

/** JSON has no integer keys; an object whose keys all look like integers was a dictionary of integers. Only the first argument, as in the set's checker. */
function withIntegerKeys(value: Value): Value {
  if (typeof value !== 'object' || value === null || value.t !== 'dict') return value;
  const isAll = value.v.length > 0 && value.v.every(([key]) => typeof key === 'string' && /^-?\d+$/.test(key));
  return isAll ? { t: 'dict', v: value.v.map(([key, item]) => [{ t: 'int', v: String(BigInt(key as string)) }, item] as const) } : value;
}

/** The results without their lists of one; null where one is no such list. */
export function unwrapped(tests: CodeTests): CodeTests | null {
  if (tests.mode !== 'call') return null;
  const inner = tests.tests.map(({ args, result }) => {
    const isOne = typeof result === 'object' && result !== null && result.t === 'list' && result.v.length === 1;
    return isOne ? { args, result: result.v[0]! } : null;
  });
  return inner.includes(null) ? null : { ...tests, tests: inner as CallTest[] };
}

/** Reference solutions asked before the results are taken as they stand. */
const MOST_ASKED = 3;

/** The problem with its results unwrapped where the first reference that fits either way says so. Throws where the sandbox could not say. */
export async function convention(problem: CodeProblem, run: (request: CodeRequest) => Promise<Verdict>): Promise<CodeProblem> {
  const inner = unwrapped(problem.tests);
  if (inner === null) return problem;
  for (const program of problem.programs.slice(0, MOST_ASKED)) {
    if (await solves(program, problem.tests, run)) return problem;
    if (await solves(program, inner, run)) {
      const heldOut = problem.heldOut && unwrapped(problem.heldOut);
      return { ...problem, tests: inner, ...(heldOut && { heldOut }) };
    }
  }
  return problem;
}

async function solves(program: string, tests: CodeTests, run: (request: CodeRequest) => Promise<Verdict>): Promise<boolean> {
  const verdict = await run({ ...tests, language: 'python', program });
  if (verdict.kind === 'failed') throw new Error(`the reference could not be judged: ${verdict.reason}`);
  return verdict.kind === 'correct';
}
