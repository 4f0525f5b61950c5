// Samples completions of many prompts, some rows at a time. The completions of a request share their prompt's keys and values; a finished row's
// place goes to the next waiting completion at once, in (request, draw) order; no step is spent on rows that have ended. Every draw has a seed of
// its own, so what it says depends on nothing but the weights, up to the last digits of a matrix product.
import { EngineError } from '../errors.ts';
import type { ModelConfig } from './architecture.ts';
import type { Program, Running } from './graph/program.ts';
import type { Int8Weights } from './int8/matrices.ts';
import { type Parameters, parameterShapes } from './parameters.ts';
import { PromptReader } from './prompt-reader.ts';
import type { RowsEngine } from './rows.ts';
import type { Completed, SampleJob, SampleRules, SampleWatch } from './sampling.ts';
import type { Settled } from './settled.ts';
import { openStepProgram } from './step.ts';
import { Wave } from './wave.ts';

/** Weights beyond this (bytes) are not held twice. */
const SETTLED_BYTES = 800e6;
/** Below so many tokens at most, opening a program for these weights alone takes longer than it saves. */
const SETTLED_TOKENS = 1024;

/** Whether the weights are few enough to be held by a program besides. */
export const canSettle = (config: ModelConfig): boolean =>
  parameterShapes(config).reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0) <= SETTLED_BYTES;

/** Whether a call is worth a step program that holds the weights itself. It says so by the work alone, so the same work has the same bytes. */
export const isWorthSettling = (config: ModelConfig, jobs: readonly SampleJob[], rules: SampleRules): boolean =>
  canSettle(config) && rules.maxTokens * jobs.reduce((n, j) => n + j.seeds.length, 0) >= SETTLED_TOKENS;

/** The step programs that hold the weights of one model. */
interface SettledPrograms {
  readonly of: Parameters | Int8Weights;
  readonly programs: Map<string, Program>;
}

const contentOf = (settled: Exclude<Settled, { kind: 'none' }>): Parameters | Int8Weights =>
  settled.kind === 'fp32' ? settled.parameters : settled.weights;

export class Sampler {
  private readonly config: ModelConfig;
  private readonly options: Running;
  private readonly reader: PromptReader;
  private readonly steps = new Map<string, Program>();
  private settled: SettledPrograms | null = null;
  private constructor(config: ModelConfig, options: Running, reader: PromptReader) {
    this.config = config;
    this.options = options;
    this.reader = reader;
  }

  static async open(config: ModelConfig, options: Running): Promise<Sampler> {
    return new Sampler(config, options, await PromptReader.open(config, options));
  }

  /** Completions [job][seed]. `rows`: how many are under way at a time. `settled`: the same weights to be held by the program (until `unsettle`). */
  async sample(
    parameters: Parameters,
    jobs: readonly SampleJob[],
    rules: SampleRules,
    rows: number,
    watch: SampleWatch = {},
    settled: Settled = { kind: 'none' },
  ): Promise<Completed[][]> {
    const longest = Math.max(...jobs.map(j => j.prompt.length));
    if (longest >= this.config.maxPositions)
      throw new EngineError(`a prompt of ${longest} tokens leaves no room in ${this.config.maxPositions} positions`);
    return new Wave(this.rowsEngine(parameters, settled), jobs, rules, rows, watch).run();
  }

  /** What moves rows with these weights. `settled`: as for `sample`. */
  rowsEngine(parameters: Parameters, settled: Settled): RowsEngine {
    const steps = (shortlist: number, tempered: boolean) => this.program(settled, shortlist, tempered);
    return { config: this.config, reader: this.reader, steps, parameters };
  }

  /** The step program for a shortlist, made once. */
  private async program(settled: Settled, shortlist: number, tempered: boolean): Promise<Program> {
    // All words are asked for once in a while only: not worth a second fp32 copy of the weights. In int8 they must come from the same distribution.
    const isHeld = settled.kind === 'int8' || (settled.kind === 'fp32' && shortlist < this.config.vocab);
    const programs = isHeld ? await this.programsOf(settled) : this.steps;
    const key = `${shortlist} ${tempered}`;
    const known = programs.get(key);
    if (known) return known;
    if (isHeld && settled.kind === 'fp32') await closeAll(programs); // one at a time: each holds all weights
    const held: Settled = isHeld ? settled : { kind: 'none' };
    const program = await openStepProgram(this.config, { ...this.options, shortlist, tempered, settled: held });
    programs.set(key, program);
    return program;
  }

  private async programsOf(settled: Exclude<Settled, { kind: 'none' }>): Promise<Map<string, Program>> {
    const of = contentOf(settled);
    if (this.settled?.of !== of) {
      await this.unsettle();
      this.settled = { of, programs: new Map() };
    }
    return this.settled.programs;
  }

  /** Lets go of the weights held for themselves: before they change, and before others are read. */
  async unsettle(): Promise<void> {
    await closeAll(this.settled?.programs ?? new Map());
    this.settled = null;
  }

  async close(): Promise<void> {
    await this.reader.close();
    await this.unsettle();
    await closeAll(this.steps);
  }
}

async function closeAll(programs: Map<string, Program>): Promise<void> {
  for (const program of programs.values()) await program.close();
  programs.clear();
}
