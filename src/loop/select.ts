// The weight f(r) of every proposal, here 0 or 1: which rows the M-step sees (arXiv 2312.06585 Eq. 3 with r in {0, 1}, and its cap of ten a
// problem). The choice is a function of the seed, the problem and the set of its samples: neither their order nor other problems count.
// Exact duplicates are rows of their own, because the paper mentions no removal of them; one would stand in `candidates`, before the cap.
import type { Weigh } from '../methods/method.ts';
import type { FitRow } from '../policy/policy.ts';
import { rngOf, seedOf, shuffled } from '../random.ts';
import { writeWhole } from '../runs/atomic.ts';
import { jsonLines, readJsonl } from '../runs/jsonl.ts';
import { makeFolder } from '../runs/open.ts';
import { type DatasetRow, promptToJson, type SampleRow } from '../runs/rows.ts';
import type { Problem } from '../tasks/task.ts';
import type { Proposed } from './propose.ts';
import type { Round } from './rounds.ts';
import type { Session } from './session.ts';

export type Candidate = Pick<SampleRow, 'id' | 'problem_id' | 'verdict'>;

/** Draws at most `count` of some samples of one problem. */
type Draw = (from: readonly Candidate[], count: number) => readonly Candidate[];

type ByKind = {
  readonly [K in Weigh['kind']]: (all: readonly Candidate[], draw: Draw, weigh: Extract<Weigh, { kind: K }>) => readonly Candidate[];
};

/** The rows of one problem, by the kind of weighing. `failed` samples are in none of them: nobody knows what they are. */
const KEEP: ByKind = {
  correct: (all, draw, { keepPerProblem }) => draw(candidates(all).filter(isCorrect), capOf(keepPerProblem)),
  random: (all, draw, { keepPerProblem }) => draw(candidates(all), Math.min(all.filter(isCorrect).length, capOf(keepPerProblem))),
  all: all => candidates(all),
};

const candidates = (all: readonly Candidate[]): readonly Candidate[] => all.filter(sample => sample.verdict !== 'failed');
const isCorrect = (sample: Candidate): boolean => sample.verdict === 'correct';
const capOf = (keepPerProblem: number): number => (keepPerProblem === 0 ? Number.POSITIVE_INFINITY : keepPerProblem);

/** The ids of the samples that are kept. */
export function selectSamples(weigh: Weigh, samples: readonly Candidate[], seed: number): Set<string> {
  const keep = KEEP[weigh.kind] as (all: readonly Candidate[], draw: Draw, weigh: Weigh) => readonly Candidate[];
  const kept = new Set<string>();
  for (const [problemId, all] of Map.groupBy(samples, sample => sample.problem_id)) {
    const rng = rngOf(seedOf(seed, 'select', weigh.kind, problemId));
    const draw: Draw = (from, count) => shuffled(from.toSorted(byId), rng).slice(0, count);
    for (const sample of keep(all, draw, weigh)) kept.add(sample.id);
  }
  return kept;
}

const byId = (a: Candidate, b: Candidate): number => (a.id < b.id ? -1 : Number(a.id > b.id));

/** Writes the round's dataset.jsonl and returns its rows as the M-step takes them. */
export async function select(session: Session, round: Round, proposed: Proposed): Promise<FitRow[]> {
  const { layout } = session;
  const { dir, dataset } = layout.policy(round.name);
  const rows = proposed.kind === 'samples' ? await fromSamples(session, round, proposed.file) : fromSolutions(session);
  await makeFolder(dir);
  await writeWhole(dataset, jsonLines(rows.map(row => row.ledger)));
  return rows.map(row => row.fit);
}

interface Row {
  readonly fit: FitRow;
  readonly ledger: DatasetRow;
}

/** Two passes over the file: the verdicts of all samples fit in memory, their texts and tokens may not. */
async function fromSamples(session: Session, round: Round, file: string): Promise<Row[]> {
  const { plan, problems, emit } = session;
  const all: Candidate[] = [];
  for await (const { id, problem_id, verdict } of readJsonl<SampleRow>(file)) all.push({ id, problem_id, verdict });
  const kept = selectSamples(round.method.weigh, all, seedOf(plan.seed, round.iteration));
  const byProblem = new Map(problems.train.map(problem => [problem.id, problem]));
  const rows: Row[] = [];
  for await (const sample of readJsonl<SampleRow>(file)) {
    if (kept.has(sample.id)) rows.push(rowOf(session, byProblem.get(sample.problem_id)!, sample));
  }
  const correct = all.filter(isCorrect);
  const solved = new Set(correct.map(sample => sample.problem_id)).size;
  emit({
    kind: 'selected',
    policy: round.name,
    samples: all.length,
    correct: correct.length,
    kept: rows.length,
    solved,
    problems: problems.train.length,
  });
  return rows;
}

function rowOf({ plan }: Session, problem: Problem, sample: SampleRow): Row {
  const prompt = plan.task.prompts.train(problem);
  const tokens = completionTokens(sample);
  return {
    fit: { id: sample.id, prompt, completion: sample.completion, weight: 1, ...(tokens && { tokens }) },
    ledger: { prompt: promptToJson(prompt), completion: sample.completion, weight: 1, samples: [sample.id], problem_id: problem.id },
  };
}

const fromSolutions = ({ plan, problems }: Session): Row[] =>
  problems.train.flatMap(problem => {
    if (problem.solution === undefined) return [];
    const prompt = plan.task.prompts.train(problem);
    const row = { completion: problem.solution, weight: 1 };
    return {
      fit: { id: `${problem.id}/solution`, prompt, ...row },
      ledger: { prompt: promptToJson(prompt), ...row, samples: [], problem_id: problem.id },
    };
  });

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
