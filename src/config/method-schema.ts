// What a configuration may say of a method: the name of a preset, or one of its own laid over a preset, field by field. Each field is checked here
// for itself; whether it means something beside the others is method.ts's to say, and whether the method can stand in a run the loop's.
import { z } from 'zod';
import { METHODS } from '../methods/table.ts';
import { above, atLeast, between, listOf, oneOf, says, text, whole } from './accepted.ts';

const methodNames = Object.keys(METHODS) as [string, ...string[]];
const methodName = oneOf(methodNames);

/** What names a folder. */
export const folderName = z.string(says('a name')).regex(/^\w[\w.-]*$/, says('letters, digits, dots and dashes (it names a folder)'));

/** Settings of a method that may also stand beside `method`, for the method and its arms. */
export const shortcuts = {
  samplesPerProblem: whole(1),
  temperature: between(0, 10),
  topK: whole(0),
  topP: above(0, 1),
  keepPerProblem: whole(0),
};

const { keepPerProblem, ...sampling } = shortcuts;

const propose = z.strictObject({
  kind: oneOf(['sample', 'greedy', 'search', 'solutions', 'reuse']),
  ...sampling,
  hint: oneOf(['none', 'failed']),
  expansions: whole(1),
  exploration: atLeast(0),
});

const rising = 'rising numbers from 0 up to, not including, 1';
const thresholds = listOf(between(0, 1), rising)
  .min(1, says(`a list of ${rising}`))
  .refine(all => all.every((t, i) => t < 1 && (i === 0 || t > all[i - 1]!)), says(`a list of ${rising}`));

const weigh = z.strictObject({
  kind: oneOf(['correct', 'above', 'exponential', 'best', 'replay', 'random', 'all']),
  keepPerProblem,
  thresholds,
  beta: above(0),
  unsolved: oneOf(['drop', 'keep']),
  rowsPerProblem: whole(1),
});

const fields = z.strictObject({
  extends: methodName,
  name: folderName.optional(),
  title: text().optional(),
  paper: text().optional(),
  start: oneOf(['base', 'sft']).optional(),
  propose: propose.partial().optional(),
  weigh: weigh.partial().optional(),
  distinct: z
    .strictObject({ kind: oneOf(['none', 'exact', 'normalised', 'equations']), within: oneOf(['problem', 'global']) })
    .partial()
    .optional(),
  balance: oneOf(['rows', 'problems']).optional(),
  memory: z
    .strictObject({ samples: oneOf(['round', 'all']), solutions: oneOf(['none', 'added', 'weighed']) })
    .partial()
    .optional(),
  batchProblems: whole(0).optional(),
  fitFrom: oneOf(['base', 'previous']).optional(),
  stop: oneOf(['validation', 'epochs', 'steps', 'as-first-iteration']).optional(),
  epochs: whole(1).nullable().optional(),
  steps: z
    .strictObject({ first: whole(1), growth: atLeast(1) })
    .nullable()
    .optional(),
  learningRateFactor: above(0, 1).optional(),
  iterations: whole(1).optional(),
  patience: whole(0).optional(),
});

/** A method of the user's own, as it is written. */
export type OwnMethod = z.output<typeof fields>;

export const methodSchema = z.union([methodName, fields], says(`one of ${methodNames.join(', ')}, or { extends: NAME, … }`));

/** An arm names a folder, so one of the user's own needs a name. */
export const armSchema = z.union(
  [methodName, fields.extend({ name: folderName })],
  says(`one of ${methodNames.join(', ')}, or { extends: NAME, name: …, … }`),
);
