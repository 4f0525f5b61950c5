// The work that everybody does, as one JSON file: questions in the model's chat template with their ids, and ReST-EM's rows (train-rows.jsonl) as steps
// of ids. Who samples is given the rendered texts and must cut them into the same ids; who trains is given the ids.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tokenRow } from '../../src/engine/token-row.ts';
import { promptIds } from '../../src/engine/tokenizer/prompt-ids.ts';
import type { Tokenizer } from '../../src/engine/tokenizer/tokenizer.ts';
import { openModel } from '../../src/engine/weights/open.ts';
import { ConfigError } from '../../src/errors.ts';
import { rngOf, seedOf, shuffled } from '../../src/random.ts';
import type { FitRow, FitSettings } from '../../src/requests.ts';
import { readRows } from '../../src/tasks/rows.ts';

export const PROMPTS = 16;
export const DRAWS = 32;
/** Rows of a training step. */
export const BATCH = 16;

export const sampling = { temperature: 0.7, topK: 40, topP: 1, maxTokens: 96, stop: [] as readonly string[] };

/** Constant rate, no warm-up, so that a loop of ten lines does the same. */
export const fitting: FitSettings = {
  learningRate: 2e-5,
  epochs: 1,
  batchSize: BATCH,
  warmup: 0,
  schedule: 'constant',
  weightDecay: 0.01,
  clip: 1,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  seed: 1,
  reduction: 'token-mean',
};

interface TrainRow {
  readonly prompt: readonly number[];
  /** With the end token. */
  readonly completion: readonly number[];
}

export interface Work {
  readonly cores: number;
  readonly sampling: typeof sampling & { readonly draws: number };
  readonly prompts: readonly { readonly question: string; readonly text: string; readonly ids: readonly number[] }[];
  readonly fitting: FitSettings;
  readonly rows: readonly FitRow[];
  /** The rows as our fit orders them, [step][row]. */
  readonly steps: readonly (readonly TrainRow[])[];
  readonly endIds: readonly number[];
  readonly padId: number;
}

const asked = (question: string) => ({ kind: 'chat', messages: [{ role: 'user', content: question }] }) as const;

/** The first questions of a file of rows with `question`, or with svamp's `Body` and `Question`. Throws ConfigError. */
export async function readQuestions(file: string): Promise<string[]> {
  const rows = await readRows(file, []);
  return rows.slice(0, PROMPTS).map(({ place, columns }) => {
    const { question, Body, Question } = columns;
    if (typeof question === 'string') return question;
    if (typeof Body === 'string' && typeof Question === 'string') return `${Body} ${Question}`;
    throw new ConfigError({ field: place, message: "has no text 'question', nor 'Body' and 'Question'" });
  });
}

interface Saved {
  readonly id: string;
  readonly question: string;
  readonly completions: readonly string[];
}

export const trainRowsFile = join(import.meta.dirname, 'train-rows.jsonl');

function fitRows(file: string): FitRow[] {
  const saved = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Saved);
  return saved.flatMap(({ id, question, completions }) =>
    completions.map((completion, i) => ({ id: `${id}-${String(i).padStart(2, '0')}`, prompt: asked(question), completion, weight: 1 })),
  );
}

/** The order of a fit's first epoch: prompts shuffled, the rows of one side by side. Whether it still is that one is checked by every step's tokens. */
function stepsOf(rows: readonly FitRow[], tokenizer: Tokenizer, { seed, batchSize }: FitSettings): TrainRow[][] {
  const byPrompt = new Map<string, TrainRow[]>();
  for (const row of rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const { prompt, completion } = tokenRow(tokenizer, row);
    const key = prompt.join(' ');
    byPrompt.set(key, [...(byPrompt.get(key) ?? []), { prompt, completion }]);
  }
  const ordered = shuffled([...byPrompt.values()], rngOf(seedOf(seed, 'epoch', 0))).flat();
  return Array.from({ length: Math.ceil(ordered.length / batchSize) }, (_, i) => ordered.slice(i * batchSize, (i + 1) * batchSize));
}

/** `questions`: the file of prompts. `batchSize`: rows of a step. */
export async function makeWork(model: string, questions: string, cores: number, batchSize = BATCH): Promise<Work> {
  const { tokenizer, close } = await tokenizerOf(model);
  if (!tokenizer.hasChatTemplate)
    throw new ConfigError({ field: model, message: 'has no chat template; the work is done by models that have one' });
  const settings = { ...fitting, batchSize };
  const rows = existsSync(trainRowsFile) ? fitRows(trainRowsFile) : [];
  const prompts = (await readQuestions(questions)).map(question => ({
    question,
    text: tokenizer.renderChat(asked(question).messages, { addGenerationPrompt: true }),
    ids: promptIds(tokenizer, asked(question)),
  }));
  const steps = stepsOf(rows, tokenizer, settings);
  const { eosIds, endId } = tokenizer;
  await close();
  return { cores, sampling: { ...sampling, draws: DRAWS }, prompts, fitting: settings, rows, steps, endIds: [...eosIds], padId: endId };
}

async function tokenizerOf(model: string) {
  const source = await openModel(model);
  return { tokenizer: source.tokenizer, close: () => source.close() };
}
