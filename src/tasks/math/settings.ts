// The settings of a task of problems with one final answer of any kind, as plain data, so that YAML can hold them. The defaults are those of
// Hendrycks MATH: its columns, Minerva's prompt. Another set says how its own columns are called.
import { z } from 'zod';
import { CONVENTIONS, type Conventions, isConvention, RULES, type RulesName } from '../../verifiers/answers/conventions.ts';
import { FALLBACKS, type Fallback } from '../../verifiers/answers/extract/fallbacks.ts';
import { placesOf } from '../template.ts';
import { promptSchema } from '../word-problem-prompts.ts';

const column = z.string().min(1);
const template = z.string().refine(text => placesOf(text).length > 0, "must name a column, such as '{problem}'");
const file = z.string().min(1);
const files = z.union([file, z.array(file).min(1)], {
  error: () => 'a file of rows (.jsonl, .parquet or .csv), or several; `rest-em data pull SET` brings those of a set of the Hub',
});

const conventions = z.record(z.string(), z.union([z.string(), z.number()]).transform(String)).superRefine((some, context) => {
  for (const [name, value] of Object.entries(some)) {
    if (isConvention(name, value)) continue;
    const known = Object.hasOwn(CONVENTIONS, name) ? CONVENTIONS[name as keyof typeof CONVENTIONS].values : Object.keys(CONVENTIONS);
    context.addIssue({ code: 'custom', path: [name], message: `got ${JSON.stringify(value)}; accepted: ${known.join(', ')}` });
  }
});

export const mathSchema = z.strictObject({
  kind: z.literal('math'),
  name: z.string().min(1).default('math'),
  /** Files of rows. A problem that is also in `test` is never trained on: it is left out of `train`, and counted. */
  train: files,
  test: files,
  /** Made of columns. */
  question: template.default('{problem}'),
  /** Where the reference stands: an answer, or a solution that marks its answer (a box, ####). "answer|solution": the first that a row has. */
  answer: column.default('solution'),
  /** The human solution where a row has one, for methods that train on it; the answer is written out after it as the prompt asks for it. */
  solution: template.default('{solution}'),
  id: column.optional(),
  /** "Level 5" and 5 are both level 5. */
  level: column.default('level'),
  subject: column.default('type|subject'),
  /** Rows whose reference cannot be judged against: refuse the file, or leave them out and say how many. */
  unjudgeable: z.enum(['refuse', 'skip']).default('refuse'),
  rules: z.enum(Object.keys(RULES) as [RulesName, ...RulesName[]]).default('default'),
  conventions: conventions.transform(some => some as Partial<Conventions>).default({}),
  /** What a completion without a marker gives: nothing, its last number, its last formula. */
  fallback: z.enum(Object.keys(FALLBACKS) as [Fallback, ...Fallback[]]).default('none'),
  /** `sample` is what the base is asked with in the first E-step; by default `train`'s with Minerva's four worked examples. */
  prompts: z.strictObject({ train: promptSchema.prefault({}), sample: promptSchema.optional() }).prefault({}),
  stop: z.array(z.string().min(1)).default(['\nProblem:']),
  maxTokens: z.int().min(1).default(512),
});

export type MathInput = z.input<typeof mathSchema>;
export type MathSettings = z.output<typeof mathSchema>;
