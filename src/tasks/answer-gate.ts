// What `reward test` tries on a task with final answers: each form in which the reference may be written must pass, and near misses must not:
// a digit changed, the reference among other answers, the reference asked rather than given, or only thought. What every task is tried on
// (an empty text, the prompt echoed) the command adds itself.
import type { Gate, Problem, WrongAttempt } from './task.ts';

/** For answers that a marker names (verifiers/answers). */
export const markedAnswerGate: Gate = {
  right: ({ reference, solution }) => [
    ...(solution === undefined ? [] : [solution]),
    `So it is $\\boxed{${reference}}$.`,
    `$$\\boxed{ ${reference} }$$`,
    `Final Answer: The final answer is $${reference}$. I hope it is correct.`,
    `The answer is $${reference}$.`,
    `<answer>${reference}</answer>`,
  ],
  wrong: problem => [
    ...nearMisses(problem).map(({ name, completion }) => ({ name, completion: `So it is $\\boxed{${completion}}$.` })),
    { name: 'thought-only', completion: `<think>\\boxed{${problem.reference}}</think>` },
    { name: 'cut-off', completion: `So it is $\\boxed{${problem.reference}` },
    { name: 'refused', completion: 'I cannot answer that.' },
  ],
};

/** For one number at the end of a text (word problems). */
export const numberGate: Gate = {
  right: ({ reference, solution }) => [...(solution === undefined ? [] : [solution]), reference],
  wrong: problem => [...nearMisses(problem), { name: 'refused', completion: 'I cannot answer that.' }],
};

function nearMisses({ reference }: Problem): WrongAttempt[] {
  const at = reference.search(/\d(?=\D*$)/);
  const changed = at < 0 ? `${reference} or not` : reference.slice(0, at) + ((Number(reference[at]) + 1) % 10) + reference.slice(at + 1);
  return [
    { name: 'perturbed', completion: changed },
    { name: 'all-listed', completion: `0, 1, 2, 3, ${reference}, ${changed}` },
  ];
}
