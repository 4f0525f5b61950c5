// The tasks a configuration can name. TASKS need nothing but their name: a new one is a folder beside this file and a row here. PROGRAM_KINDS are
// made from files and settings, { kind: apps, train: …, test: … }: a new one is a file beside tests.ts and a row here.
import type { z } from 'zod';
import { apps, appsSchema } from './apps.ts';
import type { CodeTaskParts } from './code/code-task.ts';
import type { CodeProblem } from './code/problem.ts';
import { humaneval, humanevalSchema } from './humaneval.ts';
import { mbpp, mbppSchema } from './mbpp.ts';
import { minicode, minicodeSchema, minicodeTask } from './minicode/task.ts';
import { minimath } from './minimath/task.ts';
import type { Task } from './task.ts';
import { tests, testsSchema } from './tests.ts';

export const TASKS = { minimath, minicode } as const satisfies Record<string, Task>;

type OpenJudge = CodeTaskParts['openJudge'];

interface Kind {
  readonly schema: z.ZodType;
  make(settings: never, openJudge?: OpenJudge): Task<CodeProblem>;
}

export const PROGRAM_KINDS = {
  humaneval: { schema: humanevalSchema, make: humaneval },
  mbpp: { schema: mbppSchema, make: mbpp },
  apps: { schema: appsSchema, make: apps },
  tests: { schema: testsSchema, make: tests },
  minicode: { schema: minicodeSchema, make: minicodeTask },
} as const satisfies Record<string, Kind>;

type Kinds = typeof PROGRAM_KINDS;
export type ProgramKind = keyof Kinds;
/** Settings of any kind, as the schema leaves them. */
export type ProgramSettings = { [K in ProgramKind]: z.output<Kinds[K]['schema']> }[ProgramKind];
/** Settings of any kind, as a configuration says them. */
export type ProgramInput = { [K in ProgramKind]: z.input<Kinds[K]['schema']> }[ProgramKind];

/** The task that settings describe. Reads no file yet. `openJudge`: how its judge is opened, for tests. */
export const programTask = (settings: ProgramInput, openJudge?: OpenJudge): Task<CodeProblem> => {
  const { make } = PROGRAM_KINDS[settings.kind] as { make(settings: ProgramInput, openJudge?: OpenJudge): Task<CodeProblem> };
  return make(settings, openJudge);
};
