// Measures one policy: greedily, and by n samples for pass@k and maj@k, on every test problem and on the first training problems. Samples come
// from generate.ts, figures from metrics/; this file joins the two. eval.json appears whole or not at all.
import { evaluateSplit } from '../metrics/evaluate.ts';
import type { Evaluation, EvaluationFile, ProblemOutcome } from '../metrics/evaluation.ts';
import type { Prompt } from '../prompt.ts';
import { readIfThere, writeWhole } from '../runs/atomic.ts';
import { readJsonl } from '../runs/jsonl.ts';
import type { Phase } from '../runs/layout.ts';
import type { SampleRow } from '../runs/rows.ts';
import type { Problem, Split } from '../tasks/task.ts';
import { generate } from './generate.ts';
import type { Plan } from './plan.ts';
import type { ChosenProblems } from './problems.ts';
import type { Model, Session } from './session.ts';

/** The two bodies of samples of a split. */
export const PHASES: Readonly<Record<Split, { readonly greedy: Phase; readonly sampled: Phase }>> = {
  test: { greedy: 'test-greedy', sampled: 'test' },
  train: { greedy: 'train-greedy', sampled: 'train-eval' },
};

/** The problems measured; a split without any is left out of eval.json. */
export const measuredProblems = (plan: Plan, problems: ChosenProblems): Readonly<Record<Split, readonly Problem[]>> => ({
  test: problems.test,
  train: problems.train.slice(0, plan.evaluation.trainProblems),
});

/** Measures `model`, asked with `prompt`, into the folder of its name; what is measured already is read. */
export async function evaluate(session: Session, model: Model, prompt: (problem: Problem) => Prompt): Promise<EvaluationFile> {
  const { plan, layout } = session;
  const place = layout.policy(model.name).evaluation;
  const before = await readIfThere(place);
  if (before !== null) return JSON.parse(before) as EvaluationFile;
  const evaluations: Evaluation[] = [];
  for (const split of ['test', 'train'] as const) {
    const problems = measuredProblems(plan, session.problems)[split];
    if (problems.length > 0) evaluations.push(await evaluateOn(session, model, prompt, split, problems));
  }
  const file: EvaluationFile = { policy: model.name, evaluations };
  await writeWhole(place, `${JSON.stringify(file, null, 2)}\n`);
  return file;
}

async function evaluateOn(
  session: Session,
  model: Model,
  prompt: (problem: Problem) => Prompt,
  split: Split,
  problems: readonly Problem[],
): Promise<Evaluation> {
  const { plan, policy, layout, emit } = session;
  const { samples, temperature, topK, topP, ks } = plan.evaluation;
  const sampled = async (phase: Phase, draws: number, settings: { temperature: number; topK: number; topP: number }) => {
    if (draws === 0) return [];
    const { name: folder, iteration } = model;
    await generate(session, {
      ...{ folder, phase, iteration, policy: folder, problems, prompt, draws, settings },
      sample: (requests, asked, ...rest) => policy.sample(model.path, requests, { ...asked, exact: true }, ...rest),
    });
    return judgedOf(layout.policy(folder).samples(phase));
  };
  const greedy = await sampled(PHASES[split].greedy, 1, { temperature: 0, topK: 0, topP: 1 });
  const drawn = await sampled(PHASES[split].sampled, samples, { temperature, topK, topP });
  const outcomes = outcomesOf(problems, greedy, drawn);
  const evaluation = evaluateSplit(outcomes, { split, samples, temperature, topK, topP, ks, seed: plan.seed });
  emit({ kind: 'evaluated', policy: model.name, split, problems: problems.length, greedy: evaluation.greedy, failed: evaluation.failed });
  return evaluation;
}

type Judged = Pick<SampleRow, 'problem_id' | 'verdict' | 'answer'>;

async function judgedOf(file: string): Promise<Judged[]> {
  const judged: Judged[] = [];
  for await (const { problem_id, verdict, answer } of readJsonl<SampleRow>(file)) judged.push({ problem_id, verdict, answer });
  return judged;
}

function outcomesOf(problems: readonly Problem[], greedy: readonly Judged[], drawn: readonly Judged[]): ProblemOutcome[] {
  const greedyOf = new Map(greedy.map(row => [row.problem_id, row]));
  const drawnOf = Map.groupBy(drawn, row => row.problem_id);
  return problems.map(({ id, level }) => {
    const first = greedyOf.get(id);
    const rows = drawnOf.get(id) ?? [];
    const judged = rows.filter(row => row.verdict !== 'failed');
    return {
      id,
      ...(level === undefined ? {} : { level }),
      greedy: first === undefined || first.verdict === 'failed' ? null : first.verdict === 'correct',
      samples: judged.map(row => ({ correct: row.verdict === 'correct', answer: row.answer })),
      failed: rows.length - judged.length + Number(first?.verdict === 'failed'),
    };
  });
}
