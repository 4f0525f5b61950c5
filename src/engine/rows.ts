// The rows under way: what each has said, where its keys and values lie, and one step for all of them together. Each row has rules of its own. Which
// completion gets a place is not decided here: wave.ts works off a list that is known from the start, live.ts takes requests as they come.
import { type Rng, rngOf } from '../random.ts';
import type { ModelConfig } from './architecture.ts';
import { OwnCache, PromptCache } from './cache.ts';
import { chooseIndex, shortlistSize, TAIL } from './choose.ts';
import { rotaryTables, slotsPerToken, writePosition } from './decoder.ts';
import type { Data, Program } from './graph/program.ts';
import type { Parameters } from './parameters.ts';
import type { PromptReader } from './prompt-reader.ts';
import { type RankedWords, raceIndex } from './race.ts';
import type { Completed, RankedWord, SampleRules } from './sampling.ts';

/** The step program for a shortlist of words, ranked at temperature 1 or not. */
export type StepPrograms = (shortlist: number, tempered: boolean) => Promise<Program>;

/** What rows are moved by. */
export interface RowsEngine {
  readonly config: ModelConfig;
  readonly reader: PromptReader;
  readonly steps: StepPrograms;
  readonly parameters: Parameters;
}

export interface RowStart {
  readonly prompt: readonly number[];
  readonly rules: SampleRules;
  readonly seed: number;
  /** Where its prompt lies among the prompts. */
  readonly slot: number;
  /** How many of the best words of each step to keep; at most the shortlist. */
  readonly best?: number;
}

export interface Row extends RowStart {
  readonly rng: Rng;
  readonly tokens: number[];
  readonly logprobs: number[];
  /** [token][rank], where `best` words are kept. */
  readonly words: RankedWord[][];
}

export interface RowsOptions {
  /** Rows at a time, tokens of the longest prompt but its last, tokens that a row can come to say, positions that any row can come to. */
  readonly rows: number;
  readonly prefix: number;
  readonly own: number;
  readonly positions: number;
  readonly draw: Draw;
}

/** At a temperature of its own a row without top-k is ranked by the whole tempered distribution; with top-k the kept words are enough. */
export const isTempered = ({ temperature, topK }: SampleRules): boolean => topK === 0 && temperature !== 0 && temperature !== 1;

/** How a word is drawn: on the cumulative distribution, as runs always did (choose.ts), or by a race, which does not mind the company (race.ts). */
export type Draw = 'cumulative' | 'race';

const DRAW: Readonly<Record<Draw, (words: RankedWords, rules: SampleRules, u: number, vocab: number) => number>> = {
  // Of a shortlist that others need longer, a row looks at its own top-k.
  cumulative: ({ logprobs }, rules, u, vocab) =>
    chooseIndex(rules.topK > 0 ? logprobs.subarray(0, rules.topK) : logprobs, rules, u, logprobs.length === vocab),
  race: (words, rules, u, vocab) => raceIndex(words, rules, u, shortlistSize(rules, vocab), words.logprobs.length === vocab) ?? TAIL,
};

export class Rows<S extends RowStart = RowStart> {
  readonly prompts: PromptCache;
  readonly own: OwnCache;
  private readonly engine: RowsEngine;
  private readonly tables: ReturnType<typeof rotaryTables>;
  private readonly draw: Draw;
  private readonly active: (S & Row)[] = [];

  constructor(engine: RowsEngine, { rows, prefix, own, positions, draw }: RowsOptions) {
    this.engine = engine;
    this.draw = draw;
    this.prompts = new PromptCache(engine.config, prefix);
    this.own = new OwnCache(engine.config, rows, own);
    this.tables = rotaryTables(engine.config, positions);
  }

  get all(): readonly (S & Row)[] {
    return this.active;
  }

  start(row: S): void {
    this.own.clear(this.active.length);
    this.active.push({ ...row, rng: rngOf(row.seed), tokens: [], logprobs: [], words: [] });
  }

  /** Takes a row out; the last row moves into the gap, so that active rows stay together. */
  remove(r: number): void {
    const last = this.active.pop()!;
    if (r === this.active.length) return;
    this.active[r] = last;
    this.own.move(this.active.length, r);
  }

  /** How a row has ended, if it has. */
  finishOf({ prompt, rules, tokens }: Row): Completed['finish'] | null {
    if (rules.endIds.includes(tokens.at(-1)!)) return 'end';
    if (rules.isStopped?.(tokens)) return 'stop';
    const room = this.engine.config.maxPositions - prompt.length;
    return tokens.length >= Math.min(rules.maxTokens, room) ? 'length' : null;
  }

  /** One token for every row. `shortlist`: at least every row's top-k. `tempered`: true where any row is. */
  async step(shortlist: number, tempered: boolean): Promise<void> {
    const { feeds, bindings } = this.feeds();
    const run = async (size: number) => (await this.engine.steps(size, tempered)).run(feeds, bindings);
    const outputs = await run(shortlist);
    const draws = this.active.map(row => (row.rules.temperature === 0 ? 0 : row.rng.next()));
    const choices = this.choose(outputs, draws, shortlist);
    if (choices.includes(TAIL)) {
      const { vocab } = this.engine.config;
      const all = await run(vocab);
      const again = this.choose(all, draws, vocab);
      for (const [r, choice] of choices.entries())
        this.take(r, choice === TAIL ? all : outputs, choice === TAIL ? again[r]! : choice, choice === TAIL ? vocab : shortlist);
    } else for (const [r, choice] of choices.entries()) this.take(r, outputs, choice, shortlist);
    this.own.append(outputs, this.active.length);
  }

  /** Which grid place each row has, and which row stands at each place. */
  private grid(): { gridRows: BigInt64Array; places: BigInt64Array; width: number } {
    const counts = new Int32Array(this.prompts.slots);
    const ranks = this.active.map(row => counts[row.slot]!++);
    const width = Math.max(...counts);
    const gridRows = new BigInt64Array(counts.length * width);
    const places = new BigInt64Array(this.active.length);
    for (const [r, row] of this.active.entries()) {
      const place = row.slot * width + ranks[r]!;
      gridRows[place] = BigInt(r);
      places[r] = BigInt(place);
    }
    return { gridRows, places, width };
  }

  private feeds(): { feeds: Map<string, Data>; bindings: Record<string, number> } {
    const { config: c, parameters } = this.engine;
    const count = this.active.length;
    const ids = new BigInt64Array(count);
    const positions = new BigInt64Array(count * slotsPerToken(c));
    const inverse = new Float32Array(count);
    for (const [r, { prompt, tokens, rules }] of this.active.entries()) {
      ids[r] = BigInt(tokens.at(-1) ?? prompt.at(-1)!);
      writePosition(positions, r, c, prompt.length - 1 + tokens.length);
      inverse[r] = isTempered(rules) ? 1 / rules.temperature : 1;
    }
    const { gridRows, places, width } = this.grid();
    return {
      feeds: new Map<string, Data>([
        ...parameters,
        ...this.prompts.feeds(),
        ...this.own.feeds(count),
        ['ids', ids],
        ['positions', positions],
        ['cos', this.tables.cos],
        ['sin', this.tables.sin],
        ['grid_rows', gridRows],
        ['row_places', places],
        ['inverse_temperature', inverse],
      ]),
      bindings: {
        rows: count,
        slots: this.prompts.slots,
        width,
        prefix: this.prompts.width,
        own: this.own.width,
        positions: this.tables.positions,
      },
    };
  }

  private choose(outputs: ReadonlyMap<string, Data>, draws: readonly number[], size: number): number[] {
    const ranked = outputs.get('ranked') as Float32Array;
    const words = outputs.get('words') as BigInt64Array;
    const { vocab } = this.engine.config;
    return draws.map((u, r) => {
      const part = <T extends Data>(data: T): T => data.subarray(r * size, (r + 1) * size) as T;
      return DRAW[this.draw]({ logprobs: part(ranked), ids: part(words) }, this.active[r]!.rules, u, vocab);
    });
  }

  private take(r: number, outputs: ReadonlyMap<string, Data>, choice: number, size: number): void {
    const row = this.active[r]!;
    const word = (i: number): RankedWord => ({
      id: Number((outputs.get('words') as BigInt64Array)[r * size + i]!),
      logprob: (outputs.get('logprobs') as Float32Array)[r * size + i]!,
    });
    const { id, logprob } = word(choice);
    row.tokens.push(id);
    row.logprobs.push(logprob);
    if (row.best !== undefined) row.words.push(Array.from({ length: Math.min(row.best, size) }, (_, i) => word(i)));
  }
}
