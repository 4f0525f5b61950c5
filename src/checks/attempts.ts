// The completions that the gate tries on every task, whatever it is about: nothing, blanks, a refusal, the prompt again, a solution cut in two, and
// the solution of another problem. None of them solves anything. What only a task can know comes from its own `gate`.
import type { Prompt } from '../prompt.ts';
import type { Problem, Task, WrongAttempt } from '../tasks/task.ts';

/** Completions that should be correct; empty where nobody knows one. */
export const rightAttempts = (task: Task, problem: Problem): readonly string[] =>
  task.gate?.right?.(problem) ?? (problem.solution === undefined ? [] : [problem.solution]);

export function wrongAttempts(task: Task, problem: Problem): readonly WrongAttempt[] {
  const right = rightAttempts(task, problem)[0];
  return [
    { name: 'empty', completion: '' },
    { name: 'blank', completion: ' \n' },
    { name: 'refused', completion: " I'm sorry, but I can't help with that." },
    { name: 'copied prompt', completion: textOf(task.prompts.train(problem)) },
    ...(right === undefined ? [] : [{ name: 'cut off', completion: firstHalf(right) }]),
    ...(task.gate?.wrong?.(problem) ?? []),
  ];
}

function textOf(prompt: Prompt): string {
  return prompt.kind === 'text' ? prompt.text : prompt.messages.map(({ content }) => content).join('\n');
}

/** The first half of what can be seen. */
const firstHalf = (text: string): string => {
  const letters = [...text.trim()];
  return text.slice(0, text.length - text.trimStart().length) + letters.slice(0, Math.floor(letters.length / 2)).join('');
};

/** The first problem after this one, in a circle, with another reference: its solution is a wrong answer that looks right. */
export function neighbourOf(problems: readonly Problem[], index: number): Problem | null {
  const { reference } = problems[index]!;
  for (let step = 1; step < problems.length; step++) {
    const other = problems[(index + step) % problems.length]!;
    if (other.reference !== reference) return other;
  }
  return null;
}
