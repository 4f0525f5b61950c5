// Judges every sample of a run again, without sampling: after a verifier was changed, or because somebody doubts it. Reads only: the run stays as it
// is, and a run that is being written can be read too. What was cut at the token limit stays incorrect, as in the loop.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../errors.ts';
import { readIfThere } from '../runs/atomic.ts';
import type { TimedEvent } from '../runs/events.ts';
import { endsWhole, readJsonl } from '../runs/jsonl.ts';
import { layoutOf } from '../runs/layout.ts';
import type { SampleRow } from '../runs/rows.ts';
import { storing } from '../runs/storing.ts';
import type { Problem, Task } from '../tasks/task.ts';
import { withOpenTask } from '../tasks/with-open-task.ts';
import type { Verdict } from '../verifiers/verdict.ts';
import { type Finding, findingOf, judge } from './verify.ts';

export interface ChangedVerdict {
  readonly id: string;
  /** Relative to the run directory. */
  readonly file: string;
  readonly before: Finding;
  readonly after: Finding;
}

export interface Verification {
  readonly samples: number;
  /** Verdicts as they are now. */
  readonly verdicts: Readonly<Record<Verdict['kind'], number>>;
  /** Samples whose verdict, reward or answer is another now. */
  readonly changed: readonly ChangedVerdict[];
  /** Samples whose problem the task no longer has. */
  readonly orphans: readonly string[];
  /** Where programs were judged when the run was made (more than one where sessions differed), and where they were now; null where a task runs none. */
  readonly sandboxes: { readonly before: readonly string[]; readonly now: string | null };
  /** Files, relative to the run directory, whose last line is half-written; it is not judged. */
  readonly halfWritten: readonly string[];
}

/** Throws ConfigError when `dir` is no run. */
export async function verifyRun(dir: string, task: Task): Promise<Verification> {
  if ((await readIfThere(layoutOf(dir).config)) === null)
    throw new ConfigError({ field: dir, message: 'is not a run: it holds no config.json' });
  return withOpenTask(task, () => judgeAll(dir, task));
}

async function judgeAll(dir: string, task: Task): Promise<Verification> {
  const problems = {
    train: byId(await task.problems('train')),
    test: byId(await task.problems('test')),
  };
  const verdicts = { correct: 0, incorrect: 0, unparsable: 0, failed: 0 };
  const changed: ChangedVerdict[] = [];
  const orphans: string[] = [];
  const halfWritten: string[] = [];
  let samples = 0;
  for (const file of await samplesFiles(dir)) {
    const ofSplit = problems[/samples-test(-greedy)?\.jsonl$/.test(file) ? 'test' : 'train'];
    if (!(await endsWhole(join(dir, file)))) halfWritten.push(file);
    for await (const row of readJsonl<SampleRow>(join(dir, file))) {
      samples++;
      const after = await judgeAgain(task, ofSplit.get(row.problem_id), row);
      if (after === null) orphans.push(row.id);
      else verdicts[after.verdict]++;
      if (after !== null && isChanged(row, after)) changed.push({ id: row.id, file, before: before(row), after });
    }
  }
  const sandboxes = { before: await sandboxesOf(dir), now: task.sandbox?.()?.backend ?? null };
  return { samples, verdicts, changed, orphans, sandboxes, halfWritten };
}

/** Names, each once. */
async function sandboxesOf(dir: string): Promise<readonly string[]> {
  const names = new Set<string>();
  for await (const event of readJsonl<TimedEvent>(layoutOf(dir).events)) if (event.kind === 'sandbox') names.add(event.backend);
  return [...names];
}

const judgeAgain = async (task: Task, problem: Problem | undefined, { completion, finish }: SampleRow): Promise<Finding | null> =>
  problem === undefined ? null : findingOf(await judge(task, problem, { text: completion, finish }));

/** Another reason alone is no change. */
const isChanged = (row: Finding, after: Finding): boolean =>
  row.verdict !== after.verdict || row.reward !== after.reward || row.answer !== after.answer;

const before = ({ verdict, reason, answer, reward }: SampleRow): Finding => ({ verdict, reason, answer, reward });

const byId = (problems: readonly Problem[]) => new Map(problems.map(problem => [problem.id, problem]));

/** All samples files, relative to the run, in a fixed order. */
const samplesFiles = (dir: string): Promise<string[]> =>
  storing(`reading ${dir}`, async () => {
    const names = await readdir(dir, { recursive: true });
    return names.filter(name => /[\\/]samples-[^\\/]*\.jsonl$/.test(name)).sort();
  });
