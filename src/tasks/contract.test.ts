// What every task must prove, whatever it is about: its references score correct, and wrong, empty, refused, cut-off and copied-prompt answers do
// not. Tasks of the table join by themselves; those that read files stand in FILES with small sets of our own, each kind at least once. The gate
// tries the same things as `rest-em reward test`.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gate } from '../checks/gate.ts';
import { SandboxError } from '../errors.ts';
import { type CodeJudge, type CodeJudgeOptions, openCodeJudge } from '../verifiers/code/judge.ts';
import { PROGRAM_KINDS, type ProgramInput, type ProgramKind, programTask, TASKS } from './table.ts';
import type { Task } from './task.ts';
import { withOpenTask } from './with-open-task.ts';
import { wordProblems } from './word-problems.ts';

const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name);

interface Case {
  readonly task: Task;
  /** Problems that the gate must hold back, with what it must say: their rows are weak on purpose. */
  readonly heldBack?: Readonly<Record<string, RegExp>>;
}

/** One judge for all tasks: opening a sandbox means probing it. */
let judge: Promise<CodeJudge> | undefined;
const openJudge = async (options: CodeJudgeOptions): Promise<CodeJudge> => {
  judge ??= openCodeJudge(options);
  const shared = await judge;
  return {
    judge: (request, signal) => shared.judge(request, signal),
    open: language => shared.open(language),
    close: async () => undefined,
  };
};
after(async () => (await judge)?.close());

const program = (input: ProgramInput): Task => programTask(input, openJudge);

/** A row for every kind of program task: a new kind does not compile without one. */
const FILES: { readonly [K in ProgramKind]: readonly Case[] } = {
  apps: [
    {
      task: program({ kind: 'apps', name: 'apps, train', train: fixture('apps/train.jsonl') }),
      heldBack: {
        'apps-16': /every test expects the same; taken for correct: constant/,
        'apps-17': /2 tests, fewer than 3/,
        'apps-32': /no reference program/,
      },
    },
    { task: program({ kind: 'apps', name: 'apps, test', train: fixture('apps/test.jsonl') }) },
  ],
  tests: (['python', 'javascript'] as const).map(language => ({
    task: program({ kind: 'tests', name: `tests, ${language}`, language, train: fixture(`tests/${language}.jsonl`) }),
  })),
  humaneval: [{ task: program({ kind: 'humaneval', train: fixture('humaneval.jsonl') }) }],
  mbpp: [{ task: program({ kind: 'mbpp', train: fixture('mbpp.jsonl') }) }],
  minicode: (['description', 'docstring'] as const).map(form => ({ task: program({ kind: 'minicode', form }) })),
};

const rows = { train: fixture('rows-zstd.parquet'), test: fixture('rows-zstd.parquet') };
const CASES: readonly Case[] = [
  ...Object.entries(TASKS).flatMap(([name, task]): Case[] => (Object.hasOwn(PROGRAM_KINDS, name) ? [] : [{ task }])),
  ...Object.values(FILES).flat(),
  {
    task: wordProblems({
      kind: 'word-problems',
      question: '{question}',
      answer: { column: 'answer' },
      unparsableReferences: 'skip',
      ...rows,
    }),
  },
];

/** Problems of each task that are tried here, beside those that must be held back; all of them are a slow test. */
const MOST = 7;

for (const { task, heldBack = {} } of CASES)
  test(`${task.name}: right answers are correct, and worthless ones are not`, async t => {
    const all = await task.problems('train');
    const step = all.length < MOST ? 1 : 3;
    const problems = all.filter(({ id }, i) => (i % step === 0 && i < MOST * step) || Object.hasOwn(heldBack, id));
    assert.ok(problems.length > 0);
    const { signal } = new AbortController();
    let findings: Awaited<ReturnType<typeof gate>>;
    try {
      findings = await withOpenTask(task, () => gate(task, problems, { signal }));
    } catch (error) {
      if (!(error instanceof SandboxError)) throw error;
      t.skip(error.message.split('\n', 1)[0]!);
      return;
    }
    for (const { id, result, reasons, right } of findings) {
      const expected = heldBack[id];
      if (expected) assert.match(reasons.join('; '), expected, id);
      else assert.deepEqual({ id, result, reasons, tried: right.tried > 0 }, { id, result: 'pass', reasons: [], tried: true });
    }
    assert.deepEqual(
      Object.keys(heldBack).filter(id => !findings.some(f => f.id === id)),
      [],
    );
  });
