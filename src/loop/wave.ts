// One wave of samples: requests in problem order, one seed a draw from hash(run seed, phase, iteration, problem, draw), judged, as rows of the
// ledger in (problem, draw) order. Nothing is written here: generate.ts does.
import type { Generation, Policy, SampleProgress, SampleRequest, SamplingSettings } from '../policy/policy.ts';
import type { Prompt } from '../prompt.ts';
import { seedOf } from '../random.ts';
import { type Phase, sampleId } from '../runs/layout.ts';
import { promptToJson, type SampleRow } from '../runs/rows.ts';
import type { Problem } from '../tasks/task.ts';
import type { Verdict } from '../verifiers/verdict.ts';
import type { SearchSettings } from './search/budget.ts';
import { searchAll } from './search/search.ts';
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
  /** How many tokens it may sample at most; problems that come too late for that are left out. */
  readonly tokens?: number;
  /** Tree search instead of independent draws, within what `draws` of them would take. */
  readonly search?: SearchSettings;
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
  const sample = samplerOf(session, body, done);
  return body.search ? searchWave(session, body, body.search, problems, sample) : drawWave(session, body, problems, sample);
}

type WaveSampler = (requests: readonly SampleRequest[], more?: Pick<SamplingSettings, 'stepEnds'>) => Promise<Generation[][]>;

/** The body's sampler with everything but the requests given; what a wave's calls say of their progress adds up. */
function samplerOf({ plan, emit, signal, clock }: Session, body: Body, done: number): WaveSampler {
  const of = body.problems.length * body.draws;
  const settings = { ...body.settings, maxTokens: plan.maxTokens, stop: plan.task.stop };
  const began = clock();
  let before: SampleProgress = { completions: 0, tokens: 0 };
  return async (requests, more) => {
    let now = before;
    const onProgress = (progress: SampleProgress) => {
      now = { completions: before.completions + progress.completions, tokens: before.tokens + progress.tokens };
      const at = Math.min(of, done + now.completions);
      emit({ kind: 'progress', policy: body.folder, phase: body.phase, ...now, seconds: (clock() - began) / 1000, done: at, of });
    };
    const generations = await body.sample(requests, { ...settings, ...more }, onProgress, signal);
    throwIfStopped(signal);
    before = now;
    return generations;
  };
}

async function drawWave(session: Session, body: Body, problems: readonly Problem[], sample: WaveSampler): Promise<SampleRow[]> {
  const { plan, signal } = session;
  const requests = problems.map(problem => requestOf(plan.seed, body, problem));
  const generations = await sample(requests); // [problem][draw]
  const rows: SampleRow[] = [];
  for (const [i, problem] of problems.entries()) {
    throwIfStopped(signal); // programs take a while to judge
    const { prompt, seeds } = requests[i]!;
    const judged = generations[i]!.map(async (generation, draw) => {
      const verdict = await judge(plan.task, problem, generation);
      return rowOf(body, problem, draw, { prompt, generation, verdict, seed: seeds[draw]! });
    });
    rows.push(...(await Promise.all(judged)));
  }
  return rows;
}

async function searchWave(
  { plan }: Session,
  body: Body,
  search: SearchSettings,
  problems: readonly Problem[],
  sample: WaveSampler,
): Promise<SampleRow[]> {
  const stepEnds = plan.task.stepEnds ?? ['\n'];
  const found = await searchAll(problems, search, {
    seedParts: [plan.seed, body.phase, body.iteration],
    maxTokens: plan.maxTokens,
    request: problem => ({ id: problem.id, prompt: body.prompt(problem) }),
    sample: requests => sample(requests, { stepEnds }),
    judge: (problem, generation) => judge(plan.task, problem, generation),
  });
  return problems.flatMap((problem, i) =>
    found[i]!.map(({ prefixTokens, ...sampled }, draw) => ({
      ...rowOf(body, problem, draw, { ...sampled, prompt: body.prompt(problem) }),
      of: found[i]!.length,
      prefix_tokens: prefixTokens,
    })),
  );
}

const requestOf = (seed: number, { phase, iteration, draws, prompt }: Body, problem: Problem): SampleRequest => ({
  id: problem.id,
  prompt: prompt(problem),
  seeds: Array.from({ length: draws }, (_, draw) => seedOf(seed, phase, iteration, problem.id, draw)),
});

interface Sampled {
  readonly prompt: Prompt;
  readonly generation: Generation;
  readonly verdict: Verdict;
  readonly seed: number;
}

const rowOf = (
  { folder, phase, iteration, policy }: Body,
  problem: Problem,
  draw: number,
  { prompt, generation, verdict, seed }: Sampled,
): SampleRow => ({
  id: sampleId(folder, phase, problem.id, draw),
  problem_id: problem.id,
  iteration,
  draw,
  prompt: promptToJson(prompt),
  completion: generation.text,
  tokens: generation.tokens,
  logprobs: generation.logprobs.map(toSixDecimals),
  finish: generation.finish,
  ...(generation.textTokens !== undefined && { text_tokens: generation.textTokens }),
  ...findingOf(verdict),
  seed,
  policy,
});

const toSixDecimals = (x: number): number => Math.round(x * 1e6) / 1e6;
