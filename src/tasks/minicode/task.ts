// minicode: write a small JavaScript function, judged by unit tests in the sandbox. The twin of APPS for a model of a million parameters; asked by
// signature and docstring instead it is the twin of HumanEval, the same skill in another form. The held-out tests of the audit are further inputs
// with the operations themselves as oracle. A file to copy for a task that makes its own programs.
import { z } from 'zod';
import { rngOf } from '../../random.ts';
import { type CodeTaskParts, codeTask } from '../code/code-task.ts';
import type { CodeProblem } from '../code/problem.ts';
import { programIn } from '../code/program-text.ts';
import { judgedSettings, parsedSettings } from '../code/settings.ts';
import { promptOf } from '../minimath/task.ts';
import type { Split, Task } from '../task.ts';
import { atOnce } from './at-once.ts';
import { body, describe, docstring, type Program, parameterOf, rightly } from './program.ts';
import { makeSplits, stepsOf, testCounts } from './splits.ts';
import { testsOf } from './tests.ts';

export const minicodeSchema = z.strictObject({
  kind: z.literal('minicode'),
  ...judgedSettings,
  /** How a function is asked for: in a sentence, or by a comment above its first line. */
  form: z.enum(['description', 'docstring']).default('description'),
});

type Form = z.output<typeof minicodeSchema>['form'];

interface Asked {
  prompt(program: Program): string;
  /** The completion that writes `code`, the body with its closing brace. */
  completion(program: Program, code: string): string;
  /** What stands before a completion to make it a program. */
  readonly before: (prompt: string) => string;
}

const FORMS: Readonly<Record<Form, Asked>> = {
  description: {
    prompt: program => promptOf(describe(program)),
    completion: (program, code) => ` function f(${parameterOf(program)}) {${code}`,
    before: () => '',
  },
  docstring: {
    prompt: docstring,
    completion: (_, code) => code,
    before: prompt => prompt,
  },
};

const problemOf =
  (form: Form, split: Split) =>
  (program: Program, i: number): CodeProblem => {
    const solution = FORMS[form].completion(program, body(program, rightly(rngOf(i)), true));
    const whole = FORMS[form].before(docstring(program)) + solution;
    return {
      id: `minicode-${split}-${String(i + 1).padStart(4, '0')}`,
      question: FORMS[form].prompt(program),
      reference: whole.trim(),
      solution,
      level: String(stepsOf(program)),
      subject: program.on,
      language: 'javascript',
      tests: { mode: 'call', fn: 'f', tests: testsOf(program, 'graded', testCounts.graded) },
      heldOut: { mode: 'call', fn: 'f', tests: testsOf(program, 'held out', testCounts.heldOut) },
      programs: [whole.trim()],
    };
  };

export function minicodeTask(input: z.input<typeof minicodeSchema>, openJudge?: CodeTaskParts['openJudge']): Task<CodeProblem> {
  const settings = parsedSettings(minicodeSchema, input);
  const { form } = settings;
  let splits: ReturnType<typeof makeSplits> | undefined;
  return codeTask({
    name: settings.name ?? (form === 'description' ? 'minicode' : 'minicode-docstring'),
    language: 'javascript',
    settings,
    async problems(split) {
      splits ??= makeSplits();
      return splits[split].map(problemOf(form, split));
    },
    prompts: { train: ({ question }) => ({ kind: 'text', text: question }) },
    // the models end every function with the end token; this only catches one that begins another text
    stop: ['\nQ:'],
    maxTokens: 96,
    programOf: ({ question }, completion) => {
      const program = programIn(completion, 'javascript');
      return /^\s*function f\b/m.test(program) ? program : FORMS[form].before(question) + program;
    },
    asked: atOnce,
    ...(openJudge && { openJudge }),
  });
}

export const minicode = minicodeTask({ kind: 'minicode' });
