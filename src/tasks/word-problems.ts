// Word problems out of a file: any set of questions with one numeric answer, by settings alone (columns, a pattern for the answer, prompts), as
// plain data, so that YAML can hold them. The columns of well-known sets are in word-problem-sets.ts. The file to copy is minimath/task.ts
// where problems are made rather than read.
import { basename } from 'node:path';
import { z } from 'zod';
import { type Complaint, ConfigError } from '../errors.ts';
import { type Extract, extractors } from '../verifiers/extract.ts';
import { numberVerifier } from '../verifiers/number.ts';
import { parseNumeral } from '../verifiers/numeral.ts';
import { numberGate } from './answer-gate.ts';
import { cellText, type Row, readRows, refuse } from './rows.ts';
import type { Problem, Split, Task } from './task.ts';
import { filled, placesOf } from './template.ts';
import { gapAfter, hintedPromptOf, promptOf, promptSchema } from './word-problem-prompts.ts';
import { type SolutionForm, solutionForms } from './word-problem-solutions.ts';

const column = z.string().min(1);
const file = z
  .string({ error: () => 'a file of rows (.jsonl, .parquet or .csv); `rest-em data pull SET` brings those of a set of the Hub' })
  .min(1);
const template = z.string().refine(text => placesOf(text).length > 0, "must name a column, such as '{question}'");

/** A regular expression with exactly one group. */
const pattern = z.string().refine(hasOneGroup, 'must be a regular expression with one group, which holds the number');

export const wordProblemsSchema = z.strictObject({
  kind: z.literal('word-problems'),
  /** A well-known set whose columns fill in what is not given here (word-problem-sets.ts). */
  set: z.string().optional(),
  name: z.string().min(1).default('word-problems'),
  /** Files of rows. */
  train: file,
  test: file,
  /** Made of columns: '{body} {question}'. */
  question: template,
  /** Where the reference stands; without a pattern the whole cell is the number. */
  answer: z.strictObject({ column, pattern: pattern.optional() }),
  /** Rows whose answer is no number: refuse the file, or leave them out and say how many. */
  unparsableReferences: z.enum(['refuse', 'skip']).default('refuse'),
  /** The human solution, made of columns; `form` names how it is rewritten. */
  solution: z
    .union([template, z.strictObject({ template, form: z.enum(Object.keys(solutionForms) as [SolutionForm, ...SolutionForm[]]) })])
    .optional(),
  /** The set's own names of its problems; without it they are numbered: asdiv-train-0001. */
  id: column.optional(),
  level: column.optional(),
  subject: column.optional(),
  /** `sample` is what the base is asked with in the first E-step, when that is not `train`. */
  prompts: z.strictObject({ train: promptSchema.prefault({}), sample: promptSchema.optional() }).prefault({}),
  stop: z.array(z.string().min(1)).default(['\n']),
  maxTokens: z.int().min(1).default(32),
  extract: z.enum(Object.keys(extractors) as [Extract, ...Extract[]]).default('last-number'),
  require: z.enum(['true-equations']).optional(),
  tolerance: z.enum(['none', 'rounded']).default('none'),
});

export type WordProblemsInput = z.input<typeof wordProblemsSchema>;
export type WordProblemsSettings = z.output<typeof wordProblemsSchema>;

/** A task with the settings it came from and, once loaded, what a reader should know about its rows. */
export interface WordProblems extends Task {
  readonly settings: WordProblemsSettings;
  notes(split: Split): Promise<readonly string[]>;
}

/** The task. Reads no file yet; throws ConfigError for settings that are wrong. */
export function wordProblems(input: WordProblemsInput): WordProblems {
  const settings = parsed(input);
  const { train, sample } = settings.prompts;
  const verify = numberVerifier(settings);
  const answerIn = (text: string) => extractors[settings.extract].find(text)?.text ?? null;
  const loaded = new Map<Split, Promise<Loaded>>();
  const load = (split: Split): Promise<Loaded> => loaded.get(split) ?? loaded.set(split, loadSplit(settings, split)).get(split)!;
  return {
    name: settings.name,
    settings,
    problems: async split => (await load(split)).problems,
    notes: async split => (await load(split)).notes,
    prompts: {
      train: problem => promptOf(train, problem.question),
      ...(sample && { sample: (problem: Problem) => promptOf(sample, problem.question) }),
      hint: ({ question, reference }) => hintedPromptOf(sample ?? train, question, reference, answerIn),
    },
    stop: settings.stop,
    maxTokens: settings.maxTokens,
    verify: (problem, completion) => verify(problem.reference, completion),
    gate: numberGate(settings),
  };
}

function parsed(input: WordProblemsInput): WordProblemsSettings {
  const { data, error } = wordProblemsSchema.safeParse(input);
  if (data) return data;
  throw new ConfigError(error.issues.map(issue => ({ field: ['task', ...issue.path].join('.'), message: issue.message })));
}

function hasOneGroup(source: string): boolean {
  try {
    return new RegExp(`${source}|`).exec('')?.length === 2;
  } catch {
    return false;
  }
}

interface Loaded {
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/** A row as a problem, or why it is none. */
type Outcome =
  | { readonly problem: Problem; readonly lostSolution: boolean }
  | { readonly unparsable: Complaint }
  | { readonly wrong: Complaint };

async function loadSplit(settings: WordProblemsSettings, split: Split): Promise<Loaded> {
  const rows = await readRows(settings[split], columnsOf(settings));
  const outcomes = rows.map(row => problemOf(settings, split, row));
  const unparsable = outcomes.flatMap(o => ('unparsable' in o ? [o.unparsable] : []));
  const kept = outcomes.flatMap(o => ('problem' in o ? [o] : []));
  const problems = kept.map(o => o.problem);
  refuse([
    ...outcomes.flatMap(o => ('wrong' in o ? [o.wrong] : [])),
    ...(settings.unparsableReferences === 'refuse' || kept.length === 0 ? unparsable : []),
    ...repeatedIds(settings[split], problems),
  ]);
  const file = basename(settings[split]);
  const lost = kept.filter(o => o.lostSolution).length;
  return {
    problems,
    notes: [
      ...(unparsable.length > 0 ? [`${file}: ${unparsable.length} of ${rows.length} rows left out: their answer is not one number`] : []),
      ...(lost > 0 ? [`${file}: ${lost} of ${kept.length} problems have no solution that the verifier accepts`] : []),
    ],
  };
}

const solutionTemplate = ({ solution }: WordProblemsSettings) =>
  typeof solution === 'string' ? { template: solution, form: 'text' as const } : solution;

function columnsOf(settings: WordProblemsSettings): string[] {
  const templates = [settings.question, solutionTemplate(settings)?.template ?? ''];
  const named = [settings.answer.column, settings.id, settings.level, settings.subject].filter(name => name !== undefined);
  return [...new Set([...templates.flatMap(placesOf), ...named])];
}

function problemOf(settings: WordProblemsSettings, split: Split, row: Row): Outcome {
  const reference = referenceOf(settings, row);
  if (typeof reference !== 'string') return { unparsable: reference };
  const question = filledFrom(settings.question, row)?.replace(/\s+/g, ' ').trim();
  const id = settings.id ? cellText(row.columns[settings.id]) : `${settings.name}-${split}-${String(row.number).padStart(4, '0')}`;
  if (!question || !id)
    return { wrong: { field: row.place, message: `${question ? `column '${settings.id}'` : 'the question'} is empty or not text` } };
  const solution = solutionOf(settings, row, reference);
  const groups = (['level', 'subject'] as const).flatMap(group => {
    const name = settings[group];
    const text = name === undefined ? null : cellText(row.columns[name]);
    return text ? [[group, text]] : [];
  });
  const problem = { id, question, reference, ...(solution && { solution }), ...Object.fromEntries(groups) };
  return { problem, lostSolution: settings.solution !== undefined && solution === null };
}

function referenceOf({ answer }: WordProblemsSettings, row: Row): string | Complaint {
  const cell = cellText(row.columns[answer.column]);
  const found = cell === null || answer.pattern === undefined ? cell : new RegExp(answer.pattern).exec(cell)?.[1];
  if (found && parseNumeral(found)) return found.trim();
  const shown = JSON.stringify(cell ?? row.columns[answer.column], (_, value) => (typeof value === 'bigint' ? String(value) : value));
  const why = answer.pattern === undefined || cell === null ? 'is not a number' : `has no number where ${answer.pattern} looks for it`;
  return { field: row.place, message: `the answer ${shown.slice(0, 60)} ${why} (unparsableReferences: skip leaves such rows out)` };
}

/** The solution, if the set has one and it reaches the reference: what the verifier refuses is nothing to learn from. */
function solutionOf(settings: WordProblemsSettings, row: Row, reference: string): string | null {
  const source = solutionTemplate(settings);
  const text = source && filledFrom(source.template, row);
  const written = text ? solutionForms[source.form](text) : null;
  if (!written || numberVerifier({ ...settings, require: undefined })(reference, written).kind !== 'correct') return null;
  return gapAfter(settings.prompts.train) + written;
}

function filledFrom(source: string, row: Row): string | null {
  const cells = placesOf(source).map(name => [name, cellText(row.columns[name])] as const);
  return cells.some(([, text]) => text === null) ? null : filled(source, Object.fromEntries(cells) as Record<string, string>);
}

function repeatedIds(file: string, problems: readonly Problem[]): Complaint[] {
  const seen = new Set<string>();
  return problems.flatMap(({ id }) => (seen.size === seen.add(id).size ? [{ field: file, message: `the id '${id}' comes twice` }] : []));
}
