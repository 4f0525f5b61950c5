// APPS and data in its form (Hendrycks et al. 2021): a question, tests as the text of a JSON object (`input_output`), solutions as the text of a JSON
// list. Tests feed standard input, or, where there is an `fn_name`, call a function. The prompt is the set's own; introductory problems are the
// default, as in ReST-EM. The traps of the format (long integers, results wrapped in lists, no tests at all) are apps-tests.ts's.
import { z } from 'zod';
import { convention, testsIn } from './apps-tests.ts';
import { type CodeTaskParts, codeTask } from './code/code-task.ts';
import { type FromRow, fileSplits, textCell } from './code/files.ts';
import { exactOrNull, isText, itemsOf } from './code/json-parts.ts';
import type { CodeProblem } from './code/problem.ts';
import { programIn } from './code/program-text.ts';
import { askedPrompt, fenced } from './code/prompt.ts';
import { askedSettings, judgedSettings, parsedSettings } from './code/settings.ts';
import { cellText, type Row } from './rows.ts';
import type { Task } from './task.ts';

const DIFFICULTIES = ['introductory', 'interview', 'competition'] as const;

export const appsSchema = z.strictObject({
  kind: z.literal('apps'),
  ...judgedSettings,
  ...askedSettings,
  difficulty: z.array(z.enum(DIFFICULTIES)).min(1).default(['introductory']),
});

export type AppsInput = z.input<typeof appsSchema>;
type Settings = z.output<typeof appsSchema>;

/** The set's prompt. Which format is asked for follows from the tests. */
function promptText(question: string, starter: string, isCalled: boolean): string {
  const format = isCalled ? 'Use Call-Based format' : 'Use Standard Input format';
  return `\nQUESTION:\n${question}\n${starter === '' ? '' : `${starter}\n`}${format}\nANSWER:\n`;
}

/** What a chat model is asked. */
function asking(question: string, starter: string, isCalled: boolean): string {
  const code = starter.trim() === '' ? '' : `\n\n${fenced('python', starter)}`;
  const how = isCalled ? 'Write the function that is asked for.' : 'Write a program that reads standard input and prints the answer.';
  return `${question}${code}\n\n${how} Answer with Python in one fenced block of code.`;
}

interface Entry extends CodeProblem {
  readonly starter: string;
}

function problemOf({ difficulty, chat }: Settings, row: Row): Entry | Exclude<FromRow, CodeProblem> {
  const level = textCell(row, 'difficulty');
  if (!difficulty.some(name => name === level)) return null;
  const tests = testsIn(textCell(row, 'input_output'));
  if (typeof tests === 'string') return { leftOut: tests };
  const programs = programsIn(cellText(row.columns.solutions) ?? '');
  if (programs === null) return { leftOut: 'whose solutions are no JSON list of texts' };
  const id = cellText(row.columns.problem_id ?? row.columns.id) ?? String(row.number);
  const first = programs[0];
  return {
    id: `apps-${id}`,
    question: textCell(row, 'question'),
    starter: cellText(row.columns.starter_code) ?? '',
    reference: first ?? '',
    ...(first !== undefined && { solution: chat ? fenced('python', first) : first }),
    level,
    subject: tests.mode === 'call' ? 'call' : 'stdio',
    language: 'python',
    tests,
    programs,
  };
}

/** An empty cell is no solutions; null for what is no list of texts. */
function programsIn(cell: string): readonly string[] | null {
  if (cell.trim() === '') return [];
  const items = itemsOf(exactOrNull(cell)?.value);
  return items?.every(isText) ? (items as readonly string[]) : null;
}

export function apps(input: AppsInput, openJudge?: CodeTaskParts['openJudge']): Task<CodeProblem> {
  const settings = parsedSettings(appsSchema, input);
  const files = fileSplits({
    settings,
    columns: ['question', 'solutions', 'input_output', 'difficulty'],
    fromRow: row => problemOf(settings, row),
  });
  const prompt = (problem: CodeProblem) => {
    const { question, starter, tests } = problem as Entry;
    const isCalled = tests.mode === 'call';
    return askedPrompt(settings, promptText(question, starter, isCalled), asking(question, starter, isCalled));
  };
  return codeTask({
    name: settings.name ?? 'apps',
    language: 'python',
    settings,
    problems: split => files.problems(split),
    notes: split => files.notes(split),
    prompts: { train: prompt },
    stop: settings.stop ?? (settings.chat ? [] : ['\nQUESTION:', '\nANSWER:']),
    maxTokens: settings.maxTokens ?? 1024,
    programOf: (_, completion) => programIn(completion, 'python'),
    settled: convention,
    ...(openJudge && { openJudge }),
  });
}
