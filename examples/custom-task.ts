// A task of your own in thirty lines: where the problems come from, how the model is asked, who judges. This one asks for the double of a
// number in the words of our small base model; yours asks what you like. Run it: rest-em run examples/custom-task.ts
import { correct, defineConfig, defineTask, incorrect, type Problem, unparsable } from '../src/index.ts';

/** Numbers of the split: the test problems share none with the training problems. */
const NUMBERS = { train: [3, 4, 5, 7, 8, 9, 11, 12, 13, 14, 16, 17], test: [6, 10, 15, 18] };

const doubles = defineTask({
  name: 'doubles',
  problems: async split =>
    NUMBERS[split].map(
      (n): Problem => ({
        id: `doubles-${n}`,
        question: `Tom has ${n} pens. Mia has 2 times as many pens as Tom. How many pens does Mia have now?`,
        reference: String(2 * n),
      }),
    ),
  prompts: { train: problem => ({ kind: 'text', text: `Q: ${problem.question}\nA:` }) },
  stop: ['\nQ:'],
  maxTokens: 80,
  verify: ({ reference }, completion) => {
    const numbers = completion.match(/\d+/g);
    const answer = numbers?.at(-1);
    if (answer === undefined) return unparsable('no number');
    return answer === reference ? correct(answer, 'the last number is right') : incorrect(answer, `${answer} is not ${reference}`);
  },
});

export default defineConfig({
  name: 'custom-task',
  model: '../models/tiny-s',
  task: doubles,
  iterations: 1,
  samplesPerProblem: 8,
  validation: 0,
  fit: { learningRate: 5e-4 },
});
