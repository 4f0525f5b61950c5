// The tests of an APPS problem out of their JSON text, and the one thing about them that the text does not say: whether a function's results stand
// there wrapped in lists of one. That is decided once a problem, by what its reference solution returns, and then held to: a checker that takes
// both accepts f(x) = [y] for y.
import type { Value } from '../sandbox/backend.ts';
import type { CallTest, CodeRequest, CodeTests } from '../verifiers/code/request.ts';
import type { Verdict } from '../verifiers/verdict.ts';
import { digitsOf, exactOrNull, fieldsOf, isText, itemsOf } from './code/json-parts.ts';
import type { CodeProblem } from './code/problem.ts';

/** The tests, or why the row has none, as the end of "3 rows …". */
export function testsIn(cell: string): CodeTests | string {
  if (cell.trim() === '') return 'without tests';
  const fields = fieldsOf(exactOrNull(cell)?.value);
  if (fields === null) return 'whose tests are no JSON object';
  const [inputs, outputs] = ['inputs', 'outputs'].map(name => itemsOf(fields.get(name)));
  const fn = fields.get('fn_name') ?? '';
  if (!inputs || !outputs || inputs.length === 0) return 'without tests';
  if (inputs.length !== outputs.length) return 'with more inputs than outputs, or fewer';
  if (fn === '') return stdioTests(inputs, outputs);
  return isText(fn) ? callTests(fn, inputs, outputs) : 'whose fn_name is no name';
}

function stdioTests(inputs: readonly Value[], outputs: readonly Value[]): CodeTests | string {
  const tests = inputs.map((input, i) => ({ input: joined(input), output: joined(outputs[i]!) }));
  if (tests.some(({ input, output }) => input === null || output === null)) return 'whose inputs or outputs are neither text nor lines';
  return { mode: 'stdio', tests: tests as { input: string; output: string }[] };
}

/** A text, or a list of lines; an integer in either is its digits as they were written. */
function joined(value: Value): string | null {
  if (isText(value)) return value;
  const lines = itemsOf(value)?.map(joined);
  if (!lines) return digitsOf(value);
  return lines.includes(null) ? null : lines.join('\n');
}

function callTests(fn: string, inputs: readonly Value[], outputs: readonly Value[]): CodeTests | string {
  const tests = inputs.map((input, i): CallTest | null => {
    const args = itemsOf(input);
    return args && { args: args.map((arg, at) => (at === 0 ? withIntegerKeys(arg) : arg)), result: outputs[i]! };
  });
  return tests.includes(null) ? 'whose inputs are no lists of arguments' : { mode: 'call', fn, tests: tests as CallTest[] };
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
    const items = itemsOf(result);
    return items?.length === 1 ? { args, result: items[0]! } : null;
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
