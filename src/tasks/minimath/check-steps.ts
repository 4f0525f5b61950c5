// Whether every step of a solution is right, beyond its answer: each equation true, the numbers it starts from known (in the problem,
// an earlier result, or a plain constant), and the answer the last result. A right answer that fails here was reached the wrong way.
// It is no verifier of the method: only a count of how often the filter is fooled.
import { answerMarker } from './solution.ts';

export interface StepCheck {
  readonly steps: readonly { readonly text: string; readonly isTrue: boolean; readonly isGrounded: boolean }[];
  /** Every step is true and grounded, and the answer is the last result. */
  readonly isRight: boolean;
}

/** Numbers that words stand for: half, third, days of a week, dozen. */
const constants = ['2', '3', '7', '12'];

const operators: Record<string, (l: number, r: number) => number> = {
  '+': (l, r) => l + r,
  '-': (l, r) => l - r,
  '*': (l, r) => l * r,
  '/': (l, r) => l / r,
};

/** A split product starts from the tens and the ones of a known number. */
const isDigitOf = (number: string, known: ReadonlySet<string>): boolean =>
  [...known].some(k => k.length > 1 && (k.at(-1) === number || String(Number(k) - (Number(k) % 10)) === number));

/** Checks the equations that stand in a solution of a question. */
export function checkSteps(question: string, solution: string): StepCheck {
  const known = new Set([...(question.match(/\d+/g) ?? []), ...constants]);
  const steps = [...solution.matchAll(/(\d+)([+\-*/])(\d+)=(\d+)/g)].map(([text, left = '', operator = '+', right = '', value = '']) => {
    const isGrounded = [left, right].every(n => known.has(n) || isDigitOf(n, known));
    known.add(value);
    return { text, isTrue: operators[operator]!(Number(left), Number(right)) === Number(value), isGrounded };
  });
  const answer = solution.slice(solution.lastIndexOf(answerMarker)).match(/\d+/)?.[0];
  const last = steps.at(-1)?.text.split('=')[1];
  return { steps, isRight: steps.length > 0 && steps.every(s => s.isTrue && s.isGrounded) && answer === last };
}
