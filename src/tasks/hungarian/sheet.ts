// A sheet for grading by hand: every solution beside its question, with room for the points given, the points there are, and a word why. CSV for a
// spreadsheet, which can be read back for the total; Markdown for paper. A solution is whatever a model wrote: it stands in a fence that it
// cannot close, and no cell of it is a formula.
import { ConfigError } from '../../errors.ts';
import { cellText, readRows, refuse } from '../rows.ts';
import type { Question } from './exam.ts';

export interface Solution {
  readonly id: string;
  /** Which of several solutions of one question, from 1. */
  readonly draw: number;
  readonly text: string;
}

const HEAD = ['id', 'draw', 'question', 'solution', 'points', 'out_of', 'note'];

export const SHEETS = { csv: csvSheet, md: markdownSheet } as const satisfies Record<
  string,
  (questions: readonly Question[], solutions: readonly Solution[]) => string
>;

function csvSheet(questions: readonly Question[], solutions: readonly Solution[]): string {
  const rows = inOrder(questions, solutions).map(({ question, solution }) => [
    question.id,
    solution.draw,
    question.text,
    solution.text,
    '',
    '',
    '',
  ]);
  return [HEAD, ...rows].map(row => `${row.map(cell => quoted(String(cell))).join(',')}\r\n`).join('');
}

/** A spreadsheet takes a cell that begins with one of these for a formula. */
const quoted = (cell: string): string => `"${(/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell).replaceAll('"', '""')}"`;

function markdownSheet(questions: readonly Question[], solutions: readonly Solution[]): string {
  const parts = inOrder(questions, solutions).map(({ question, solution }) => {
    const fence = fenceFor(solution.text);
    return `## ${question.id}, solution ${solution.draw}\n\n${question.text}\n\n${fence}text\n${solution.text.trim()}\n${fence}\n\nPoints: ____ of ____   Note:\n`;
  });
  return `# Grading sheet: ${parts.length} solutions of ${questions.length} questions\n\n${parts.join('\n')}`;
}

function fenceFor(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(run => run[0].length));
  return '`'.repeat(longest + 1);
}

function inOrder(questions: readonly Question[], solutions: readonly Solution[]) {
  const known = new Set(questions.map(q => q.id));
  refuse(solutions.flatMap(({ id }) => (known.has(id) ? [] : [{ field: id, message: `is no question; there are ${questions.length}` }])));
  return questions.flatMap(question => solutions.filter(s => s.id === question.id).map(solution => ({ question, solution })));
}

export interface Total {
  readonly graded: number;
  readonly points: number;
  readonly outOf: number;
}

/** The total of a sheet that somebody has filled in. Throws ConfigError with every row that is not graded. */
export async function readTotal(file: string): Promise<Total> {
  const rows = await readRows(file, HEAD);
  const graded = rows.map(row => ({ place: row.place, points: numberOf(row.columns.points), outOf: numberOf(row.columns.out_of) }));
  refuse(
    graded.flatMap(({ place, points, outOf }) =>
      points !== null && outOf !== null && outOf > 0 && points >= 0 && points <= outOf
        ? []
        : [{ field: place, message: 'is not graded: points from 0 to out_of, both numbers' }],
    ),
  );
  const sum = (key: 'points' | 'outOf') => graded.reduce((total, row) => total + (row[key] ?? 0), 0);
  if (graded.length === 0) throw new ConfigError({ field: file, message: 'has no rows' });
  return { graded: graded.length, points: sum('points'), outOf: sum('outOf') };
}

function numberOf(value: unknown): number | null {
  const text = cellText(value)?.trim() ?? '';
  return /^\d+(?:[.,]\d+)?$/.test(text) ? Number(text.replace(',', '.')) : null;
}
