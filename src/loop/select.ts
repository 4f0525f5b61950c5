// From what was proposed to the rows of the M-step: everything the method remembers is weighed (weigh.ts), human solutions are put beside it where
// the method wants them, and dataset.jsonl is written. A row carries the training prompt, whatever the sample was asked with: a few-shot prompt
// or a hint is not stored with it.
import type { FitRow } from '../policy/policy.ts';
import { seedOf } from '../random.ts';
import { writeWhole } from '../runs/atomic.ts';
import { jsonLines, readJsonl } from '../runs/jsonl.ts';
import { makeFolder } from '../runs/open.ts';
import { type DatasetRow, promptToJson, type SampleRow } from '../runs/rows.ts';
import type { Problem } from '../tasks/task.ts';
import type { Candidate } from './candidate.ts';
import { candidatesOf, filesOf, judgedSolutions, solutionId } from './pool.ts';
import type { Round } from './rounds.ts';
import { note, type Session } from './session.ts';
import { isCorrect, type Kept, weighSamples } from './weigh.ts';

interface Row {
  readonly fit: FitRow;
  readonly ledger: DatasetRow;
}

/** Writes the round's dataset.jsonl and returns its rows as the M-step takes them. */
export async function select(session: Session, round: Round): Promise<FitRow[]> {
  const { dir, dataset } = session.layout.policy(round.name);
  const files = filesOf(session, round);
  const samples = await candidatesOf(session, round, files);
  const solutions = round.method.memory.solutions === 'weighed' ? await judgedSolutions(session, round) : [];
  const seed = seedOf(session.plan.seed, round.iteration);
  const kept = weighSamples(round.method, [...solutions, ...samples], seed, round.improve);
  const rows = [...solutionRows(session, round, kept), ...(await sampleRows(session, round, files, kept))];
  if (files.length > 0) tell(session, round, samples, solutions, rows.length);
  await makeFolder(dir);
  await writeWhole(dataset, jsonLines(rows.map(row => row.ledger)));
  return rows.map(row => row.fit);
}

/** Counts are of this round's own samples, `kept` of all rows. */
function tell(session: Session, round: Round, all: readonly Candidate[], solutions: readonly Candidate[], kept: number): void {
  const samples = all.filter(sample => sample.iteration === round.iteration);
  const correct = samples.filter(isCorrect);
  session.emit({
    kind: 'selected',
    policy: round.name,
    samples: samples.length,
    correct: correct.length,
    kept,
    solved: new Set(correct.map(sample => sample.problem_id)).size,
    problems: round.problems.length,
    ...(round.batch > 0 && { batch: round.batch }),
  });
  if (round.method.weigh.kind !== 'above' || round.improve > 0) return;
  const rewards = [...solutions, ...all].flatMap(({ reward }) => reward ?? []);
  const mean = rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
  const [threshold = 0] = round.method.weigh.thresholds;
  if (mean >= threshold)
    note(
      session,
      `${round.name}: the first threshold, ${threshold}, is not above the mean reward, ${mean.toFixed(3)}: it asks for less than there is`,
    );
}

type Human = (problem: Problem, kept: ReadonlyMap<string, Kept>) => number;

/** The weight of a human solution; 0: it is no row. */
const HUMAN: Readonly<Record<'none' | 'added' | 'weighed', Human>> = {
  none: () => 0,
  added: () => 1,
  weighed: (problem, kept) => kept.get(solutionId(problem))?.weight ?? 0,
};

function solutionRows({ plan }: Session, round: Round, kept: ReadonlyMap<string, Kept>): Row[] {
  const weightOf = HUMAN[round.method.memory.solutions];
  return round.problems.flatMap(problem => {
    const weight = weightOf(problem, kept);
    if (problem.solution === undefined || weight === 0) return [];
    const prompt = plan.task.prompts.train(problem);
    const row = { completion: problem.solution, weight };
    return {
      fit: { id: solutionId(problem), prompt, ...row },
      ledger: { prompt: promptToJson(prompt), ...row, samples: [], problem_id: problem.id },
    };
  });
}

async function sampleRows(session: Session, round: Round, files: readonly string[], kept: ReadonlyMap<string, Kept>): Promise<Row[]> {
  const byProblem = new Map(round.problems.map(problem => [problem.id, problem]));
  const rows: Row[] = [];
  for (const file of files)
    for await (const sample of readJsonl<SampleRow>(file)) {
      const found = kept.get(sample.id);
      if (found) rows.push(rowOf(session, byProblem.get(sample.problem_id)!, sample, found));
    }
  return rows;
}

function rowOf({ plan }: Session, problem: Problem, sample: SampleRow, { weight, samples }: Kept): Row {
  const prompt = plan.task.prompts.train(problem);
  const { id, completion } = sample;
  const tokens = completionTokens(sample);
  return {
    fit: { id, prompt, completion, weight, ...(tokens && { tokens }) },
    ledger: { prompt: promptToJson(prompt), completion, weight, samples, problem_id: problem.id },
  };
}

/**
 * The sampled ids of the completion's text. 'end': all but the end token. 'length': all. 'stop': those that spell it; where the last one
 * reaches past the cut there are none (absent), and the text is tokenised instead.
 */
export function completionTokens({
  tokens,
  finish,
  text_tokens,
}: Pick<SampleRow, 'tokens' | 'finish' | 'text_tokens'>): readonly number[] | undefined {
  if (finish === 'stop') return text_tokens === undefined ? undefined : tokens.slice(0, text_tokens);
  return finish === 'end' ? tokens.slice(0, -1) : tokens;
}
