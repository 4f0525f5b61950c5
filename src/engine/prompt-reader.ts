// Reads prompts before anything is sampled: their keys and values, for prompt-cache.ts.
import type { ModelConfig } from './architecture.ts';
import { slotsPerToken } from './decoder.ts';
import type { Data, Program } from './graph/program.ts';
import type { OwnKind } from './own/kind.ts';
import { packBatch } from './packing.ts';
import type { Parameters } from './parameters.ts';
import { type Plan, promptPlan } from './plan.ts';
import type { PromptState } from './prompt-cache.ts';
import type { SampleJob } from './sampling.ts';
import { isOfPrompts } from './sampling-program.ts';
import { idleRow } from './step.ts';

/** How many first tokens two prompts have in common. */
function commonLength(a: readonly number[], b: readonly number[]): number {
  const differ = a.findIndex((token, i) => token !== b[i]);
  return differ < 0 ? a.length : differ;
}

/** A program that reads prompts. */
export interface PromptReader {
  readonly program: Program;
  readonly parameters: Parameters;
  /** How rows are kept, where it takes steps of rows as well. */
  readonly rows: OwnKind | null;
}

export type PromptReaders = (plan: Plan) => Promise<PromptReader>;

/** So many zeros before the numbers. */
function behind(zeros: number, numbers: BigInt64Array): BigInt64Array {
  const together = new BigInt64Array(zeros + numbers.length);
  together.set(numbers, zeros);
  return together;
}

/** Feeds of prompts for a program that wants a row. */
function besideIdleRow(c: ModelConfig, kind: OwnKind, feeds: ReadonlyMap<string, Data>) {
  const idle = idleRow(c, kind);
  const [ids, positions] = ['ids', 'positions'].map(name => feeds.get(name) as BigInt64Array);
  const together: [string, Data][] = [
    ['ids', behind(1, ids!)],
    ['positions', behind(slotsPerToken(c), positions!)],
  ];
  return { feeds: new Map<string, Data>([...idle.feeds, ...feeds, ...together]), bindings: idle.bindings };
}

/** Padded prompt tokens that are read at once. */
const PROMPT_BATCH_TOKENS = 1024;

/**
 * Keys and values of the prompts of as many jobs from `first` on as fit one batch, by the program for their plan. What they have in common at the start
 * (the examples of a few-shot prompt) is computed once: the batch is packed as one problem whose completions are the rests.
 */
export async function readPrompts(
  config: ModelConfig,
  readerOf: PromptReaders,
  jobs: readonly Pick<SampleJob, 'prompt'>[],
  first: number,
): Promise<Map<number, PromptState>> {
  const batch: (readonly number[])[] = [];
  let common = jobs[first]!.prompt.length - 1;
  let longest = 0;
  for (const { prompt } of jobs.slice(first)) {
    const shared = Math.min(common, prompt.length - 1, commonLength(jobs[first]!.prompt, prompt));
    longest = Math.max(longest, prompt.length);
    if (batch.length > 0 && (batch.length + 1) * (longest - shared) > PROMPT_BATCH_TOKENS) break;
    common = shared;
    batch.push(prompt);
  }
  const rest = (prompt: readonly number[], from: number) => ({ tokens: prompt.slice(from), weights: prompt.slice(from).map(() => 1) });
  const problems =
    common > 0
      ? [{ prompt: batch[0]!.slice(0, common), completions: batch.map(prompt => rest(prompt, common)) }]
      : batch.map(prompt => ({ prompt: prompt.slice(0, 1), completions: [rest(prompt, 1)] }));
  const plan = promptPlan(config, problems);
  const { feeds, bindings } = packBatch(config, problems, plan);
  const { program, parameters, rows } = await readerOf(plan);
  const beside = rows ? besideIdleRow(config, rows, feeds) : { feeds, bindings: {} };
  const outputs = await program.run(new Map([...parameters, ...beside.feeds]), { ...beside.bindings, ...bindings }, isOfPrompts);
  return new Map(
    batch.map((prompt, i) => {
      const place = common > 0 ? { problem: 0, draw: i, shared: common - 1 } : { problem: i, draw: 0, shared: 0 };
      return [first + i, { ...place, outputs, bindings, known: prompt.length - 1 }];
    }),
  );
}
