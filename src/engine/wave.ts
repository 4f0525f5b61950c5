// One call of the sampler: a list of completions that is known from the start, worked off in (job, draw) order by so many rows at a time. The draws of a
// job begin together, as one row (rows.ts, which also says what a step does); how many rows they become is reckoned by the jobs before.
import { shortlistSize } from './choose.ts';
import type { PromptState } from './prompt-cache.ts';
import { readPrompts } from './prompt-reader.ts';
import { isTempered, listedSize, type RowStart, Rows, type RowsEngine, type Seeded } from './rows.ts';
import { Aborted, type Completed, type SampleJob, type SampleRules, type SampleWatch } from './sampling.ts';

interface Start extends RowStart {
  readonly job: number;
}

/** Draws that are under way, and the rows that stand for them. */
interface UnderWay {
  draws: number;
  rows: number;
}

export class Wave {
  private readonly engine: RowsEngine;
  private readonly jobs: readonly SampleJob[];
  private readonly rules: SampleRules;
  private readonly capacity: number;
  private readonly shortlist: number;
  private readonly watch: SampleWatch;
  private readonly results: Completed[][];
  private readonly rows: Rows<Start>;
  private readonly slotOf = new Map<number, number>();
  /** Draws of each job that have not begun, and that have not ended. */
  private readonly waiting: Seeded[][];
  private readonly left: number[];
  /** The first job that has draws waiting. */
  private next = 0;
  private underWay = new Map<number, UnderWay>();
  /** The most draws and the most rows that each job had at a time, and the sums over the jobs that have ended. */
  private readonly peaks: UnderWay[];
  private readonly ended: UnderWay = { draws: 0, rows: 0 };
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
    this.waiting = jobs.map(j => j.seeds.map((seed, draw) => ({ draw, seed })));
    this.left = jobs.map(j => j.seeds.length);
    this.peaks = jobs.map(() => ({ draws: 1, rows: 1 }));
    this.capacity = Math.min(
      rows,
      this.left.reduce((a, b) => a + b, 0),
    );
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
      this.generated += await this.rows.step(this.shortlist, isTempered(this.rules));
      this.survey();
      this.retire();
      this.watch.onProgress?.(this.done, this.generated);
    }
  }

  private async refill(): Promise<void> {
    this.rows.resume();
    this.survey();
    while (this.next < this.jobs.length) {
      const job = this.next;
      const waiting = this.waiting[job]!;
      const count = this.rows.all.length < this.capacity ? Math.min(waiting.length, Math.floor(this.room() / this.rowsOfDraw())) : 0;
      const least = this.rows.all.length > 0 ? Math.min(this.capacity, waiting.length) * this.sharing() : 0;
      if (waiting.length > 0 && (count === 0 || count < least)) return;
      if (waiting.length > 0) await this.begin(job, waiting.splice(0, count));
      if (waiting.length === 0) this.next += 1;
    }
  }

  private async begin(job: number, draws: readonly Seeded[]): Promise<void> {
    const { prompt, maxTokens = this.rules.maxTokens } = this.jobs[job]!;
    const rules = { ...this.rules, maxTokens: Math.min(maxTokens, this.rules.maxTokens) };
    this.rows.start({ job, prompt, rules, slot: await this.slot(job) }, draws);
    this.survey();
  }

  /** Counts what is under way of each job. */
  private survey(): void {
    this.underWay = new Map();
    for (const { job, draws } of [...this.rows.all, ...this.rows.waiting]) {
      const known = this.underWay.get(job) ?? { draws: 0, rows: 0 };
      known.draws += draws.length;
      known.rows += 1;
      this.underWay.set(job, known);
    }
    for (const [job, { draws, rows }] of this.underWay) {
      const peak = this.peaks[job]!;
      peak.draws = Math.max(peak.draws, draws);
      peak.rows = Math.max(peak.rows, rows);
    }
  }

  /** How many of the draws, ended and under way, need no row of their own: the more, the longer a job's draws wait for each other. Between 0 and 1. */
  private sharing(): number {
    let { draws, rows } = this.ended;
    for (const now of this.underWay.values()) {
      draws += now.draws;
      rows += now.rows;
    }
    return draws > 0 ? 1 - rows / draws : 0;
  }

  /** Rows that a draw comes to need, by the jobs that have ended. */
  private rowsOfDraw(): number {
    return this.ended.draws > 0 ? this.ended.rows / this.ended.draws : 1;
  }

  /** Places that nobody has or is likely to need. */
  private room(): number {
    let taken = 0;
    for (const { draws, rows } of this.underWay.values()) taken += Math.max(rows, draws * this.rowsOfDraw());
    return this.capacity - taken;
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
      for (const { draw } of row.draws) this.results[row.job]![draw] = { tokens: [...row.tokens], logprobs: [...row.logprobs], finish };
      this.done += row.draws.length;
      this.left[row.job]! -= row.draws.length;
      if (this.left[row.job] === 0) {
        this.rows.prompts.release(row.slot);
        this.slotOf.delete(row.job);
        this.ended.draws += this.peaks[row.job]!.draws;
        this.ended.rows += this.peaks[row.job]!.rows;
      }
      this.rows.remove(r);
    }
  }
}
