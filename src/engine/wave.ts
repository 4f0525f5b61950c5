// The rows under way in one call of the sampler: which completion each holds, what it has said, when it ends, and who takes its place.
import { type Rng, rngOf } from '../random.ts';
import type { ModelConfig } from './architecture.ts';
import { OwnCache, PromptCache, type PromptState } from './cache.ts';
import { chooseIndex, shortlistSize, TAIL } from './choose.ts';
import { rotaryTables, slotsPerToken, writePosition } from './decoder.ts';
import type { Data, Program } from './graph/program.ts';
import type { Parameters } from './parameters.ts';
import type { PromptReader } from './prompt-reader.ts';
import { Aborted, type Completed, type SampleJob, type SampleRules, type SampleWatch } from './sampling.ts';

/** The step program for a shortlist of words, ranked at temperature 1 or not. */
export type StepPrograms = (shortlist: number, tempered: boolean) => Promise<Program>;

export interface WaveEngine {
  readonly config: ModelConfig;
  readonly reader: PromptReader;
  readonly steps: StepPrograms;
}

interface Row {
  readonly job: number;
  readonly draw: number;
  readonly slot: number;
  readonly rng: Rng;
  readonly tokens: number[];
  readonly logprobs: number[];
}

/** One call of `sample`: the rows under way and where they stand. */
export class Wave {
  private readonly config: ModelConfig;
  private readonly reader: PromptReader;
  private readonly steps: StepPrograms;
  private readonly parameters: Parameters;
  private readonly jobs: readonly SampleJob[];
  private readonly rules: SampleRules;
  private readonly capacity: number;
  private readonly watch: SampleWatch;
  private readonly results: Completed[][];
  private readonly queue: { job: number; draw: number }[];
  private readonly rows: Row[] = [];
  private readonly promptCache: PromptCache;
  private readonly ownCache: OwnCache;
  private readonly slotOf = new Map<number, number>();
  private readonly left: number[];
  private ready = new Map<number, PromptState>();
  private readonly tables: ReturnType<typeof rotaryTables>;
  private readonly prefix: number;
  private done = 0;
  private generated = 0;

  constructor(
    engine: WaveEngine,
    parameters: Parameters,
    jobs: readonly SampleJob[],
    rules: SampleRules,
    rows: number,
    watch: SampleWatch,
  ) {
    const c = engine.config;
    this.config = c;
    this.reader = engine.reader;
    this.steps = engine.steps;
    this.parameters = parameters;
    this.jobs = jobs;
    this.rules = rules;
    this.watch = watch;
    this.results = jobs.map(j => new Array<Completed>(j.seeds.length));
    this.queue = jobs.flatMap((j, job) => j.seeds.map((_, draw) => ({ job, draw })));
    this.left = jobs.map(j => j.seeds.length);
    this.capacity = Math.min(rows, this.queue.length);
    const longest = Math.max(...jobs.map(j => j.prompt.length));
    this.prefix = Math.max(1, longest - 1);
    this.promptCache = new PromptCache(c, this.prefix);
    this.ownCache = new OwnCache(c, this.capacity, rules.maxTokens);
    this.tables = rotaryTables(c, Math.min(c.maxPositions, longest + rules.maxTokens) + 1);
    this.queue.reverse();
  }

  async run(): Promise<Completed[][]> {
    const shortlist = shortlistSize(this.rules, this.config.vocab);
    for (;;) {
      if (this.watch.isAborted?.()) throw new Aborted();
      await this.refill();
      if (this.rows.length === 0) return this.results;
      await this.step(shortlist);
      this.watch.onProgress?.(this.done, this.generated);
    }
  }

  private async refill(): Promise<void> {
    while (this.rows.length < this.capacity && this.queue.length > 0) {
      const { job, draw } = this.queue.pop()!;
      let slot = this.slotOf.get(job);
      if (slot === undefined) {
        if (!this.ready.has(job)) this.ready = await this.reader.read(this.parameters, this.jobs, job);
        slot = this.promptCache.add(this.ready.get(job)!);
        this.ready.delete(job);
        this.slotOf.set(job, slot);
      }
      this.ownCache.clear(this.rows.length);
      this.rows.push({ job, draw, slot, rng: rngOf(this.jobs[job]!.seeds[draw]!), tokens: [], logprobs: [] });
    }
  }

  /** Which grid place each row has, and which row stands at each place. */
  private grid(): { gridRows: BigInt64Array; places: BigInt64Array; width: number } {
    const counts = new Int32Array(this.promptCache.slots);
    const ranks = this.rows.map(row => counts[row.slot]!++);
    const width = Math.max(...counts);
    const gridRows = new BigInt64Array(counts.length * width);
    const places = new BigInt64Array(this.rows.length);
    for (const [r, row] of this.rows.entries()) {
      const place = row.slot * width + ranks[r]!;
      gridRows[place] = BigInt(r);
      places[r] = BigInt(place);
    }
    return { gridRows, places, width };
  }

  private feeds(): { feeds: Map<string, Data>; bindings: Record<string, number> } {
    const c = this.config;
    const count = this.rows.length;
    const ids = new BigInt64Array(count);
    const positions = new BigInt64Array(count * slotsPerToken(c));
    for (const [r, row] of this.rows.entries()) {
      const { prompt } = this.jobs[row.job]!;
      ids[r] = BigInt(row.tokens.at(-1) ?? prompt.at(-1)!);
      writePosition(positions, r, c, prompt.length - 1 + row.tokens.length);
    }
    const { gridRows, places, width } = this.grid();
    return {
      feeds: new Map<string, Data>([
        ...this.parameters,
        ...this.promptCache.feeds(),
        ...this.ownCache.feeds(count),
        ['ids', ids],
        ['positions', positions],
        ['cos', this.tables.cos],
        ['sin', this.tables.sin],
        ['grid_rows', gridRows],
        ['row_places', places],
        ['inverse_temperature', Float32Array.of(1 / (this.rules.temperature || 1))],
      ]),
      bindings: {
        rows: count,
        slots: this.promptCache.slots,
        width,
        prefix: this.prefix,
        own: this.ownCache.width,
        positions: this.tables.positions,
      },
    };
  }

  private async step(shortlist: number): Promise<void> {
    const { temperature, topK } = this.rules;
    const tempered = topK === 0 && temperature !== 0 && temperature !== 1;
    const { feeds, bindings } = this.feeds();
    const run = async (size: number) => (await this.steps(size, tempered)).run(feeds, bindings);
    const outputs = await run(shortlist);
    const draws = this.rows.map(row => (temperature === 0 ? 0 : row.rng.next()));
    const choices = this.choose(outputs, draws, shortlist);
    if (choices.includes(TAIL)) {
      const vocab = this.config.vocab;
      const all = await run(vocab);
      const again = this.choose(all, draws, vocab);
      for (const [r, choice] of choices.entries())
        this.take(r, choice === TAIL ? all : outputs, choice === TAIL ? again[r]! : choice, choice === TAIL ? vocab : shortlist);
    } else for (const [r, choice] of choices.entries()) this.take(r, outputs, choice, shortlist);
    this.ownCache.append(outputs, this.rows.length);
    this.generated += this.rows.length;
    this.retire();
  }

  private choose(outputs: ReadonlyMap<string, Data>, draws: readonly number[], size: number): number[] {
    const ranked = outputs.get('ranked') as Float32Array;
    const isWhole = size === this.config.vocab;
    return draws.map((u, r) => chooseIndex(ranked.subarray(r * size, (r + 1) * size), this.rules, u, isWhole));
  }

  private take(r: number, outputs: ReadonlyMap<string, Data>, choice: number, size: number): void {
    const row = this.rows[r]!;
    row.tokens.push(Number((outputs.get('words') as BigInt64Array)[r * size + choice]!));
    row.logprobs.push((outputs.get('logprobs') as Float32Array)[r * size + choice]!);
  }

  private finishOf(row: Row): Completed['finish'] | null {
    if (this.rules.endIds.includes(row.tokens.at(-1)!)) return 'end';
    if (this.rules.isStopped?.(row.tokens)) return 'stop';
    const { prompt, maxTokens = this.rules.maxTokens } = this.jobs[row.job]!;
    const room = this.config.maxPositions - prompt.length;
    return row.tokens.length >= Math.min(maxTokens, this.rules.maxTokens, room) ? 'length' : null;
  }

  /** Takes finished rows out; the last row moves into the gap, so that active rows stay together. */
  private retire(): void {
    for (let r = this.rows.length - 1; r >= 0; r--) {
      const row = this.rows[r]!;
      const finish = this.finishOf(row);
      if (!finish) continue;
      this.results[row.job]![row.draw] = { tokens: row.tokens, logprobs: row.logprobs, finish };
      this.done += 1;
      this.left[row.job]! -= 1;
      if (this.left[row.job] === 0) {
        this.promptCache.release(row.slot);
        this.slotOf.delete(row.job);
      }
      const last = this.rows.pop()!;
      if (last === row) continue;
      this.rows[r] = last;
      this.ownCache.move(this.rows.length, r);
    }
  }
}
