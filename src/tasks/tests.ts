// The user's own programming problems: one JSON object a row, Python or JavaScript, judged by standard input and output, by calls, or by asserts.
// The columns are those of `rest-em judge code`, with the question beside them. The file to copy for a data set with columns of its own.
import { z } from 'zod';
import { type CodeTaskParts, codeTask } from './code/code-task.ts';
import { fileSplits, textCell } from './code/files.ts';
import type { CodeProblem } from './code/problem.ts';
import { programIn } from './code/program-text.ts';
import { askedPrompt, fenced } from './code/prompt.ts';
import { requestColumns } from './code/request-columns.ts';
import { askedSettings, judgedSettings, parsedSettings } from './code/settings.ts';
import { cellText, type Row } from './rows.ts';
import type { Task } from './task.ts';

export const testsSchema = z.strictObject({
  kind: z.literal('tests'),
  ...judgedSettings,
  ...askedSettings,
  language: z.enum(['python', 'javascript']).default('python'),
  /** How a question becomes a prompt that is continued by the program. */
  prompt: z.string().includes('{question}', 'must hold {question}').default('{question}\n\n'),
});

export type TestsInput = z.input<typeof testsSchema>;
type Settings = z.output<typeof testsSchema>;

const asking = (question: string, language: Settings['language']): string =>
  `${question}\n\nAnswer with ${language === 'python' ? 'Python' : 'JavaScript'} in one fenced block of code.`;

function problemOf({ language, chat }: Settings, row: Row): CodeProblem | { readonly leftOut: string } {
  const tests = requestColumns(row, language);
  if (tests === null) return { leftOut: 'without tests' };
  const solution = cellText(row.columns.solution) ?? undefined;
  const level = cellText(row.columns.level) ?? undefined;
  return {
    id: cellText(row.columns.id) ?? `row-${row.number}`,
    question: textCell(row, 'question'),
    reference: solution ?? '',
    ...(solution !== undefined && { solution: chat ? fenced(language, solution) : solution }),
    ...(level !== undefined && { level }),
    language,
    ...tests,
    programs: solution === undefined ? [] : [solution],
  };
}

export function tests(input: TestsInput, openJudge?: CodeTaskParts['openJudge']): Task<CodeProblem> {
  const settings = parsedSettings(testsSchema, input);
  const { language, prompt } = settings;
  const files = fileSplits({ settings, columns: ['question', 'tests'], fromRow: row => problemOf(settings, row) });
  return codeTask({
    name: settings.name ?? 'tests',
    language,
    settings,
    problems: split => files.problems(split),
    notes: split => files.notes(split),
    prompts: {
      train: ({ question }) =>
        askedPrompt(
          settings,
          prompt.replace('{question}', () => question),
          asking(question, language),
        ),
    },
    stop: settings.stop ?? [],
    maxTokens: settings.maxTokens ?? 512,
    programOf: (_, completion) => programIn(completion, language),
    ...(openJudge && { openJudge }),
  });
}
