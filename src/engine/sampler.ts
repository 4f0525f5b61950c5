// Samples completions of many prompts, some rows at a time. The completions of a request share their prompt's keys and values; a finished row's
// place goes to the next waiting completion at once, in (request, draw) order; no step is spent on rows that have ended. Every draw has a seed of
// its own, so what it says depends on nothing but the weights, up to the last digits of a matrix product.
import { EngineError } from '../errors.ts';
import type { ModelConfig } from './architecture.ts';
import type { Program } from './graph/program.ts';
import { type Parameters, parameterShapes } from './parameters.ts';
import { PromptReader } from './prompt-reader.ts';
import type { Completed, SampleJob, SampleRules, SampleWatch } from './sampling.ts';
import { openStepProgram } from './step.ts';
import { Wave } from './wave.ts';

/** Weights beyond this (bytes) are not held twice. */
const SETTLED_BYTES = 800e6;
/** Below so many tokens at most, opening a program for these weights alone takes longer than it saves. */
const SETTLED_TOKENS = 1024;

/** Whether a call is worth a step program that holds the weights itself. It says so by the work alone, so the same work has the same bytes. */
export function isWorthSettling(config: ModelConfig, jobs: readonly SampleJob[], rules: SampleRules): boolean {
  const bytes = parameterShapes(config).reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0);
  return bytes <= SETTLED_BYTES && rules.maxTokens * jobs.reduce((n, j) => n + j.seeds.length, 0) >= SETTLED_TOKENS;
}

export class Sampler {
  private readonly config: ModelConfig;
  private readonly options: { readonly threads: number };
  private readonly reader: PromptReader;
  private readonly steps = new Map<string, Program>();
  /** The last step program that holds weights of its own. One at a time: they lie in memory twice. */
  private settled: { readonly key: string; readonly parameters: Parameters; readonly program: Program } | null = null;
  private constructor(config: ModelConfig, options: { readonly threads: number }, reader: PromptReader) {
    this.config = config;
    this.options = options;
    this.reader = reader;
  }

  static async open(config: ModelConfig, options: { readonly threads: number }): Promise<Sampler> {
    return new Sampler(config, options, await PromptReader.open(config, options));
  }

  /** Completions [job][seed]. `rows`: how many are under way at a time. `settled`: by a program that holds these very weights (until `unsettle`). */
  async sample(
    parameters: Parameters,
    jobs: readonly SampleJob[],
    rules: SampleRules,
    rows: number,
    watch: SampleWatch = {},
    settled = false,
  ): Promise<Completed[][]> {
    const longest = Math.max(...jobs.map(j => j.prompt.length));
    if (longest >= this.config.maxPositions)
      throw new EngineError(`a prompt of ${longest} tokens leaves no room in ${this.config.maxPositions} positions`);
    const engine = {
      config: this.config,
      reader: this.reader,
      // All words are asked for once in a while only: not worth a second copy of the weights.
      steps: (shortlist: number, tempered: boolean) =>
        settled && shortlist < this.config.vocab
          ? this.settledProgram(parameters, shortlist, tempered)
          : this.stepProgram(shortlist, tempered),
    };
    return new Wave(engine, parameters, jobs, rules, rows, watch).run();
  }

  /** The step program for a shortlist, made once. */
  private async stepProgram(shortlist: number, tempered: boolean): Promise<Program> {
    const key = `${shortlist} ${tempered}`;
    const program = this.steps.get(key) ?? (await openStepProgram(this.config, { ...this.options, shortlist, tempered }));
    this.steps.set(key, program);
    return program;
  }

  /** The step program that holds these weights. */
  private async settledProgram(parameters: Parameters, shortlist: number, tempered: boolean): Promise<Program> {
    const key = `${shortlist} ${tempered}`;
    if (this.settled?.key === key && this.settled.parameters === parameters) return this.settled.program;
    await this.unsettle();
    const program = await openStepProgram(this.config, { ...this.options, shortlist, tempered, settled: parameters });
    this.settled = { key, parameters, program };
    return program;
  }

  /** Lets go of the weights held for themselves: before they change, and before others are read. */
  async unsettle(): Promise<void> {
    await this.settled?.program.close();
    this.settled = null;
  }

  async close(): Promise<void> {
    await this.reader.close();
    await this.unsettle();
    for (const program of this.steps.values()) await program.close();
  }
}
