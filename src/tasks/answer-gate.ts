// What `reward test` tries on a task with final answers: each form in which the reference may be written must pass, and near misses must not:
// a digit changed, the reference among other answers, the reference asked rather than given, or only thought. What every task is tried on
// (an empty text, the prompt echoed) the command adds itself.
import type { Extract } from '../verifiers/extract.ts';
import type { Gate, Problem, WrongAttempt } from './task.ts';

/** For answers that a marker names (verifiers/answers). */
export const markedAnswerGate: Gate = {
  right: ({ reference, solution }) => [
    // First, because the gate also tries its first half: half of a human solution may hold the whole answer.
    `So it is $\\boxed{${reference}}$.`,
    `$$\\boxed{ ${reference} }$$`,
    `Final Answer: The final answer is $${reference}$. I hope it is correct.`,
    `The answer is $${reference}$.`,
    `<answer>${reference}</answer>`,
    ...(solution === undefined ? [] : [solution]),
  ],
  wrong: problem => [
    ...nearMisses(problem).map(({ name, completion }) => ({ name, completion: `So it is $\\boxed{${completion}}$.` })),
    { name: 'thought-only', completion: `<think>\\boxed{${problem.reference}}</think>` },
    { name: 'cut-off', completion: `So it is $\\boxed{${problem.reference}` },
    { name: 'refused', completion: 'I cannot answer that.' },
  ],
};

const NUMBER_FORMS: Readonly<Record<Extract, (answer: string) => string>> = {
  'last-number': answer => answer,
  hash: answer => `#### ${answer}`,
  'answer-is': answer => `The answer is ${answer}.`,
  boxed: answer => `\\boxed{${answer}}`,
};

/** For one number (word problems), in the form that the task takes it from. Where the working counts as well, only a solution is right. */
export function numberGate({ extract, require }: { readonly extract: Extract; readonly require?: string | undefined }): Gate {
  const written = NUMBER_FORMS[extract];
  return {
    right: ({ reference, solution }) => [
      ...(solution === undefined ? [] : [solution]),
      ...(require === undefined ? [written(reference)] : []),
    ],
    wrong: problem => [
      ...nearMisses(problem).map(({ name, completion }) => ({ name, completion: written(completion) })),
      { name: 'refused', completion: 'I cannot answer that.' },
    ],
  };
}

function nearMisses({ reference }: Problem): WrongAttempt[] {
  const at = reference.search(/\d(?=\D*$)/);
  const changed = at < 0 ? `${reference} or not` : reference.slice(0, at) + ((Number(reference[at]) + 1) % 10) + reference.slice(at + 1);
  return [
    { name: 'perturbed', completion: changed },
    { name: 'all-listed', completion: `0, 1, 2, 3, ${reference}, ${changed}` },
  ];
}
