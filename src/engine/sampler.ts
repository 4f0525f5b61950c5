// Samples completions of many prompts, some rows at a time. The completions of a request share their prompt's keys and values; a finished row's
// place goes to the next waiting completion at once, in (request, draw) order; no step is spent on rows that have ended. Every draw has a seed of
// its own, so what it says depends on nothing but the weights, up to the last digits of a matrix product.
import { EngineError } from '../errors.ts';
import type { ModelConfig } from './architecture.ts';
import { DEVICES } from './devices/devices.ts';
import type { Program, Running } from './graph/program.ts';
import { idlePrompt } from './idle-prompt.ts';
import type { Parameters } from './parameters.ts';
import { isWhole, type Plan, Planned } from './plan.ts';
import { openPromptProgram } from './programs.ts';
import type { RoundedWeights } from './rounded/open.ts';
import { listedSize, type RowsEngine } from './rows.ts';
import type { Completed, SampleJob, SampleRules, SampleWatch } from './sampling.ts';
import { noPrompts, openSamplingProgram } from './sampling-program.ts';
import { ownKindOf, type Settled } from './settled.ts';
import { Wave } from './wave.ts';

/** Where the sampler gets weights. */
export interface WeightSource {
  /** All of them. */
  all(): Promise<Parameters>;
  /** Those that a program which holds the matrices itself is still given. */
  light(): Parameters;
  /** Told when a program holds the matrices: they may go. */
  letGo(): void;
}

/** Weights that lie in memory and stay there; they may change from call to call where programs have them as inputs. */
export const givenWeights = (parameters: Parameters): WeightSource => ({
  all: async () => parameters,
  light: () => parameters,
  letGo: () => undefined,
});

/** How a program gets the matrices: as inputs of every call, or once, in fp32 or as these integers. */
export type Holding = 'inputs' | 'fp32' | RoundedWeights;

/** Below so many tokens at most, opening a program for these weights alone takes longer than it saves. */
const SETTLED_TOKENS = 1024;

/** Whether a call is worth a program that holds the weights itself. It says so by the work alone, so the same work has the same bytes. */
export const isWorthSettling = (jobs: readonly SampleJob[], rules: SampleRules): boolean =>
  rules.maxTokens * jobs.reduce((n, j) => n + j.seeds.length, 0) >= SETTLED_TOKENS;

/** Words listed at least: greedy calls and others then share a program. */
const LISTED = 64;

interface OpenProgram {
  readonly program: Program;
  readonly shortlist: number;
  readonly tempered: boolean;
}

export class Sampler {
  private readonly config: ModelConfig;
  private readonly options: Running;
  /** Programs that are given all weights at every call. */
  private readonly given: OpenProgram[] = [];
  /** Programs for prompts that are read in pieces. */
  private readonly longPrompts: Planned<Program>;
  /** The program that holds weights, and whose. */
  private settled: (OpenProgram & { readonly source: WeightSource; readonly holding: Holding }) | null = null;

  constructor(config: ModelConfig, options: Running) {
    this.config = config;
    this.options = options;
    this.longPrompts = new Planned(plan => openPromptProgram(config, plan, { ...options, keepsMemory: false }));
  }

  /** Completions [job][seed]. `rows`: how many are under way at a time. A program that holds the weights does so until `unsettle`. */
  async sample(
    source: WeightSource,
    holding: Holding,
    jobs: readonly SampleJob[],
    rules: SampleRules,
    rows: number,
    watch: SampleWatch = {},
  ): Promise<Completed[][]> {
    const longest = Math.max(...jobs.map(j => j.prompt.length));
    if (longest >= this.config.maxPositions)
      throw new EngineError(`a prompt of ${longest} tokens leaves no room in ${this.config.maxPositions} positions`);
    return new Wave(await this.rowsEngine(source, holding), jobs, rules, rows, watch).run();
  }

  /** What moves rows with these weights. */
  async rowsEngine(source: WeightSource, holding: Holding): Promise<RowsEngine> {
    const isGiven = holding === 'inputs';
    const parameters = isGiven ? await source.all() : source.light();
    const long = async (plan: Plan) => ({ program: await this.longPrompts.program(plan), parameters: await source.all(), rows: null });
    const own = ownKindOf(typeof holding === 'string' ? { kind: 'fp32' } : holding);
    return {
      config: this.config,
      parameters,
      own,
      beside: DEVICES[this.options.device ?? 'cpu'].takesEmpty ? noPrompts(this.config) : idlePrompt(this.config),
      readers: program => async plan => (isWhole(plan) ? { program, parameters, rows: own } : long(plan)),
      programs: (shortlist, tempered) =>
        isGiven ? this.givenProgram(shortlist, tempered) : this.holdingProgram(source, holding, shortlist, tempered),
    };
  }

  private async givenProgram(shortlist: number, tempered: boolean): Promise<{ readonly program: Program; readonly shortlist: number }> {
    const known = this.given.find(p => p.shortlist === shortlist && p.tempered === tempered);
    if (known) return known;
    const program = await openSamplingProgram(this.config, { ...this.options, shortlist, tempered, settled: { kind: 'none' } });
    const opened = { program, shortlist, tempered };
    this.given.push(opened);
    return opened;
  }

  /** One at a time, because it holds all weights: what has a longer list, or ranks at any temperature, serves the others too. */
  private async holdingProgram(source: WeightSource, holding: Holding, shortlist: number, tempered: boolean): Promise<OpenProgram> {
    const known = this.settled;
    const isOurs = known?.source === source && known.holding === holding;
    if (isOurs && known.shortlist >= shortlist && (known.tempered || !tempered)) return known;
    await this.unsettle();
    const size = Math.max(shortlist, isOurs ? known.shortlist : listedSize(LISTED, this.config.vocab));
    const wide = tempered || (isOurs && known.tempered);
    const settled: Settled = typeof holding === 'string' ? { kind: 'fp32', parameters: await source.all() } : holding;
    const letGo = () => source.letGo();
    // products of integers are kernels of the CPU; there they are quickest
    const running = typeof holding !== 'string' ? { ...this.options, device: 'cpu' as const } : this.options;
    const program = await openSamplingProgram(this.config, { ...running, shortlist: size, tempered: wide, settled, onWritten: letGo });
    this.settled = { source, holding, program, shortlist: size, tempered: wide };
    return this.settled;
  }

  /** Lets go of the weights held: before they change, and before others are read. */
  async unsettle(): Promise<void> {
    await this.settled?.program.close();
    this.settled = null;
  }

  async close(): Promise<void> {
    await this.unsettle();
    await this.longPrompts.close();
    for (const { program } of this.given) await program.close();
    this.given.length = 0;
  }
}
