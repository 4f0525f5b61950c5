// The Hungarian national finals in mathematics: questions without answers, graded by people with the official rubric. So it is no Task: no program
// here can tell a right solution, and nothing is trained on it. What we can do is ask in the usual form and lay the solutions out for grading
// (sheet.ts). Base models are asked with five worked examples, as the exam's figures are usually taken, at temperature 0.1.
import { ConfigError } from '../../errors.ts';
import { finalAnswerLine, MINERVA_TEMPLATE, minervaShots } from '../math/shots.ts';
import { cellText, readRows } from '../rows.ts';
import { promptOf } from '../word-problem-prompts.ts';

export interface Question {
  readonly id: string;
  readonly text: string;
}

/** What the column of the questions is called in the copies that go round. */
const COLUMNS = ['problem', 'question', 'Question', 'Problem'];

/** The questions of a file (.jsonl, .csv or .parquet), named q01, q02, … in its order. Throws ConfigError. */
export async function readQuestions(file: string): Promise<readonly Question[]> {
  const rows = await readRows(file, []);
  return rows.map(({ place, columns }, i) => {
    const name = COLUMNS.find(column => Object.hasOwn(columns, column));
    const text = name === undefined ? null : cellText(columns[name])?.trim();
    if (!text)
      throw new ConfigError({ field: place, message: `no question; accepted: a column ${COLUMNS.slice(0, 2).join(' or ')} with text` });
    return { id: `q${String(i + 1).padStart(2, '0')}`, text };
  });
}

const fifthShot = {
  question:
    'A bag holds 3 white and 5 black marbles. Two are drawn at the same time, at random. What is the probability that they differ in colour?',
  answer: String.raw`There are $\binom{8}{2} = 28$ ways to draw two marbles, and $3 \cdot 5 = 15$ of them take one of each colour. The probability is $\boxed{\frac{15}{28}}$.
${finalAnswerLine(String.raw`\frac{15}{28}`)}`,
};

/** How a question is asked, as plain text: with five worked examples, or with none for a model that has been taught the form. */
export function questionPrompt(question: Question, isFewShot: boolean): string {
  const shots = isFewShot ? [...minervaShots, fifthShot] : [];
  const prompt = promptOf({ shots, template: MINERVA_TEMPLATE, chat: false }, question.text);
  return prompt.kind === 'text' ? prompt.text : '';
}
