// A small function as data: what it takes, up to two or three steps, a finish. Its words, its true behaviour (what unit tests are made of)
// and its code, right or with a mistake, all come from the rows of operations.ts.
import { between, pick, type Rng } from '../../random.ts';
import { fill } from '../minimath/problem.ts';
import { type OperationId, operationIds, operationOf, type Value } from './operations.ts';

export interface Call {
  readonly operation: OperationId;
  readonly k: number;
}

export interface Program {
  readonly on: 'list' | 'text';
  /** Steps, then one finish. */
  readonly calls: readonly Call[];
}

const ofPlace = (on: Program['on'], place: 'step' | 'finish') =>
  operationIds.filter(id => operationOf(id).on === on && operationOf(id).place === place);

function drawCall(ids: readonly OperationId[], rng: Rng): Call {
  const operation = pick(ids, rng);
  const { k } = operationOf(operation);
  return { operation, k: k ? between(k[0], k[1], rng) : 0 };
}

/** A program of one to three steps, drawn where not given; no step twice. */
export function makeProgram(rng: Rng, steps?: number): Program {
  const on = rng.next() < 0.6 ? 'list' : 'text';
  const count = steps ?? pick([1, 1, 2, 2, 3], rng);
  const calls: Call[] = [];
  while (calls.length < count) {
    const unused = ofPlace(on, 'step').filter(id => calls.every(c => c.operation !== id));
    calls.push(drawCall(unused, rng));
  }
  return { on, calls: [...calls, drawCall(ofPlace(on, 'finish'), rng)] };
}

/** What the program truly returns. */
export const runProgram = (program: Program, input: Value): Value =>
  program.calls.reduce((value, call) => operationOf(call.operation).run(value, call.k), input);

export const parameterOf = (program: Program): string => (program.on === 'list' ? 'a' : 's');

const inputs = { list: 'a list of numbers a', text: 'a text s' } as const;

/** The problem as a sentence. */
export function describe(program: Program): string {
  const parts = program.calls.map(call => fill(operationOf(call.operation).description, { k: call.k }));
  return `Write f(${parameterOf(program)}) for ${inputs[program.on]}: ${parts.join(', ')}.`;
}

/** The same problem as a comment above the signature. */
export function docstring(program: Program): string {
  const parts = program.calls.map(call => fill(operationOf(call.operation).docstring, { k: call.k }).replace(/\.?$/, '.'));
  return `// ${parts.join(' ')}\nfunction f(${parameterOf(program)}) {`;
}

/** Which of the right ways, or which mistake, a call is written with. */
export type Choose = (call: Call) => string;

export const rightly =
  (rng: Rng): Choose =>
  call =>
    pick(operationOf(call.operation).code, rng);

/** What follows the opening brace, to the closing one: one chain, or a line for each step. */
export function body(program: Program, choose: Choose, isChain: boolean): string {
  const v = parameterOf(program);
  const apply = (value: string, call: Call) => fill(choose(call), { v: value, k: call.k });
  if (isChain) return `\n  return ${program.calls.reduce(apply, v)};\n}`;
  const steps = program.calls.slice(0, -1).map(call => `\n  ${v} = ${apply(v, call)};`);
  return `${steps.join('')}\n  return ${apply(v, program.calls.at(-1)!)};\n}`;
}
