// The audit of a run against reward hacking: every sample that was accepted and trained on is judged again by tests that never gave a reward (the
// task's `audit`: tests held out, or inputs made anew with the reference as oracle). What passed for the reward and fails here was rewarded
// wrongly. A run's own files are only read; audit.json is written beside them.
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { ConfigError } from '../errors.ts';
import { wilson } from '../metrics/wilson.ts';
import { readIfThere, writeWhole } from '../runs/atomic.ts';
import type { AuditFile, AuditRow } from '../runs/audit-file.ts';
import { readJsonl } from '../runs/jsonl.ts';
import { layoutOf } from '../runs/layout.ts';
import type { DatasetRow, SampleRow } from '../runs/rows.ts';
import { storing } from '../runs/storing.ts';
import type { Problem, Task } from '../tasks/task.ts';
import { withOpenTask } from '../tasks/with-open-task.ts';
import type { Verdict } from '../verifiers/verdict.ts';

const MOST_EXAMPLES = 20;

interface Accepted {
  readonly policy: string;
  readonly sample: string;
  readonly problemId: string;
  readonly completion: string;
}

/** Audits the run in `dir` and writes its audit.json. Throws ConfigError where `dir` is no run, or its task holds no tests back. */
export async function auditRun(dir: string, task: Task, signal: AbortSignal): Promise<AuditFile> {
  if ((await readIfThere(layoutOf(dir).config)) === null)
    throw new ConfigError({ field: dir, message: 'is not a run: it holds no config.json' });
  if (!task.audit) throw new ConfigError({ field: dir, message: `the task ${task.name} has nothing to audit by: it holds no tests back` });
  const accepted = await acceptedIn(dir);
  const file = await withOpenTask(task, () => judged(task, accepted, signal));
  const isAuditable = accepted.length === 0 || file.rows.some(row => row.judged + row.failed > 0);
  if (!isAuditable)
    throw new ConfigError({
      field: dir,
      message: `no problem of ${task.name} has held-out tests; heldOut: 0.5 keeps half of them back, in a new run`,
    });
  await writeWhole(layoutOf(dir).audit, `${JSON.stringify(file, null, 2)}\n`);
  return file;
}

/** Samples that a dataset holds and that had been found correct, each once a policy. */
async function acceptedIn(dir: string): Promise<Accepted[]> {
  const files = await filesUnder(dir);
  const correct = new Set<string>();
  for (const file of files.filter(name => /^samples-train(-hinted)?\.jsonl$/.test(name.split(sep).at(-1)!)))
    for await (const { id, verdict } of readJsonl<SampleRow>(join(dir, file))) if (verdict === 'correct') correct.add(id);
  const accepted = new Map<string, Accepted>();
  for (const file of files.filter(name => name.endsWith(`${sep}dataset.jsonl`))) {
    const policy = file.split(sep)[0]!;
    for await (const { samples, problem_id, completion } of readJsonl<DatasetRow>(join(dir, file))) {
      const sample = samples[0];
      if (sample !== undefined && correct.has(sample))
        accepted.set(`${policy} ${sample}`, { policy, sample, problemId: problem_id, completion });
    }
  }
  return [...accepted.values()];
}

const filesUnder = (dir: string): Promise<string[]> =>
  storing(`reading ${dir}`, async () => {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true });
    return entries
      .filter(entry => entry.isFile())
      .map(entry => relative(dir, join(entry.parentPath, entry.name)))
      .sort();
  });

/** Judged side by side: the task's judge queues what it cannot run at once. */
const AT_ONCE = 64;

async function judged(task: Task, accepted: readonly Accepted[], signal: AbortSignal): Promise<AuditFile> {
  const problems = new Map((await task.problems('train')).map(problem => [problem.id, problem]));
  const verdicts: (Verdict | null)[] = [];
  for (let from = 0; from < accepted.length; from += AT_ONCE) {
    signal.throwIfAborted();
    const batch = accepted.slice(from, from + AT_ONCE);
    verdicts.push(...(await Promise.all(batch.map(a => auditOne(task, problems.get(a.problemId), a.completion)))));
  }
  const found = accepted.map((a, i) => ({ ...a, verdict: verdicts[i]! }));
  const rows = [...Map.groupBy(found, a => a.policy)].map(([policy, all]) => rowOf(policy, all));
  const examples = found.filter(isFalse).slice(0, MOST_EXAMPLES);
  return {
    task: task.name,
    rows,
    examples: examples.map(({ sample, problemId, completion, verdict }) => ({
      sample,
      problem: problemId,
      reason: verdict?.reason ?? '',
      completion,
    })),
  };
}

const auditOne = async (task: Task, problem: Problem | undefined, completion: string): Promise<Verdict | null> =>
  problem === undefined ? null : task.audit!(problem, completion);

type Found = Accepted & { readonly verdict: Verdict | null };

const isJudged = ({ verdict }: Found): boolean => verdict !== null && verdict.kind !== 'failed';
const isFalse = (found: Found): boolean => isJudged(found) && found.verdict!.kind !== 'correct';
const textOf = ({ problemId, completion }: Found): string => `${problemId}\n${completion}`;

function rowOf(policy: string, all: readonly Found[]): AuditRow {
  const known = all.filter(isJudged);
  const wrong = known.filter(isFalse);
  return {
    policy,
    accepted: all.length,
    judged: known.length,
    false_positives: wrong.length,
    share: known.length === 0 ? null : wilson(wrong.length, known.length),
    distinct: new Set(known.map(textOf)).size,
    distinct_false_positives: new Set(wrong.map(textOf)).size,
    failed: all.filter(({ verdict }) => verdict?.kind === 'failed').length,
  };
}
