// What an M-step may choose from: the samples of a round, those of the rounds before it where the method remembers them, and human solutions where
// they are weighed. Samples are read twice, once for what is known of each, once for the tokens of those that are kept: the first fits in
// memory, the second may not. What is kept is weigh.ts's to say.
import type { Distinct, Propose } from '../methods/method.ts';
import { readJsonl } from '../runs/jsonl.ts';
import type { Phase } from '../runs/layout.ts';
import { promptToJson, type SampleRow } from '../runs/rows.ts';
import type { Problem } from '../tasks/task.ts';
import type { Candidate } from './candidate.ts';
import type { Round } from './rounds.ts';
import type { Session } from './session.ts';
import { findingOf, judge } from './verify.ts';

/** The samples files that a kind of proposing leaves in its folder. */
const PHASES: { readonly [K in Propose['kind']]: (propose: Extract<Propose, { kind: K }>) => readonly Phase[] } = {
  sample: () => ['train'],
  greedy: ({ hint }) => (hint === 'failed' ? ['train', 'train-hinted'] : ['train']),
  search: () => ['train'],
  solutions: () => [],
  reuse: () => ['train'],
};

const FOLDERS = {
  round: ({ samples }: Round): readonly string[] => [samples],
  all: ({ past, samples }: Round): readonly string[] => [...past, samples],
} as const;

/** The samples files a round learns from, oldest first. */
export function filesOf({ layout }: Session, round: Round): string[] {
  const { propose, memory } = round.method;
  const phases = (PHASES[propose.kind] as (propose: Propose) => readonly Phase[])(propose);
  return FOLDERS[memory.samples](round).flatMap(folder => phases.map(phase => layout.policy(folder).samples(phase)));
}

/** What is known of the samples of `round.problems` in these files. */
export async function candidatesOf(session: Session, round: Round, files: readonly string[]): Promise<Candidate[]> {
  const promptOf = promptsOf(session, round.problems);
  const needsText = NEEDS_TEXT[round.method.distinct.kind];
  const candidates: Candidate[] = [];
  for (const file of files)
    for await (const { id, problem_id, iteration, draw, verdict, reward, completion } of readJsonl<SampleRow>(file)) {
      const prompt = promptOf.get(problem_id);
      if (prompt === undefined) continue; // of another mini-batch
      candidates.push({ id, problem_id, iteration, draw, verdict, reward, completion: needsText ? completion : '', prompt });
    }
  return candidates;
}

const NEEDS_TEXT: Readonly<Record<Distinct['kind'], boolean>> = { none: false, exact: true, normalised: true, equations: true };

export const solutionId = (problem: Problem): string => `${problem.id}/solution`;

/** Human solutions as samples of iteration 0, judged like any other. */
export async function judgedSolutions({ plan }: Session, round: Round): Promise<Candidate[]> {
  const promptOf = promptsOf({ plan }, round.problems);
  const candidates: Candidate[] = [];
  for (const problem of round.problems) {
    const { id: problem_id, solution: completion } = problem;
    if (completion === undefined) continue;
    const { verdict, reward } = findingOf(await judge(plan.task, problem, { text: completion, finish: 'end' }));
    const prompt = promptOf.get(problem_id)!;
    candidates.push({ id: solutionId(problem), problem_id, iteration: 0, draw: 0, verdict, reward, completion, prompt });
  }
  return candidates;
}

/** The training prompt of each problem, as text. */
const promptsOf = ({ plan }: Pick<Session, 'plan'>, problems: readonly Problem[]) =>
  new Map(problems.map(problem => [problem.id, JSON.stringify(promptToJson(plan.task.prompts.train(problem)))]));
