// Problems with one final answer of any kind: Hendrycks MATH (arXiv 2103.03874) and sets like it, asked by Minerva's protocol and judged by
// verifiers/answers. Word problems with one number have a task of their own, with equations and solutions (word-problems.ts).
import { basename } from 'node:path';
import { type Complaint, ConfigError } from '../../errors.ts';
import { RULES, type Rules, withConventions } from '../../verifiers/answers/conventions.ts';
import { extractAnswer } from '../../verifiers/answers/extract/extract.ts';
import { answerVerifier, referenceAnswer, unjudgeable } from '../../verifiers/answers/verifier.ts';
import { markedAnswerGate } from '../answer-gate.ts';
import { cellText, type Row, readRows, refuse } from '../rows.ts';
import type { Problem, Split, Task } from '../task.ts';
import { filled, placesOf } from '../template.ts';
import { gapAfter, hintedPromptOf, type PromptSettings, promptOf } from '../word-problem-prompts.ts';
import { type MathInput, type MathSettings, mathSchema } from './settings.ts';
import { finalAnswerLine, MINERVA_TEMPLATE, minervaShots } from './shots.ts';

/** A task with the settings it came from. */
export interface MathTask extends Task {
  readonly settings: MathSettings;
  notes(split: Split): Promise<readonly string[]>;
}

/** The task. Reads no file yet; throws ConfigError for settings that are wrong. */
export function mathTask(input: MathInput): MathTask {
  const settings = parsed(input);
  const prompts = promptsOf(settings);
  const rules = withConventions(RULES[settings.rules], settings.conventions);
  const verify = answerVerifier({ rules, fallback: settings.fallback });
  const loaded = new Map<Split, Promise<Loaded>>();
  const load = (split: Split): Promise<Loaded> =>
    loaded.get(split) ?? loaded.set(split, loadSplit(settings, rules, prompts.train, split)).get(split)!;
  const train = async (): Promise<Loaded> => withoutProblemsOf(await load('test'), await load('train'));
  const of = (split: Split): Promise<Loaded> => (split === 'train' ? train() : load('test'));
  return {
    name: settings.name,
    settings,
    problems: async split => (await of(split)).problems,
    notes: async split => (await of(split)).notes,
    prompts: {
      train: problem => promptOf(prompts.train, problem.question),
      sample: problem => promptOf(prompts.sample, problem.question),
      hint: ({ question, reference }) => hintedPromptOf(prompts.sample, question, reference, text => extractAnswer(text).text),
    },
    stop: settings.stop,
    maxTokens: settings.maxTokens,
    verify: (problem, completion) => verify(problem.reference, completion),
    gate: markedAnswerGate,
  };
}

function parsed(input: MathInput): MathSettings {
  const { data, error } = mathSchema.safeParse(input);
  if (data) return data;
  throw new ConfigError(error.issues.map(issue => ({ field: ['task', ...issue.path].join('.'), message: issue.message })));
}

/** Minerva's template where none is given; in a chat the question alone. */
function promptsOf({ prompts }: MathSettings): { readonly train: PromptSettings; readonly sample: PromptSettings } {
  const asked = (prompt: PromptSettings): PromptSettings =>
    prompt.chat ? prompt : { ...prompt, template: prompt.template ?? MINERVA_TEMPLATE };
  const train = asked(prompts.train);
  return {
    train,
    sample: prompts.sample ? asked(prompts.sample) : train.shots.length > 0 ? train : { ...train, shots: [...minervaShots] },
  };
}

interface Loaded {
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

type Outcome = { readonly problem: Problem } | { readonly unjudgeable: Complaint } | { readonly wrong: Complaint };

const listOf = (files: string | readonly string[]): readonly string[] => (typeof files === 'string' ? [files] : files);

async function loadSplit(settings: MathSettings, rules: Rules, prompt: PromptSettings, split: Split): Promise<Loaded> {
  const files = listOf(settings[split]);
  const outcomes: Outcome[] = [];
  for (const file of files) {
    const rows = await readRows(file, placesOf(settings.question));
    for (const row of rows)
      outcomes.push(problemOf(settings, rules, prompt, `${settings.name}-${split}-${String(outcomes.length + 1).padStart(5, '0')}`, row));
  }
  const problems = outcomes.flatMap(o => ('problem' in o ? [o.problem] : []));
  const left = outcomes.flatMap(o => ('unjudgeable' in o ? [o.unjudgeable] : []));
  refuse([
    ...outcomes.flatMap(o => ('wrong' in o ? [o.wrong] : [])),
    ...(settings.unjudgeable === 'refuse' || problems.length === 0 ? left : []),
    ...repeatedIds(files[0]!, problems),
  ]);
  const names = files.length === 1 ? basename(files[0]!) : `${files.length} files`;
  return {
    problems,
    notes:
      left.length > 0 ? [`${names}: ${left.length} of ${outcomes.length} rows left out: their reference cannot be judged against`] : [],
  };
}

function problemOf(settings: MathSettings, rules: Rules, prompt: PromptSettings, ownId: string, row: Row): Outcome {
  const cell = cellOf(settings.answer, row);
  const wrong = (message: string): Outcome => ({ wrong: { field: row.place, message } });
  if (cell === null)
    return wrong(`column '${settings.answer}' is missing, empty or not text; there are: ${Object.keys(row.columns).join(', ')}`);
  const reference = referenceAnswer(cell);
  const problem = isWorking(settings, row, cell, reference) ? 'the solution marks no answer' : unjudgeable(reference, rules);
  if (problem !== null)
    return { unjudgeable: { field: row.place, message: `${shown(reference)}: ${problem} (unjudgeable: skip leaves such rows out)` } };
  const question = filledFrom(settings.question, row)?.trim();
  const id = settings.id ? cellOf(settings.id, row) : ownId;
  if (!question || !id) return wrong(`${question ? `column '${settings.id}'` : 'the question'} is empty or not text`);
  const level = cellOf(settings.level, row)?.replace(/^level\s*/i, '');
  const subject = cellOf(settings.subject, row);
  const solution = filledFrom(settings.solution, row);
  return {
    problem: {
      id,
      question,
      reference,
      ...(solution && { solution: asCompletion(solution, reference, prompt) }),
      ...(level && { level }),
      ...(subject && { subject }),
    },
  };
}

/** A whole solution without a marker: its text is no answer, however short it is. A column of answers needs no markers. */
function isWorking({ answer, solution }: MathSettings, row: Row, cell: string, reference: string): boolean {
  if (cell !== reference) return false;
  const isSolution = placesOf(solution).some(name => answer.split('|').includes(name) && cellOf(name, row) === cell);
  return isSolution || cell.includes('\n\n') || cell.length > LONGEST_ANSWER;
}

const LONGEST_ANSWER = 1000;

const shown = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** The human solution as a model would write it: Minerva's last line after it, unless it ends so already. */
function asCompletion(solution: string, reference: string, prompt: PromptSettings): string {
  const text = solution.trim();
  const line = /final answer/i.test(text.slice(-200)) || prompt.chat ? '' : `\n${finalAnswerLine(reference)}`;
  return gapAfter(prompt) + text + line;
}

/** The first of "answer|solution" that the row has as text. */
function cellOf(columns: string, row: Row): string | null {
  for (const name of columns.split('|')) {
    const text = Object.hasOwn(row.columns, name) ? cellText(row.columns[name]) : null;
    if (text !== null && text.trim() !== '') return text.trim();
  }
  return null;
}

function filledFrom(source: string, row: Row): string | null {
  const cells = placesOf(source).map(name => [name, cellOf(name, row)] as const);
  return cells.some(([, text]) => text === null) ? null : filled(source, Object.fromEntries(cells) as Record<string, string>);
}

function repeatedIds(file: string, problems: readonly Problem[]): Complaint[] {
  const seen = new Set<string>();
  return problems.flatMap(({ id }) => (seen.size === seen.add(id).size ? [{ field: file, message: `the id '${id}' comes twice` }] : []));
}

/** Problems are the same when they differ in blanks, dollar signs and case alone. */
const sameText = (question: string): string => question.toLowerCase().replace(/[\s$]+/g, '');

function withoutProblemsOf(test: Loaded, train: Loaded): Loaded {
  const tested = new Set(test.problems.map(p => sameText(p.question)));
  const problems = train.problems.filter(p => !tested.has(sameText(p.question)));
  const left = train.problems.length - problems.length;
  if (problems.length === 0) throw new ConfigError({ field: 'task.train', message: 'every problem of it is in task.test as well' });
  return {
    problems,
    notes:
      left === 0
        ? train.notes
        : [...train.notes, `${left} of ${train.problems.length} training problems left out: they are in the test set`],
  };
}
