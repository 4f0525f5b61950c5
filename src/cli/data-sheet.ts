// rest-em data prompts, sheet, total: the Hungarian finals, which people grade. The way: `data prompts` writes what `sample --in … --json` asks,
// `data sheet` lays what came out beside the questions, `data total` adds up the sheet once it is filled in.
import { resolve } from 'node:path';
import { ConfigError } from '../errors.ts';
import type { Solution } from '../tasks/hungarian/sheet.ts';
import type { CliCommand, Context } from './command.ts';

const ASKED = 'hungarian';

async function questionsOf(argument: string, context: Context) {
  const { readQuestions } = await import('../tasks/hungarian/exam.ts');
  if (argument !== ASKED) return readQuestions(resolve(context.cwd, argument));
  const { pulledFiles } = await import('../data/pull.ts');
  const { hubCacheOf } = await import('./hub.ts');
  const [file] = pulledFiles(ASKED, hubCacheOf(context)).test ?? [];
  if (file !== undefined) return readQuestions(file);
  throw new ConfigError({
    field: ASKED,
    message: 'is not here; `rest-em data pull hungarian` brings it, or name a file of yours with a column problem',
  });
}

const QUESTIONS = 'hungarian, once pulled, or a file with a column problem (.jsonl, .csv, .parquet)';

export const dataPrompts: CliCommand = {
  name: 'prompts',
  summary: 'questions that people grade, as prompts for `sample --in FILE --json`',
  declare: command => command.argument('<questions>', QUESTIONS).option('--few-shot', 'with five worked examples, for a base model'),
  async act([argument = ''], options, context) {
    const { questionPrompt } = await import('../tasks/hungarian/exam.ts');
    for (const question of await questionsOf(argument, context))
      context.out(`${JSON.stringify({ id: question.id, prompt: questionPrompt(question, options.fewShot === true) })}\n`);
  },
};

export const dataSheet: CliCommand = {
  name: 'sheet',
  summary: 'a sheet for grading solutions by hand, as CSV or Markdown',
  declare: command =>
    command
      .argument('<questions>', QUESTIONS)
      .requiredOption('--in <file>', 'solutions: what `sample --json` printed, or JSON lines {"id", "completion"}')
      .option('--format <name>', 'csv or md', 'csv'),
  async act([argument = ''], options, context) {
    const { SHEETS } = await import('../tasks/hungarian/sheet.ts');
    const format = String(options.format);
    if (!Object.hasOwn(SHEETS, format))
      throw new ConfigError({ field: '--format', message: `got ${JSON.stringify(format)}; accepted: csv, md` });
    const solutions = await readSolutions(resolve(context.cwd, String(options.in)));
    context.out(SHEETS[format as keyof typeof SHEETS](await questionsOf(argument, context), solutions));
  },
};

async function readSolutions(file: string): Promise<Solution[]> {
  const { cellText, readRows } = await import('../tasks/rows.ts');
  const rows = await readRows(file, ['id']);
  return rows.flatMap(({ place, columns }) => {
    const id = cellText(columns.id) ?? '';
    const texts = Array.isArray(columns.completions) ? columns.completions.map(c => textOf(c)) : [textOf(columns.completion)];
    if (texts.some(text => text === null))
      throw new ConfigError({ field: place, message: 'has neither "completion" nor "completions" with text' });
    return texts.map((text, i) => ({ id, draw: i + 1, text: text! }));
  });
}

function textOf(value: unknown): string | null {
  const text = typeof value === 'object' && value !== null ? Reflect.get(value, 'text') : value;
  return typeof text === 'string' ? text : null;
}

export const dataTotal: CliCommand = {
  name: 'total',
  summary: 'the points of a sheet that has been filled in',
  declare: command => command.argument('<sheet>', 'the CSV of `data sheet`, with points and out_of').option('--json', 'print JSON'),
  async act([argument = ''], options, context) {
    const { readTotal } = await import('../tasks/hungarian/sheet.ts');
    const { graded, points, outOf } = await readTotal(resolve(context.cwd, argument));
    const percent = Math.round((1000 * points) / outOf) / 10;
    context.out(
      options.json
        ? `${JSON.stringify({ graded, points, out_of: outOf, percent })}\n`
        : `${points} of ${outOf} points, ${percent} %, in ${graded} solutions\n`,
    );
  },
};
