// HumanEval and data in its form (Chen et al. 2021): a signature with a docstring is continued, hidden tests call the function. The program is the
// prompt with the completion, unless the completion defines the function itself. The tests run on a side of their own, with the prompt's helper
// functions there too (problems 32, 38 and 50 call them). Zero-shot; sampling stops where the function has ended.
import { z } from 'zod';
import { type CodeTaskParts, codeTask } from './code/code-task.ts';
import { fileSplits, textCell } from './code/files.ts';
import type { CodeProblem } from './code/problem.ts';
import { definesInPython, programIn } from './code/program-text.ts';
import { askedPrompt, fenced } from './code/prompt.ts';
import { askedSettings, judgedSettings, parsedSettings } from './code/settings.ts';
import type { Row } from './rows.ts';
import type { Split, Task } from './task.ts';

export const humanevalSchema = z.strictObject({ kind: z.literal('humaneval'), ...judgedSettings, ...askedSettings });

export type HumanevalInput = z.input<typeof humanevalSchema>;
type Settings = z.output<typeof humanevalSchema>;

const COLUMNS = ['task_id', 'prompt', 'entry_point', 'canonical_solution', 'test'];

/** Where the next thing after the function begins, as the set's authors have it. */
const STOP = ['\nclass', '\ndef', '\n#', '\nif', '\nprint'];

const asking = (prompt: string): string =>
  `Complete this Python function. Answer with the whole function in one fenced block of code.\n\n${fenced('python', prompt)}`;

interface Entry extends CodeProblem {
  readonly entryPoint: string;
}

function problemOf({ chat }: Settings, row: Row): Entry {
  const [prompt, entryPoint, solution, test] = ['prompt', 'entry_point', 'canonical_solution', 'test'].map(column => textCell(row, column));
  const program = `${prompt!}${solution!}`;
  return {
    id: textCell(row, 'task_id'),
    question: prompt!,
    reference: program,
    solution: chat ? fenced('python', program) : solution!,
    language: 'python',
    tests: {
      mode: 'assert',
      setup: `${prompt!}    pass\n`,
      asserts: [`${test!}\ncheck(${entryPoint!})\n`],
      names: [entryPoint!],
    },
    programs: [program],
    entryPoint: entryPoint!,
  };
}

/** Imports and helpers stand before the function that is asked for. */
function programOf({ question, entryPoint }: Entry, completion: string): string {
  const text = programIn(completion, 'python');
  if (!definesInPython(text, entryPoint)) return question + text;
  const at = question.search(new RegExp(`^def ${entryPoint}\\b`, 'm'));
  return `${question.slice(0, Math.max(0, at))}\n${text}`;
}

export function humaneval(input: HumanevalInput, openJudge?: CodeTaskParts['openJudge']): Task<CodeProblem> {
  const settings = parsedSettings(humanevalSchema, input);
  const { chat } = settings;
  const files = fileSplits({ settings, columns: COLUMNS, fromRow: row => problemOf(settings, row) });
  return codeTask({
    name: settings.name ?? 'humaneval',
    language: 'python',
    settings,
    problems: (split: Split) => files.problems(split),
    notes: split => files.notes(split),
    prompts: { train: ({ question }) => askedPrompt(settings, question, asking(question)) },
    stop: settings.stop ?? (chat ? [] : STOP),
    maxTokens: settings.maxTokens ?? 512,
    programOf: (problem, completion) => programOf(problem as Entry, completion),
    ...(openJudge && { openJudge }),
  });
}
