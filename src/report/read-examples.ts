// A few samples for people to look at: problems of the last E-step with a solution that was kept and one that was wrong, side by side.
// Only the beginning of the files is read: a run's samples can be larger than memory.
import { readJsonl } from '../runs/jsonl.ts';
import { layoutOf } from '../runs/layout.ts';
import type { DatasetRow, PromptJson, SampleRow } from '../runs/rows.ts';

export interface SampleExample {
  readonly problem: string;
  /** The policy whose training these samples were drawn for. */
  readonly policy: string;
  readonly prompt: string;
  readonly kept: SampleRow | null;
  readonly wrong: SampleRow | null;
}

const ROWS_READ = 4000;

/** At most `wanted` examples of the last of `folders` (in order) that has an E-step; problems with both kinds of solution come first. */
export async function readExamples(dir: string, folders: readonly string[], wanted = 4): Promise<SampleExample[]> {
  for (const policy of folders.toReversed()) {
    const { dataset, samples } = layoutOf(dir).policy(policy);
    const rows = await firstRows<SampleRow>(samples('train'));
    if (rows.length === 0) continue;
    const kept = new Set((await firstRows<DatasetRow>(dataset)).flatMap(row => row.samples));
    return choose(policy, rows, kept, wanted);
  }
  return [];
}

function choose(policy: string, rows: readonly SampleRow[], kept: ReadonlySet<string>, wanted: number): SampleExample[] {
  const problems = [...Map.groupBy(rows, row => row.problem_id)].map(([problem, own]) => ({
    problem,
    policy,
    prompt: promptText(own[0]!.prompt),
    kept: own.find(row => kept.has(row.id)) ?? null,
    wrong: own.find(row => row.verdict === 'incorrect' || row.verdict === 'unparsable') ?? null,
  }));
  const told = (e: SampleExample) => Number(e.kept !== null) + Number(e.wrong !== null);
  return problems
    .filter(e => told(e) > 0)
    .sort((a, b) => told(b) - told(a))
    .slice(0, wanted);
}

const promptText = (prompt: PromptJson): string =>
  typeof prompt === 'string' ? prompt : prompt.map(message => `${message.role}: ${message.content}`).join('\n\n');

async function firstRows<T>(file: string): Promise<T[]> {
  const rows: T[] = [];
  for await (const row of readJsonl<T>(file)) {
    rows.push(row);
    if (rows.length >= ROWS_READ) break;
  }
  return rows;
}
