// minimath: word problems of one to five steps, made from fixed seeds (splits.ts), asked as plain text, judged by the number in the answer
// line. The twin of a mathematics benchmark that a model of a million parameters can sometimes solve. A file to copy for a task that
// makes its own problems.
import { correct, incorrect, unparsable, type Verdict } from '../../verifiers/verdict.ts';
import type { Problem, Split, Task } from '../task.ts';
import { checkSteps } from './check-steps.ts';
import { humanSolution } from './human.ts';
import type { Story } from './problem.ts';
import { answerMarker } from './solution.ts';
import { makeSplits, type Splits } from './splits.ts';

/** The prompt: shared with the pre-training text, to the character. A completion begins with a space. */
export const promptOf = (question: string): string => `Q: ${question}\nA:`;

const problemOf =
  (split: Split) =>
  (story: Story, i: number): Problem => ({
    id: `minimath-${split}-${String(i + 1).padStart(4, '0')}`,
    question: story.question,
    reference: String(story.answer),
    solution: humanSolution(story),
    level: String(story.steps),
    subject: story.subject,
  });

/** Compares the number after the LAST answer marker; a solution that was cut off has no complete answer line. */
export function verifyAnswer(reference: string, completion: string): Verdict {
  const at = completion.lastIndexOf(answerMarker);
  if (at < 0) return unparsable(`no "${answerMarker}"`);
  const answer = /^ ?(\d+)\./.exec(completion.slice(at + answerMarker.length))?.[1];
  if (answer === undefined) return unparsable(`no number and full stop after the last "${answerMarker}"`);
  return answer === reference ? correct(answer, 'the answer is the reference') : incorrect(answer, `${answer} is not ${reference}`);
}

let splits: Splits | undefined;

export const minimath: Task = {
  name: 'minimath',
  async problems(split) {
    splits ??= makeSplits();
    return splits.stories[split].map(problemOf(split));
  },
  prompts: {
    train: problem => ({ kind: 'text', text: promptOf(problem.question) }),
    hint: ({ question, reference }) => ({ kind: 'text', text: promptOf(`${question} (${reference})`) }),
  },
  // The text the models were pre-trained on ends every document with the end token; this only catches a model that starts another one.
  stop: ['\nQ:'],
  // A solution is one line; a sentence or a part of one is a step.
  stepEnds: ['.', ','],
  maxTokens: 128,
  verify: (problem, completion) => verifyAnswer(problem.reference, completion),
  // a right answer may come from wrong steps: no reward knows that
  audit: ({ question }, completion) => {
    const isRight = checkSteps(question, completion).isRight;
    return isRight ? correct(null, 'every step is true and grounded') : incorrect(null, 'a step is false, or comes from nowhere');
  },
};
