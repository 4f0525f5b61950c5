// One call of the sampler: a list of completions that is known from the start, worked off in (job, draw) order by so many rows at a time. What a
// step does is in rows.ts.
import type { PromptState } from './cache.ts';
import { shortlistSize } from './choose.ts';
import { readPrompts } from './prompt-reader.ts';
import { isTempered, listedSize, type RowStart, Rows, type RowsEngine } from './rows.ts';
import { Aborted, type Completed, type SampleJob, type SampleRules, type SampleWatch } from './sampling.ts';

interface Start extends RowStart {
  readonly job: number;
  readonly draw: number;
}

export class Wave {
  private readonly engine: RowsEngine;
  private readonly jobs: readonly SampleJob[];
  private readonly rules: SampleRules;
  private readonly capacity: number;
  private readonly shortlist: number;
  private readonly watch: SampleWatch;
  private readonly results: Completed[][];
  private readonly queue: { job: number; draw: number }[];
  private readonly rows: Rows<Start>;
  private readonly slotOf = new Map<number, number>();
  private readonly left: number[];
  private ready = new Map<number, PromptState>();
  private done = 0;
  private generated = 0;

  constructor(engine: RowsEngine, jobs: readonly SampleJob[], rules: SampleRules, rows: number, watch: SampleWatch) {
    this.engine = engine;
    this.jobs = jobs;
    this.rules = rules;
    this.watch = watch;
    this.shortlist = listedSize(shortlistSize(rules, engine.config.vocab), engine.config.vocab);
    this.results = jobs.map(j => new Array<Completed>(j.seeds.length));
    this.queue = jobs.flatMap((j, job) => j.seeds.map((_, draw) => ({ job, draw }))).reverse();
    this.left = jobs.map(j => j.seeds.length);
    this.capacity = Math.min(rows, this.queue.length);
    const longest = Math.max(...jobs.map(j => j.prompt.length));
    this.rows = new Rows(engine, {
      rows: this.capacity,
      prefix: Math.max(1, longest - 1),
      own: rules.maxTokens,
      positions: Math.min(engine.config.maxPositions, longest + rules.maxTokens) + 1,
      draw: 'cumulative',
    });
  }

  async run(): Promise<Completed[][]> {
    for (;;) {
      if (this.watch.isAborted?.()) throw new Aborted();
      await this.refill();
      if (this.rows.all.length === 0) return this.results;
      await this.rows.step(this.shortlist, isTempered(this.rules));
      this.generated += this.rows.all.length;
      this.retire();
      this.watch.onProgress?.(this.done, this.generated);
    }
  }

  private async refill(): Promise<void> {
    while (this.rows.all.length < this.capacity && this.queue.length > 0) {
      const { job, draw } = this.queue.pop()!;
      const { prompt, seeds, maxTokens = this.rules.maxTokens } = this.jobs[job]!;
      const rules = { ...this.rules, maxTokens: Math.min(maxTokens, this.rules.maxTokens) };
      this.rows.start({ job, draw, prompt, rules, seed: seeds[draw]!, slot: await this.slot(job) });
    }
  }

  /** Where the prompt of a job lies; read when the first of its completions begins. */
  private async slot(job: number): Promise<number> {
    const known = this.slotOf.get(job);
    if (known !== undefined) return known;
    if (!this.ready.has(job)) {
      const { config, readers, programs } = this.engine;
      const { program } = await programs(this.shortlist, isTempered(this.rules));
      this.ready = await readPrompts(config, readers(program), this.jobs, job);
    }
    const slot = this.rows.prompts.add(this.ready.get(job)!);
    this.ready.delete(job);
    this.slotOf.set(job, slot);
    return slot;
  }

  private retire(): void {
    for (let r = this.rows.all.length - 1; r >= 0; r--) {
      const row = this.rows.all[r]!;
      const finish = this.rows.finishOf(row);
      if (!finish) continue;
      this.results[row.job]![row.draw] = { tokens: row.tokens, logprobs: row.logprobs, finish };
      this.done += 1;
      this.left[row.job]! -= 1;
      if (this.left[row.job] === 0) {
        this.rows.prompts.release(row.slot);
        this.slotOf.delete(row.job);
      }
      this.rows.remove(r);
    }
  }
}
