// A model that is being served: requests come and go while others are under way. A new one joins the rows at the next step; one that nobody waits for
// any longer leaves at the next step; places go to the request that has fewest, so that a large one does not keep others out. Texts to be scored take
// turns with steps. What a completion says depends on its seed alone, up to the last digits of a matrix product.
import { setImmediate } from 'node:timers/promises';
import { EngineError } from '../errors.ts';
import type { Generation, SamplingSettings } from '../requests.ts';
import { shortlistSize } from './choose.ts';
import type { Inbox } from './inbox.ts';
import type { LiveAsk, LiveLimits, LiveNews, LiveSample, Scored } from './live-messages.ts';
import { readPrompts } from './prompt-reader.ts';
import { packError } from './protocol.ts';
import { listedSize, type RowStart, Rows, type RowsEngine } from './rows.ts';
import type { Completed, SampleRules } from './sampling.ts';

/** What a served model is made of. */
export interface LiveEngine {
  readonly rows: RowsEngine;
  rulesOf(settings: SamplingSettings): SampleRules;
  generationOf(completed: Completed, settings: SamplingSettings, promptTokens: number): Generation;
  /** Of texts, each at least two tokens: every token after the first. */
  score(texts: readonly (readonly number[])[], best: number): Promise<Scored[]>;
  /** Tokens that are scored at a time. */
  readonly scoreTokens: number;
  readonly isAborted: () => boolean;
}

interface Job {
  readonly id: number;
  readonly ask: LiveSample;
  readonly rules: SampleRules;
  /** Draws that have not begun. */
  readonly waiting: number[];
  slot: number | null;
  under: number;
}

interface Start extends RowStart {
  readonly job: Job;
}

type ScoreAsk = Extract<LiveAsk, { kind: 'score' }>;

/** Shortlists come in few sizes: each is a program of its own. */
const SHORTLISTS = [64, 512];
/** One program for rows at every temperature, for the same reason. */
const TEMPERED = true;
/** Room for prompts grows by so many tokens. */
const PREFIX_BLOCK = 64;

const roundUp = (n: number, block: number): number => Math.max(1, Math.ceil(n / block)) * block;

export class Live {
  private readonly engine: LiveEngine;
  private readonly limits: LiveLimits;
  private readonly inbox: Inbox<LiveAsk>;
  private readonly jobs = new Map<number, Job>();
  private readonly scores = new Map<number, ScoreAsk>();
  private rows: Rows<Start>;
  /** It only grows: weights are packed anew for every other program, and what is chosen does not depend on it. */
  private shortlist: number;
  private news: LiveNews[] = [];
  private isClosed = false;

  constructor(engine: LiveEngine, limits: LiveLimits, inbox: Inbox<LiveAsk>) {
    this.engine = engine;
    this.limits = limits;
    this.inbox = inbox;
    this.rows = this.emptyRows();
    this.shortlist = this.smallest();
  }

  private smallest(): number {
    return Math.min(SHORTLISTS[0]!, this.engine.rows.config.vocab);
  }

  private emptyRows(): Rows<Start> {
    const { context } = this.limits;
    return new Rows(this.engine.rows, { rows: 1, prefix: PREFIX_BLOCK, own: context, positions: context + 1, draw: 'race' });
  }

  /** Serves until it is told to close. `tell` is given the news of each turn. */
  async run(tell: (news: readonly LiveNews[]) => void): Promise<void> {
    await this.warmUp();
    tell([{ kind: 'open' }]);
    while (!this.isClosed && !this.engine.isAborted()) {
      await this.turn();
      if (this.news.length > 0) tell(this.news);
      this.news = [];
      if (this.jobs.size + this.scores.size === 0) await this.rest();
      else await setImmediate(); // messages are heard between turns only
      for (const ask of this.inbox.take()) this.receive(ask);
    }
  }

  /** Opens the program that most requests are answered by, so that the first one need not wait for it. */
  private async warmUp(): Promise<void> {
    await this.engine.rows.programs(this.shortlist, TEMPERED);
  }

  /** Nothing to do: caches of a busy hour are let go. */
  private async rest(): Promise<void> {
    this.rows = this.emptyRows();
    await this.inbox.some();
  }

  private receive(message: LiveAsk): void {
    if (message.kind === 'close') this.isClosed = true;
    else if (message.kind === 'cancel') this.cancel(message.id);
    else if (message.kind === 'score') this.scores.set(message.id, message);
    else {
      const { id, ask } = message;
      const waiting = ask.seeds.map((_, draw) => draw).reverse();
      this.jobs.set(id, { id, ask, rules: this.engine.rulesOf(ask.settings), waiting, slot: null, under: 0 });
    }
  }

  private cancel(id: number): void {
    this.scores.delete(id);
    const job = this.jobs.get(id);
    if (!job) return;
    for (let r = this.rows.all.length - 1; r >= 0; r--) if (this.rows.all[r]!.job === job) this.rows.remove(r);
    this.forget(job);
  }

  private forget(job: Job): void {
    if (job.slot !== null) this.rows.prompts.release(job.slot);
    this.jobs.delete(job.id);
  }

  /** New rows, one step of all rows, one batch of scores. What fails takes those with it that were under way, and nothing else. */
  private async turn(): Promise<void> {
    try {
      await this.refill();
      if (this.rows.all.length > 0) await this.step();
    } catch (error) {
      for (const id of this.jobs.keys()) this.fail(id, error);
      this.jobs.clear();
      this.rows = this.emptyRows();
    }
    const asks = this.nextScores();
    if (asks.length === 0) return;
    for (const { id } of asks) this.scores.delete(id);
    try {
      const scored = await this.scoreAll(asks);
      for (const [i, { id }] of asks.entries()) this.news.push({ kind: 'scored', id, ...scored[i]! });
    } catch (error) {
      for (const { id } of asks) this.fail(id, error);
    }
  }

  private fail(id: number, error: unknown): void {
    this.news.push({ kind: 'failed', id, error: packError(error) });
  }

  private async refill(): Promise<void> {
    while (this.rows.all.length < this.limits.rows) {
      const job = this.nextJob();
      if (!job || !this.fits(job)) return;
      if (job.slot === null) await this.readPrompts(job);
      this.rows.own.makeRoom(this.rows.all.length);
      const draw = job.waiting.pop()!;
      const { prompt, seeds, best } = job.ask;
      job.under += 1;
      this.rows.start({ job, prompt, rules: job.rules, slot: job.slot!, ...(best > 0 && { best }) }, [{ draw, seed: seeds[draw]! }]);
    }
  }

  /** The request with fewest rows under way; among equals the one that came first. */
  private nextJob(): Job | undefined {
    let next: Job | undefined;
    for (const job of this.jobs.values()) if (job.waiting.length > 0 && (!next || job.under < next.under)) next = job;
    return next;
  }

  /** Whether the keys and values of one more row of this request stay within the bounds even when all rows become as long as they may. */
  private fits(job: Job): boolean {
    const rows = this.rows.all;
    if (rows.length === 0) return true;
    const { layers, kvHeads, headDim } = this.engine.rows.config;
    const own = rows.reduce((n, row) => Math.max(n, row.rules.maxTokens), job.rules.maxTokens);
    const slots = this.rows.prompts.slots + (job.slot === null ? 1 : 0);
    const tokens = slots * this.prefixWith([job]) + (rows.length + 1) * own;
    return tokens * 2 * layers * kvHeads * headDim * Float32Array.BYTES_PER_ELEMENT <= this.limits.cacheBytes;
  }

  private prefixWith(jobs: readonly Job[]): number {
    const inUse = [...this.jobs.values()].filter(j => j.slot !== null);
    return roundUp(Math.max(...[...inUse, ...jobs].map(j => j.ask.prompt.length - 1)), PREFIX_BLOCK);
  }

  /** Reads the prompt of a request, and of those behind it as far as they go through the model together and will have places. */
  private async readPrompts(first: Job): Promise<void> {
    const free = this.limits.rows - this.rows.all.length;
    const others = [...this.jobs.values()].filter(j => j !== first && j.slot === null && j.waiting.length > 0 && this.fits(j));
    const jobs = [first, ...others.slice(0, free - 1)];
    const { config, readers, programs } = this.engine.rows;
    const { program } = await programs(this.shortlist, TEMPERED);
    const states = await readPrompts(
      config,
      readers(program),
      jobs.map(j => ({ prompt: j.ask.prompt })),
      0,
    );
    for (const [i, state] of states) {
      const job = jobs[i]!;
      if (job !== first && !this.fits(job)) continue; // read in vain: others have taken the room
      const width = this.prefixWith([job]);
      if (width > this.rows.prompts.width || width * 4 <= this.rows.prompts.width) this.rows.prompts.resize(width);
      job.slot = this.rows.prompts.add(state);
    }
  }

  private async step(): Promise<void> {
    await this.rows.step(this.shortlistNow(), TEMPERED);
    for (const { job, draws, tokens, logprobs, words } of this.rows.all)
      for (const { draw } of draws)
        this.news.push({ kind: 'token', id: job.id, draw, token: tokens.at(-1)!, logprob: logprobs.at(-1)!, best: words.at(-1) ?? [] });
    this.retire();
  }

  /** Enough for every row, or as many as are listed. */
  private shortlistNow(): number {
    const { vocab } = this.engine.rows.config;
    const needed = Math.max(...this.rows.all.map(row => shortlistSize(row.rules, vocab)));
    const size = SHORTLISTS.find(s => s >= needed) ?? SHORTLISTS.at(-1)!;
    this.shortlist = Math.max(this.shortlist, listedSize(size, vocab));
    return this.shortlist;
  }

  private retire(): void {
    for (let r = this.rows.all.length - 1; r >= 0; r--) {
      const row = this.rows.all[r]!;
      const finish = this.rows.finishOf(row);
      if (!finish) continue;
      const { job, draws, tokens, logprobs } = row;
      const { prompt, settings } = job.ask;
      const generation = this.engine.generationOf({ tokens, logprobs, finish }, settings, prompt.length);
      for (const { draw } of draws) this.news.push({ kind: 'done', id: job.id, draw, generation });
      this.rows.remove(r);
      job.under -= draws.length;
      if (job.under === 0 && job.waiting.length === 0) this.forget(job);
    }
  }

  /** Waiting texts that want as many words as the first, as far as they fit one batch. */
  private nextScores(): ScoreAsk[] {
    const [first, ...others] = this.scores.values();
    if (!first) return [];
    const batch = [first];
    let longest = first.tokens.length;
    for (const ask of others) {
      if (ask.best > 0 !== first.best > 0) continue;
      longest = Math.max(longest, ask.tokens.length);
      if ((batch.length + 1) * longest > this.engine.scoreTokens) break;
      batch.push(ask);
    }
    return batch;
  }

  private async scoreAll(asks: readonly ScoreAsk[]): Promise<Scored[]> {
    const best = Math.max(...asks.map(a => a.best));
    const scored = await this.engine.score(
      asks.map(a => a.tokens),
      best,
    );
    if (scored.length !== asks.length) throw new EngineError(`${asks.length} texts were scored, ${scored.length} came back`);
    return scored.map((s, i) => ({ ...s, best: s.best.map(words => words.slice(0, asks[i]!.best)) }));
  }
}
