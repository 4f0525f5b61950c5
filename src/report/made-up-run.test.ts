// A run directory as the loop writes it, made up from a seed, for the tests of this folder and for looking at report.html while changing it
// (the test of html.ts says how to keep one). Holds no tests. The figures are of nothing.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { evaluateSplit } from '../metrics/evaluate.ts';
import type { EvaluationFile, ProblemOutcome } from '../metrics/evaluation.ts';
import { rngOf, seedOf } from '../random.ts';
import type { RunEvent } from '../runs/events.ts';
import { jsonLines } from '../runs/jsonl.ts';
import { layoutOf, sampleId } from '../runs/layout.ts';
import type { DatasetRow, FitFile, SampleRow } from '../runs/rows.ts';

/** How good a made-up policy is: the chance of a right sample at level 1, and how much of it each further level takes. */
export interface MadeUpPolicy {
  readonly skill: number;
  readonly fall: number;
}

export const POLICIES: Readonly<Record<string, MadeUpPolicy>> = {
  base: { skill: 0.62, fall: 0.13 },
  sft: { skill: 0.76, fall: 0.13 },
  random: { skill: 0.62, fall: 0.12 },
  'iteration-1': { skill: 0.84, fall: 0.1 },
  'iteration-2': { skill: 0.87, fall: 0.085 },
  'iteration-3': { skill: 0.88, fall: 0.085 },
};

export interface MadeUpRun {
  readonly policies?: Readonly<Record<string, MadeUpPolicy>>;
  readonly problems?: number;
  readonly samples?: number;
  /** A completion to put among the samples. */
  readonly completion?: string;
  readonly finished?: boolean;
}

const LEVELS = ['1', '2', '3', '4', '5'];

function outcomesOf(policy: string, { skill, fall }: MadeUpPolicy, split: string, problems: number, samples: number): ProblemOutcome[] {
  return Array.from({ length: problems }, (_, i) => {
    const rng = rngOf(seedOf('made up', policy, split, i));
    const shared = rngOf(seedOf('made up', split, i)).next(); // hard problems are hard for every policy
    const level = i % LEVELS.length;
    const chance = Math.min(0.98, Math.max(0.01, skill - fall * level + (split === 'train' ? 0.03 : 0) + 0.5 * (shared - 0.5)));
    const draw = () => {
      const correct = rng.next() < chance;
      return { correct, answer: correct ? '42' : rng.next() < 0.2 ? null : String(rng.below(5)) };
    };
    return {
      id: `${split}-${i}`,
      level: LEVELS[level]!,
      greedy: 0.75 * shared + 0.25 * rng.next() < chance - 0.02,
      samples: Array.from({ length: samples }, draw),
      failed: 0,
    };
  });
}

const made = new Map<string, string>();

/** eval.json of a policy; made once, because its intervals take most of the time of these tests. */
function evaluationText(policy: string, skill: MadeUpPolicy, problems: number, samples: number): string {
  const key = JSON.stringify([policy, skill, problems, samples]);
  const text = made.get(key) ?? JSON.stringify(madeUpEvaluation(policy, skill, problems, samples));
  made.set(key, text);
  return text;
}

function madeUpEvaluation(policy: string, skill: MadeUpPolicy, problems: number, samples: number): EvaluationFile {
  const settings = { samples, temperature: 1, topK: 0, topP: 0.95, ks: [1, 2, 4, 8, 16].filter(k => k <= samples), seed: 1 };
  return {
    policy,
    evaluations: (['test', 'train'] as const).map(split =>
      evaluateSplit(outcomesOf(policy, skill, split, problems, split === 'test' ? samples : 0), {
        ...settings,
        split,
        ...(split === 'train' ? { samples: 0, ks: [] } : {}),
      }),
    ),
  };
}

const QUESTION = 'Mia has 14 shells. She finds 3 times as many as she has, then gives away 9. How many shells does she have now?';

function samplesOf(policy: string, hostile: string | undefined): { rows: SampleRow[]; dataset: DatasetRow[] } {
  const rows = Array.from({ length: 24 }, (_, i): SampleRow => {
    const [problem, draw] = [`train-${Math.floor(i / 6)}`, i % 6];
    const isRight = draw % 2 === 1;
    const text = isRight
      ? 'She finds 3 * 14 = 42.\nShe has 14 + 42 = 56.\nThen 56 - 9 = 47.\nAnswer: 47'
      : 'She finds 14 + 3 = 17.\nThen 17 - 9 = 8.\nAnswer: 8';
    return {
      id: sampleId(policy, 'train', problem, draw),
      problem_id: problem,
      iteration: 1,
      draw,
      prompt: `Question: ${QUESTION}\nAnswer:`,
      completion: i === 0 && hostile !== undefined ? hostile : text,
      tokens: [1, 2, 3],
      logprobs: [-0.1, -0.2, -0.3],
      finish: 'end',
      verdict: isRight ? 'correct' : 'incorrect',
      reason: isRight ? '47 equals 47' : '8 is not 47',
      answer: isRight ? '47' : '8',
      reward: isRight ? 1 : 0,
      seed: i,
      policy: 'base',
    };
  });
  const dataset = rows
    .filter(row => row.verdict === 'correct')
    .map(row => ({ prompt: row.prompt, completion: row.completion, weight: 1, samples: [row.id], problem_id: row.problem_id }));
  return { rows, dataset };
}

function madeUpValidation(policy: string): number[] {
  const skill = POLICIES[policy]?.skill ?? 0.5;
  return [skill - 0.14, skill - 0.02, skill - 0.05];
}

function fitEvents(policy: string, n: number): RunEvent[] {
  const rng = rngOf(seedOf('fit', policy));
  const steps = 30;
  return [0, 1, 2].flatMap(
    epoch =>
      [
        ...Array.from({ length: steps }, (_, i): RunEvent => {
          const step = epoch * steps + i + 1;
          const loss = 0.18 + (0.9 - 0.1 * n) * Math.exp(-step / 25) + 0.04 * rng.next();
          return { kind: 'step', policy, step, steps: 3 * steps, loss, grad_norm: 1, learning_rate: 5e-4, tokens: 800 };
        }),
        {
          kind: 'epoch',
          policy,
          epoch: epoch + 1,
          epochs: 3,
          loss: 0.3,
          tokens: 24_000,
          seconds: 9,
          validation: madeUpValidation(policy)[epoch]!,
          kept: epoch < 2,
        },
      ] satisfies RunEvent[],
  );
}

function eventsOf(policies: readonly string[], finished: boolean): RunEvent[] {
  const fitted = policies.filter(p => p !== 'base');
  const rounds = fitted.filter(p => p.startsWith('iteration-'));
  return [
    { kind: 'start', resumed: false, run: 'minimath', stages: [] },
    ...rounds.flatMap((policy, i): RunEvent[] => {
      const correct = 2900 + 1300 * i;
      return [
        {
          kind: 'wave',
          policy,
          phase: 'train',
          completions: 6400,
          tokens: 310_000,
          seconds: 41,
          correct,
          failed: i,
          done: 6400,
          of: 6400,
          solved: 330 + 15 * i,
          problems: 400,
        },
        { kind: 'selected', policy, samples: 6400, correct, kept: 2400 + 300 * i, solved: 330 + 15 * i, problems: 400 },
      ];
    }),
    ...fitted.flatMap((policy, i) => fitEvents(policy, i)),
    ...(finished ? [{ kind: 'end', reason: 'finished', message: '' } as const] : []),
  ];
}

/** Writes a run into `dir`, which is made. */
export async function writeMadeUpRun(dir: string, options: MadeUpRun = {}): Promise<void> {
  const { policies = POLICIES, problems = 300, samples = 16, completion, finished = true } = options;
  const layout = layoutOf(dir);
  await mkdir(dir, { recursive: true });
  const settings = {
    name: 'minimath',
    seed: 1,
    model: 'models/tiny-s',
    task: 'minimath',
    validation: 0.1,
    fit: { learningRate: 5e-4, epochs: 3, batchSize: 16 },
  };
  const method = {
    name: 'rest-em',
    title: 'ReST-EM',
    paper: 'arXiv 2312.06585',
    propose: { kind: 'sample', samplesPerProblem: 16, temperature: 0.7, topK: 40 },
    fitFrom: 'base',
  };
  await writeFile(layout.config, JSON.stringify({ settings, method, arms: [] }));
  for (const [name, skill] of Object.entries(policies)) await writePolicy(dir, name, skill, problems, samples, completion);
  const events = eventsOf(Object.keys(policies), finished);
  await writeFile(layout.events, jsonLines(events.map((event, i) => ({ time: new Date(1.8e12 + i * 800).toISOString(), ...event }))));
}

async function writePolicy(
  dir: string,
  name: string,
  skill: MadeUpPolicy,
  problems: number,
  samples: number,
  completion: string | undefined,
) {
  const layout = layoutOf(dir).policy(name);
  await mkdir(layout.dir, { recursive: true });
  await writeFile(layout.evaluation, evaluationText(name, skill, problems, samples));
  if (name === 'base') return;
  const fit: FitFile = {
    policy: name,
    from: 'base',
    rows: 2400,
    steps_per_epoch: 30,
    epochs_run: 3,
    epoch_kept: 2,
    losses: [0.6, 0.35, 0.3],
    validation: madeUpValidation(name),
  };
  await writeFile(layout.fit, JSON.stringify(fit));
  const { rows, dataset } = samplesOf(name, completion);
  await writeFile(layout.dataset, jsonLines(dataset));
  if (name.startsWith('iteration-')) await writeFile(join(layout.dir, 'samples-train.jsonl'), jsonLines(rows));
}
