// Samples completions of many prompts, some rows at a time. The completions of a request share their prompt's keys and values; a finished row's
// place goes to the next waiting completion at once, in (request, draw) order; no step is spent on rows that have ended. Every draw has a seed of
// its own, so what it says depends on nothing but the weights, up to the last digits of a matrix product.
import { EngineError } from '../errors.ts';
import type { ModelConfig } from './architecture.ts';
import type { Program } from './graph/program.ts';
import type { Parameters } from './parameters.ts';
import { PromptReader } from './prompt-reader.ts';
import type { Completed, SampleJob, SampleRules, SampleWatch } from './sampling.ts';
import { openStepProgram } from './step.ts';
import { Wave } from './wave.ts';

export class Sampler {
  private readonly config: ModelConfig;
  private readonly options: { readonly threads: number };
  private readonly reader: PromptReader;
  private readonly steps = new Map<string, Program>();
  private constructor(config: ModelConfig, options: { readonly threads: number }, reader: PromptReader) {
    this.config = config;
    this.options = options;
    this.reader = reader;
  }

  static async open(config: ModelConfig, options: { readonly threads: number }): Promise<Sampler> {
    return new Sampler(config, options, await PromptReader.open(config, options));
  }

  /** Completions [job][seed]. `rows`: how many are under way at a time. */
  async sample(
    parameters: Parameters,
    jobs: readonly SampleJob[],
    rules: SampleRules,
    rows: number,
    watch: SampleWatch = {},
  ): Promise<Completed[][]> {
    const longest = Math.max(...jobs.map(j => j.prompt.length));
    if (longest >= this.config.maxPositions)
      throw new EngineError(`a prompt of ${longest} tokens leaves no room in ${this.config.maxPositions} positions`);
    const engine = { config: this.config, reader: this.reader, steps: this.stepProgram.bind(this) };
    return new Wave(engine, parameters, jobs, rules, rows, watch).run();
  }

  /** The step program for a shortlist, made once. */
  private async stepProgram(shortlist: number, tempered: boolean): Promise<Program> {
    const key = `${shortlist} ${tempered}`;
    const program = this.steps.get(key) ?? (await openStepProgram(this.config, { ...this.options, shortlist, tempered }));
    this.steps.set(key, program);
    return program;
  }

  async close(): Promise<void> {
    await this.reader.close();
    for (const program of this.steps.values()) await program.close();
  }
}
