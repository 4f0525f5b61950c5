// Reads prompts before anything is sampled: their keys and values, for cache.ts.
import type { ModelConfig } from './architecture.ts';
import type { PromptState } from './cache.ts';
import type { Data, Program, Running } from './graph/program.ts';
import { packBatch } from './packing.ts';
import type { Parameters } from './parameters.ts';
import { Planned, promptPlan } from './plan.ts';
import { openPromptProgram } from './programs.ts';
import type { SampleJob } from './sampling.ts';

/** How many first tokens two prompts have in common. */
function commonLength(a: readonly number[], b: readonly number[]): number {
  const differ = a.findIndex((token, i) => token !== b[i]);
  return differ < 0 ? a.length : differ;
}

/** Padded prompt tokens that go through the prompt program at once. */
const PROMPT_BATCH_TOKENS = 1024;

export class PromptReader {
  private readonly config: ModelConfig;
  private readonly programs: Planned<Program>;
  private constructor(config: ModelConfig, programs: Planned<Program>) {
    this.config = config;
    this.programs = programs;
  }

  static async open(config: ModelConfig, options: Running): Promise<PromptReader> {
    return new PromptReader(config, new Planned(plan => openPromptProgram(config, plan, { ...options, keepsMemory: false })));
  }

  /**
   * Keys and values of the prompts of as many jobs from `first` on as fit one batch. What they have in common at the start (the examples of a
   * few-shot prompt) is computed once: the batch is packed as one problem whose completions are the rests.
   */
  async read(parameters: Parameters, jobs: readonly SampleJob[], first: number): Promise<Map<number, PromptState>> {
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
    const plan = promptPlan(this.config, problems);
    const { feeds, bindings } = packBatch(this.config, problems, plan);
    const program = await this.programs.program(plan);
    const outputs = await program.run(new Map<string, Data>([...feeds, ...parameters]), bindings);
    return new Map(
      batch.map((prompt, i) => {
        const place = common > 0 ? { problem: 0, draw: i, shared: common - 1 } : { problem: i, draw: 0, shared: 0 };
        return [first + i, { ...place, outputs, bindings, known: prompt.length - 1 }];
      }),
    );
  }

  async close(): Promise<void> {
    await this.programs.close();
  }
}
