// The exam that people grade: its prompts, its sheets (which hold hostile text), and the total of a sheet that was filled in.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ConfigError } from '../../errors.ts';
import { readRows } from '../rows.ts';
import { questionPrompt, readQuestions } from './exam.ts';
import { readTotal, SHEETS } from './sheet.ts';

const HERE = mkdtempSync(join(tmpdir(), 'rest-em-exam-'));
after(() => rmSync(HERE, { recursive: true, force: true }));

function written(name: string, text: string): string {
  writeFileSync(join(HERE, name), text);
  return join(HERE, name);
}

const questions = [
  { id: 'q01', text: 'What is $2^5$?' },
  { id: 'q02', text: 'Give a "prime", and\nexplain.' },
];
const solutions = [
  { id: 'q02', draw: 1, text: '=HYPERLINK("x")' },
  { id: 'q01', draw: 1, text: 'It is\n```` 32, "surely"' },
  { id: 'q01', draw: 2, text: '30' },
];

test('questions come from either column, in order, and a row without one is refused', async () => {
  assert.deepEqual(await readQuestions(written('a.jsonl', '{"problem": " One? "}\n{"problem": "Two?"}\n')), [
    { id: 'q01', text: 'One?' },
    { id: 'q02', text: 'Two?' },
  ]);
  assert.deepEqual(await readQuestions(written('a.csv', 'Question\n"One,\ntwo?"\n')), [{ id: 'q01', text: 'One,\ntwo?' }]);
  await assert.rejects(
    readQuestions(written('b.jsonl', '{"text": "One?"}\n')),
    (error: unknown) => error instanceof ConfigError && /b\.jsonl:1: no question/.test(error.message),
  );
});

test('a question is asked bare, or after five worked examples', () => {
  assert.equal(questionPrompt(questions[0]!, false), 'Problem:\nWhat is $2^5$?\n\nSolution:');
  assert.equal(questionPrompt(questions[0]!, true).split('I hope it is correct.').length, 6);
});

test('the CSV sheet reads back as it was written, and no solution is a formula', async () => {
  const rows = await readRows(written('sheet.csv', SHEETS.csv(questions, solutions)), ['id', 'solution', 'points']);
  assert.deepEqual(
    rows.map(({ columns }) => [columns.id, columns.draw, columns.solution, columns.points]),
    [
      ['q01', '1', 'It is\n```` 32, "surely"', ''],
      ['q01', '2', '30', ''],
      ['q02', '1', '\'=HYPERLINK("x")', ''],
    ],
  );
});

test('in the Markdown sheet a solution cannot close its fence', () => {
  const sheet = SHEETS.md(questions, solutions);
  assert.match(sheet, /`````text\nIt is\n```` 32, "surely"\n`````\n\nPoints: ____ of ____/);
});

test('a solution of no question is refused', () => {
  assert.throws(() => SHEETS.csv(questions, [{ id: 'q09', draw: 1, text: '' }]), /q09: is no question; there are 2/);
});

test('a filled-in sheet has a total; one that is not graded is refused row by row', async () => {
  const head = 'id,draw,question,solution,points,out_of,note\n';
  assert.deepEqual(await readTotal(written('graded.csv', `${head}q01,1,a,b,3,4,\nq02,1,a,b,"2,5",5,half\n`)), {
    graded: 2,
    points: 5.5,
    outOf: 9,
  });
  const refused = await readTotal(written('open.csv', `${head}q01,1,a,b,3,4,\nq02,1,a,b,,5,\nq02,2,a,b,6,5,\n`)).catch(
    (error: unknown) => error,
  );
  assert.ok(refused instanceof ConfigError);
  assert.deepEqual(
    refused.complaints.map(c => c.field.split(':').at(-1)),
    ['2', '3'],
  );
});
