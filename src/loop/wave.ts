// One wave of samples: requests in problem order, one seed a draw from hash(run seed, phase, iteration, problem, draw), judged, as rows of the
// ledger in (problem, draw) order. Nothing is written here: generate.ts does.
import type { Generation, Policy, SampleProgress, SampleRequest, SamplingSettings } from '../policy/policy.ts';
import type { Prompt } from '../prompt.ts';
import { seedOf } from '../random.ts';
import { type Phase, sampleId } from '../runs/layout.ts';
import { promptToJson, type SampleRow } from '../runs/rows.ts';
import type { Problem } from '../tasks/task.ts';
import { type Session, throwIfStopped } from './session.ts';
import { findingOf, judge } from './verify.ts';

/** A body of samples: what one samples file will hold. */
export interface Body {
  /** The folder it is written to. */
  readonly folder: string;
  readonly phase: Phase;
  readonly iteration: number;
  /** Who is sampled, as the rows say it. */
  readonly policy: string;
  readonly problems: readonly Problem[];
  readonly prompt: (problem: Problem) => Prompt;
  readonly draws: number;
  readonly settings: Pick<SamplingSettings, 'temperature' | 'topK' | 'topP'>;
  readonly sample: Sampler;
}

/** A policy's `sample` with the model already given. */
export type Sampler = (
  requests: readonly SampleRequest[],
  settings: SamplingSettings,
  onProgress: Parameters<Policy['sample']>[3],
  signal: AbortSignal,
) => Promise<Generation[][]>;

/** Samples and judges `problems`; `done` completions of the body were there before. */
export async function sampleWave(session: Session, body: Body, problems: readonly Problem[], done: number): Promise<SampleRow[]> {
  const { plan, emit, signal } = session;
  const of = body.problems.length * body.draws;
  const requests = problems.map(problem => requestOf(plan.seed, body, problem));
  const settings = { ...body.settings, maxTokens: plan.maxTokens, stop: plan.task.stop };
  const began = session.clock();
  const onProgress = (progress: SampleProgress) => {
    const { completions, tokens } = progress;
    const seconds = (session.clock() - began) / 1000;
    emit({ kind: 'progress', policy: body.folder, phase: body.phase, completions, tokens, seconds, done: done + completions, of });
  };
  const generations = await body.sample(requests, settings, onProgress, signal); // [problem][draw]
  throwIfStopped(signal);
  const rows: SampleRow[] = [];
  for (const [i, problem] of problems.entries()) {
    const request = requests[i]!;
    const judged = generations[i]!.map((generation, draw) => rowOf(session, body, problem, request, generation, draw));
    rows.push(...(await Promise.all(judged)));
  }
  return rows;
}

const requestOf = (seed: number, { phase, iteration, draws, prompt }: Body, problem: Problem): SampleRequest => ({
  id: problem.id,
  prompt: prompt(problem),
  seeds: Array.from({ length: draws }, (_, draw) => seedOf(seed, phase, iteration, problem.id, draw)),
});

async function rowOf(
  { plan }: Session,
  { folder, phase, iteration, policy }: Body,
  problem: Problem,
  request: SampleRequest,
  generation: Generation,
  draw: number,
): Promise<SampleRow> {
  const verdict = await judge(plan.task, problem, generation);
  return {
    id: sampleId(folder, phase, problem.id, draw),
    problem_id: problem.id,
    iteration,
    draw,
    prompt: promptToJson(request.prompt),
    completion: generation.text,
    tokens: generation.tokens,
    logprobs: generation.logprobs.map(toSixDecimals),
    finish: generation.finish,
    ...(generation.textTokens !== undefined && { text_tokens: generation.textTokens }),
    ...findingOf(verdict),
    seed: request.seeds[draw]!,
    policy,
  };
}

const toSixDecimals = (x: number): number => Math.round(x * 1e6) / 1e6;
