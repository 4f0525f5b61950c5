// MBPP (Austin et al. 2021), the full set (`text`) and the sanitized one (`prompt`, `test_imports`): a sentence and the asserts a function must
// pass, between [BEGIN] and [DONE]. `sample` prompts show solved problems first, the protocol's ids 2, 3 and 4, out of the set's own `prompt` split.
// The challenge tests, where a row has them, are never shown; they count only where asked for, or else are held out.
import { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { type CodeTaskParts, codeTask } from './code/code-task.ts';
import { fileSplits, textCell, textsCell } from './code/files.ts';
import type { CodeProblem } from './code/problem.ts';
import { programIn } from './code/program-text.ts';
import { askedPrompt, fenced } from './code/prompt.ts';
import { askedSettings, judgedSettings, parsedSettings } from './code/settings.ts';
import { cellText, type Row, readRows } from './rows.ts';
import type { Task } from './task.ts';

export const mbppSchema = z.strictObject({
  kind: z.literal('mbpp'),
  ...judgedSettings,
  ...askedSettings,
  /** The file of the set's `prompt` split: solved problems to show before the question in the first round. */
  shotsFile: z.string().min(1).optional(),
  /** Asserts that the prompt shows. Showing none leaves the function's name to be guessed; showing all invites programs made for them. */
  shown: z.enum(['all', 'first']).default('all'),
  /** Whether the challenge tests count for the reward. */
  challenge: z.boolean().default(false),
});

export type MbppInput = z.input<typeof mbppSchema>;
type Settings = z.output<typeof mbppSchema>;

/** Problems that the protocol shows. */
const SHOT_IDS = ['2', '3', '4'];

const lines = (text: string): string => text.replace(/\r\n?/g, '\n');

interface Entry extends CodeProblem {
  /** The asserts that may be shown, if they count for the reward. */
  readonly listed: readonly string[];
}

function partsOf(row: Row) {
  const question = 'text' in row.columns ? 'text' : 'prompt';
  return {
    id: cellText(row.columns.task_id) ?? String(row.number),
    text: lines(textCell(row, question)).trim(),
    code: lines(textCell(row, 'code')),
    asserts: textsCell(row, 'test_list').map(lines),
    challenges: textsCell(row, 'challenge_test_list').map(lines),
    setup: [...textsCell(row, 'test_imports'), cellText(row.columns.test_setup_code) ?? ''].map(lines).join('\n').trim(),
  };
}

/** What stands before a solution. */
function block(text: string, asserts: readonly string[]): string {
  const tests = asserts.join('\n');
  return `You are an expert Python programmer, and here is your task: ${text} Your code should pass these tests:\n\n${tests}\n[BEGIN]\n`;
}

const asking = (text: string, asserts: readonly string[]): string =>
  `${text}\n\nThe function must pass these tests:\n\n${fenced('python', asserts.join('\n'))}\n\nAnswer with the function in one fenced block of code.`;

function problemOf({ challenge, chat }: Settings, row: Row): Entry | { readonly leftOut: string } {
  const { id, text, code, asserts, challenges, setup } = partsOf(row);
  if (asserts.length === 0) return { leftOut: 'without tests' };
  if (needsOneSide(code, [setup, ...asserts, ...challenges]))
    return { leftOut: 'whose tests hand over functions, types or objects of the program, which no other process can hold' };
  const of = (chosen: readonly string[]) => ({ mode: 'assert', asserts: chosen, ...(setup && { setup }) }) as const;
  const program = `${code.trim()}\n`;
  return {
    id: `mbpp-${id}`,
    question: text,
    listed: asserts,
    reference: program,
    solution: chat ? fenced('python', program) : program,
    language: 'python',
    tests: of(challenge ? [...asserts, ...challenges] : asserts),
    ...(!challenge && challenges.length > 0 && { heldOut: of(challenges) }),
    programs: [program],
  };
}

/** A type handed over as a value: `f((1, 'a'), int)`. */
const TYPES = /, *(?:int|str|float|list|tuple|dict|set|bool) *\)/;

/** Whether tests use classes that the solution defines, or hand functions or types over: such tests cannot be kept apart from the program. */
function needsOneSide(code: string, tested: readonly string[]): boolean {
  const classes = [...code.matchAll(/^class (\w+)/gm)].map(([, name = '']) => name);
  const tests = tested.join('\n');
  return TYPES.test(tests) || /\blambda\b/.test(tests) || classes.some(name => new RegExp(`\\b${name}\\b`).test(tests));
}

async function shotsOf(file: string): Promise<string> {
  const rows = (await readRows(file, ['task_id', 'code', 'test_list'])).map(partsOf);
  const shown = SHOT_IDS.map(id => rows.find(row => row.id === id)).filter(row => row !== undefined);
  if (shown.length === 0)
    throw new ConfigError({ field: file, message: `holds none of the problems ${SHOT_IDS.join(', ')}; give the set's prompt split` });
  return shown.map(({ text, asserts, code }) => `${block(text, asserts)}${code.trim()}\n[DONE]\n\n`).join('');
}

/** Never one that is held out. */
function visibleTests({ tests, listed }: Entry, shown: Settings['shown']): readonly string[] {
  const counted = tests.mode === 'assert' ? listed.filter(text => tests.asserts.includes(text)) : [];
  return shown === 'first' ? counted.slice(0, 1) : counted;
}

export function mbpp(input: MbppInput, openJudge?: CodeTaskParts['openJudge']): Task<CodeProblem> {
  const settings = parsedSettings(mbppSchema, input);
  const { chat, shotsFile, shown } = settings;
  if (chat && shotsFile !== undefined) throw new ConfigError({ field: 'task.shotsFile', message: 'means nothing where chat is true' });
  const files = fileSplits({ settings, columns: ['task_id', 'code', 'test_list'], fromRow: row => problemOf(settings, row) });
  const visible = (problem: CodeProblem): readonly string[] => visibleTests(problem as Entry, shown);
  let before = '';
  return codeTask({
    name: settings.name ?? 'mbpp',
    language: 'python',
    settings,
    async problems(split) {
      if (shotsFile !== undefined && before === '') before = await shotsOf(shotsFile);
      return files.problems(split);
    },
    notes: split => files.notes(split),
    prompts: {
      train: problem => askedPrompt(settings, block(problem.question, visible(problem)), asking(problem.question, visible(problem))),
      ...(shotsFile !== undefined && {
        sample: (problem: CodeProblem) => ({ kind: 'text', text: before + block(problem.question, visible(problem)) }) as const,
      }),
    },
    stop: settings.stop ?? (chat ? [] : ['[DONE]']),
    maxTokens: settings.maxTokens ?? 512,
    programOf: (_, completion) =>
      programIn(completion, 'python')
        .replace(/^\s*\[BEGIN\]\n/, '')
        .replace(/\[DONE\][\s\S]*$/, ''),
    ...(openJudge && { openJudge }),
  });
}
