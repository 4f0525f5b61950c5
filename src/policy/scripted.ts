// A policy without a model, for tests of everything around one: it answers from a table or a function, remembers what it was asked and fitted,
// and its checkpoints are real, small folders. A checkpoint knows the rows it was fitted to, so a script can get better by training.
// Deterministic: an answer is a function of (weights, prompt, seed). Not a model of how real ones learn.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Interrupted } from '../errors.ts';
import type { Prompt } from '../prompt.ts';
import { rngOf } from '../random.ts';
import type { Fit, FitRow, FitSettings, Generation, Policy, SampleRequest, SamplingSettings } from './policy.ts';

/** The weights: what has been fitted. A folder without policy.json, or none, is a base that has learned nothing. */
export interface ScriptedWeights {
  readonly epochs: number;
  /** Completions by prompt text, in the order of the rows' ids. */
  readonly learned: Readonly<Record<string, readonly string[]>>;
}

export interface Question {
  /** The prompt as text; of a chat, its messages as JSON. */
  readonly prompt: string;
  /** What is said already of a completion that is begun; '' otherwise. The answer is what follows. */
  readonly prefix: string;
  readonly seed: number;
  readonly temperature: number;
  readonly weights: ScriptedWeights;
}

/** Answers by prompt text (a missing one is answered with nothing), or a function. */
export type Script = Readonly<Record<string, string>> | ((question: Question) => string | Generation);

export interface ScriptedPolicy extends Policy {
  /** Every question asked, in order. */
  readonly asked: readonly (Question & { readonly model: string })[];
  /** Every fit begun, in order. */
  readonly fitted: readonly { readonly model: string; readonly rows: readonly FitRow[]; readonly settings: FitSettings }[];
}

const END = 0;
const PRISTINE: ScriptedWeights = { epochs: 0, learned: {} };

/** `pause` is awaited wherever a real policy takes its time: before each request, epoch, and file of a checkpoint. */
export function scriptedPolicy(script: Script, pause: () => Promise<void> = async () => undefined): ScriptedPolicy {
  const asked: (Question & { model: string })[] = [];
  const fitted: { model: string; rows: readonly FitRow[]; settings: FitSettings }[] = [];
  const answer = (model: string, weights: ScriptedWeights, settings: SamplingSettings, request: SampleRequest): Generation[] =>
    request.seeds.map(seed => {
      const prefix = String.fromCodePoint(...(request.prefix ?? []));
      const question: Question = { prompt: textOf(request.prompt), prefix, seed, temperature: settings.temperature, weights };
      asked.push({ ...question, model });
      const said = typeof script === 'function' ? script(question) : (script[question.prompt] ?? '');
      const { maxTokens = settings.maxTokens } = request;
      return typeof said === 'string' ? generationOf(said, question, { ...settings, maxTokens }) : said;
    });
  return {
    asked,
    fitted,
    sample: async (model, requests, settings, onProgress, signal) => {
      const weights = await readWeights(model);
      const generations: Generation[][] = [];
      for (const request of requests) {
        await pause();
        if (signal?.aborted) throw new Interrupted();
        generations.push(answer(model, weights, settings, request));
        const all = generations.flat();
        onProgress?.({ completions: all.length, tokens: all.reduce((sum, generation) => sum + generation.tokens.length, 0) });
      }
      return generations;
    },
    score: async (_, rows) => rows.map(({ completion }) => (typeof completion === 'string' ? idsOf(completion) : completion).map(() => -1)),
    fit: async (model, rows, settings) => {
      fitted.push({ model, rows, settings });
      const start = await readWeights(model);
      return scriptedFit(start, rows, settings, pause, (weights, ...request) => answer(model, weights, ...request));
    },
    close: async () => undefined,
  };
}

function scriptedFit(
  start: ScriptedWeights,
  rows: readonly FitRow[],
  settings: FitSettings,
  pause: () => Promise<void>,
  answer: (weights: ScriptedWeights, settings: SamplingSettings, request: SampleRequest) => Generation[],
): Fit {
  const stepsPerEpoch = Math.ceil(rows.length / settings.batchSize);
  const steps = Math.min(stepsPerEpoch * settings.epochs, settings.maxSteps ?? Number.POSITIVE_INFINITY);
  let weights = start;
  let kept: ScriptedWeights | undefined;
  const tokens = rows.reduce((sum, row) => sum + row.completion.length, 0);
  return {
    stepsPerEpoch,
    epoch: async onStep => {
      const before = weights.epochs - start.epochs;
      for (let at = before * stepsPerEpoch + 1; at <= Math.min((before + 1) * stepsPerEpoch, steps); at++) {
        await pause();
        onStep?.({
          step: at,
          steps,
          loss: 1 / at,
          gradNorm: 1,
          learningRate: settings.learningRate,
          tokens,
        });
      }
      weights = { epochs: weights.epochs + 1, learned: { ...start.learned, ...learnedFrom(rows) } };
      return { loss: 1 / (before + 1), tokens };
    },
    sample: async (requests, sampling) => {
      await pause();
      return requests.map(request => answer(weights, sampling, request));
    },
    keep: async () => {
      kept = weights;
    },
    save: async dir => {
      await mkdir(dir);
      await writeFile(join(dir, 'rows.jsonl'), rows.map(row => `${JSON.stringify(row)}\n`).join(''));
      await pause();
      await writeFile(join(dir, 'policy.json'), `${JSON.stringify(kept ?? weights)}\n`);
      await pause();
    },
    close: async () => undefined,
  };
}

function learnedFrom(rows: readonly FitRow[]): Record<string, string[]> {
  const learned: Record<string, string[]> = {};
  for (const row of rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const completions = learned[textOf(row.prompt)] ?? [];
    completions.push(row.completion);
    learned[textOf(row.prompt)] = completions;
  }
  return learned;
}

async function readWeights(model: string): Promise<ScriptedWeights> {
  try {
    return JSON.parse(await readFile(join(model, 'policy.json'), 'utf8')) as ScriptedWeights;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return PRISTINE;
    throw error;
  }
}

const textOf = (prompt: Prompt): string => (prompt.kind === 'text' ? prompt.text : JSON.stringify(prompt.messages));

/** One token a character. */
const idsOf = (text: string): number[] => [...text].map(character => character.codePointAt(0)!);

function generationOf(said: string, question: Question, settings: SamplingSettings): Generation {
  const stops = settings.stop.map(stop => ({ at: said.indexOf(stop), stop })).filter(({ at }) => at >= 0);
  const first = stops.toSorted((a, b) => a.at - b.at)[0];
  const whole = first === undefined ? [...idsOf(said), END] : idsOf(said.slice(0, first.at + first.stop.length));
  const isCut = whole.length > settings.maxTokens;
  const tokens = whole.slice(0, settings.maxTokens);
  const rng = rngOf(question.seed);
  return {
    text: question.prefix + (isCut ? String.fromCodePoint(...tokens) : said.slice(0, first?.at)),
    tokens,
    logprobs: tokens.map(() => Math.log(1 - rng.next())),
    finish: isCut ? 'length' : first === undefined ? 'end' : 'stop',
    promptTokens: question.prompt.length,
    ...(settings.stepEnds && { steps: stepLengths(tokens, settings.stepEnds) }),
  };
}

/** After each character that ends a step; the end token belongs to the last one. */
function stepLengths(tokens: readonly number[], stepEnds: readonly string[]): number[] {
  const ends = tokens.flatMap((id, i) => (stepEnds.includes(String.fromCodePoint(id)) && tokens[i + 1] !== END ? [i + 1] : []));
  const bounds = [...ends.filter(end => end < tokens.length), tokens.length];
  return bounds.map((end, i) => end - (bounds[i - 1] ?? 0));
}
