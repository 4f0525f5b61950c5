// What the columns of well-known sets are called, so that a configuration only names the files: { ...asdiv, train: '…', test: '…' }.
// In a configuration that is no code, { kind: word-problems, set: asdiv, train: …, test: … } does the same. The files themselves are the user's. The three one-step sets are asked for an equation and nothing else: in our
// pilot that form took SmolLM2-135M from 5 to 14 % on asdiv, where asking for sentences or "The answer is" left it at 2 to 5 %.
import { ConfigError } from '../errors.ts';
import type { WordProblemsInput } from './word-problems.ts';

type WordProblemSet = Omit<WordProblemsInput, 'train' | 'test'>;

/** One example for each of + - * /, written by us, in none of the sets. */
export const equationShots = [
  { question: 'Lena picked 18 pears and her brother picked 25 pears. How many pears did they pick together?', answer: '18 + 25 = 43' },
  { question: 'A baker made 60 rolls and sold 34 of them before noon. How many rolls were left?', answer: '60 - 34 = 26' },
  { question: 'Every shelf of a bookcase holds 7 atlases. How many atlases do 6 shelves hold?', answer: '7 * 6 = 42' },
  { question: 'Omar shares 45 marbles equally among 9 friends. How many marbles does each friend get?', answer: '45 / 9 = 5' },
] as const;

/** Few-shot to sample the base, zero-shot to train and to ask what was trained. */
export const equationPrompts = { train: {}, sample: { shots: [...equationShots] } };

/** ASDiv 1.0. An answer looks like "9 (apples)"; names, times and ratios are left out. */
export const asdiv: WordProblemSet = {
  kind: 'word-problems',
  name: 'asdiv',
  question: '{body} {question}',
  answer: { column: 'answer', pattern: String.raw`^(-?\d+(?:\.\d+)?)(?:\s+\([^)]*\))?$` },
  unparsableReferences: 'skip',
  solution: { template: '{formula}', form: 'equation' },
  subject: 'solution_type',
  prompts: equationPrompts,
};

export const svamp: WordProblemSet = {
  kind: 'word-problems',
  name: 'svamp',
  question: '{Body} {Question}',
  answer: { column: 'Answer' },
  solution: { template: '{Equation} = {Answer}', form: 'equation' },
  id: 'ID',
  subject: 'Type',
  prompts: equationPrompts,
};

/** MAWPS. Its references are floats, 2/3 written as 0.6666666667: compared to the digits shown. It has no solutions. */
export const mawps: WordProblemSet = {
  kind: 'word-problems',
  name: 'mawps',
  question: '{input}',
  answer: { column: 'target' },
  tolerance: 'rounded',
  subject: 'type',
  prompts: equationPrompts,
};

/** GSM8K. Solutions of several lines that end in "#### 18", hence its own stop and length. */
export const gsm8k: WordProblemSet = {
  kind: 'word-problems',
  name: 'gsm8k',
  question: '{question}',
  answer: { column: 'answer', pattern: '#### (.+)$' },
  solution: { template: '{answer}', form: 'without-annotations' },
  stop: ['\nQuestion:'],
  maxTokens: 256,
};

export const wordProblemSets: Readonly<Record<string, WordProblemSet>> = { asdiv, svamp, mawps, gsm8k };

/** Settings of a word-problem task over those of the set they name. Throws ConfigError for a set nobody knows. */
export function overSet(task: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (task.kind !== 'word-problems' || task.set === undefined) return task;
  const set = typeof task.set === 'string' && Object.hasOwn(wordProblemSets, task.set) ? wordProblemSets[task.set] : undefined;
  if (set) return { ...set, ...task };
  const known = Object.keys(wordProblemSets).join(', ');
  throw new ConfigError({ field: 'task.set', message: `got ${JSON.stringify(task.set)}; accepted: ${known}` });
}
