// The rows under way: what each has said, where its keys and values lie, and one step for all of them together. Each row has rules of its own. A row
// stands for all draws of a prompt that have said the same so far: each draws its next word with its own random numbers, and a row whose draws differ
// becomes several. So what many samples of a prompt have in common at the start is computed once, and every draw says what it would say alone.
// Which completion gets a place is not decided here: wave.ts works off a list that is known from the start, live.ts takes requests as they come.
import { type Rng, rngOf } from '../random.ts';
import type { ModelConfig } from './architecture.ts';
import { chooseIndex, shortlistSize, TAIL } from './choose.ts';
import { rotaryTables, slotsPerToken, writePosition } from './decoder.ts';
import type { Data, Program } from './graph/program.ts';
import type { BesideRows } from './idle-prompt.ts';
import { OwnCache } from './own/cache.ts';
import type { OwnKind } from './own/kind.ts';
import type { Parameters } from './parameters.ts';
import { PromptCache } from './prompt-cache.ts';
import type { PromptReaders } from './prompt-reader.ts';
import { raceIndex } from './race.ts';
import { listedWords, type RowWords, rankWords } from './rank-words.ts';
import type { Completed, RankedWord, SampleRules } from './sampling.ts';
import { isOfStep } from './sampling-program.ts';

/** The sampling program for a shortlist of at least so many words, ranked at temperature 1 or not, and how many it lists. */
export type SamplingPrograms = (shortlist: number, tempered: boolean) => Promise<{ readonly program: Program; readonly shortlist: number }>;

/** What rows are moved by. */
export interface RowsEngine {
  readonly config: ModelConfig;
  readonly programs: SamplingPrograms;
  /** How they keep what rows generate. */
  readonly own: OwnKind;
  /** What reads prompts, given the program that takes steps. */
  readonly readers: (step: Program) => PromptReaders;
  /** What programs are told of prompts where none is read. */
  readonly beside: BesideRows;
  /** What the programs do not hold. */
  readonly parameters: Parameters;
}

export interface RowStart {
  readonly prompt: readonly number[];
  readonly rules: SampleRules;
  /** Where its prompt lies among the prompts. */
  readonly slot: number;
  /** How many of the best words of each step to keep; at most the shortlist. */
  readonly best?: number;
}

/** One of the draws that a row stands for: its number among those of its request. */
export interface Seeded {
  readonly draw: number;
  readonly seed: number;
}

interface Drawing extends Seeded {
  readonly rng: Rng;
}

export type Row<S extends RowStart = RowStart> = S & {
  readonly draws: readonly Drawing[];
  readonly tokens: number[];
  readonly logprobs: number[];
  /** [token][rank], where `best` words are kept. */
  readonly words: RankedWord[][];
};

/** Draws of one row that chose the same word. */
interface Agreed {
  readonly words: RowWords;
  readonly choice: number;
  readonly draws: Drawing[];
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

const inverseTemperature = (rules: SampleRules): number => (isTempered(rules) ? 1 / rules.temperature : 1);

/** How a word is drawn: on the cumulative distribution, as runs always did (choose.ts), or by a race, which does not mind the company (race.ts). */
export type Draw = 'cumulative' | 'race';

/** Words of a step that are ranked in the graph. A row that needs more has all of them ranked (rank-words.ts). */
const MOST_LISTED = 512;
export const listedSize = (needed: number, vocab: number): number => Math.min(needed, MOST_LISTED, vocab);

/** Of a share of the mass, for rounding. */
const MARGIN = 1e-4;

const DRAW: Readonly<Record<Draw, (words: RowWords, rules: SampleRules, u: number, vocab: number) => number>> = {
  // Of a shortlist that others need longer, a row looks at its own top-k.
  cumulative: ({ ranked }, rules, u, vocab) =>
    chooseIndex(rules.topK > 0 ? ranked.subarray(0, rules.topK) : ranked, rules, u, ranked.length === vocab),
  race: ({ ids, ranked }, rules, u, vocab) =>
    raceIndex({ ids, logprobs: ranked }, rules, u, shortlistSize(rules, vocab), ids.length === vocab) ?? TAIL,
};

export class Rows<S extends RowStart = RowStart> {
  readonly prompts: PromptCache;
  readonly own: OwnCache;
  private readonly engine: RowsEngine;
  private readonly tables: ReturnType<typeof rotaryTables>;
  private readonly draw: Draw;
  private readonly active: Row<S>[] = [];
  private readonly parked: Row<S>[] = [];
  private readonly places: number;
  /** Whether all words' logits are handed out at once: a step that had draws beyond the shortlist is followed by others that have. */
  private wantsAll = false;

  constructor(engine: RowsEngine, { rows, prefix, own, positions, draw }: RowsOptions) {
    this.engine = engine;
    this.draw = draw;
    this.places = rows;
    this.prompts = new PromptCache(engine.config, prefix);
    this.own = new OwnCache(engine.config, engine.own, rows, own);
    this.tables = rotaryTables(engine.config, positions);
  }

  get all(): readonly Row<S>[] {
    return this.active;
  }

  /** Rows that found no place when others parted from them. */
  get waiting(): readonly Row<S>[] {
    return this.parked;
  }

  start(row: S, draws: readonly Seeded[]): void {
    this.place({ ...row, draws: draws.map(d => ({ ...d, rng: rngOf(d.seed) })), tokens: [], logprobs: [], words: [] });
  }

  /** Rows without a place get those that are free. What they have said goes through the model again. */
  resume(): void {
    while (this.parked.length > 0 && this.active.length < this.places) this.place(this.parked.shift()!);
  }

  private place(row: Row<S>): void {
    this.own.clear(this.active.length);
    this.active.push(row);
  }

  /** Takes a row out; the last row moves into the gap, so that active rows stay together. */
  remove(r: number): void {
    const last = this.active.pop()!;
    if (r === this.active.length) return;
    this.active[r] = last;
    this.own.copy(this.active.length, r);
  }

  /** How a row has ended, if it has. */
  finishOf({ prompt, rules, tokens }: Row): Completed['finish'] | null {
    if (rules.endIds.includes(tokens.at(-1)!)) return 'end';
    if (rules.isStopped?.(tokens)) return 'stop';
    const room = this.engine.config.maxPositions - prompt.length;
    return tokens.length >= Math.min(rules.maxTokens, room) ? 'length' : null;
  }

  /** One token for every draw, from at least that many words. `tempered`: true where any row is. Tells how many draws took one. */
  async step(atLeast: number, tempered: boolean): Promise<number> {
    const { feeds, bindings } = this.feeds();
    const { vocab } = this.engine.config;
    const { program, shortlist } = await this.engine.programs(atLeast, tempered);
    const isWanted = (name: string) => isOfStep(name) || (this.wantsAll && name === 'logits');
    const outputs = await program.run(feeds, bindings, isWanted);
    const speaking = [...this.active.entries()].filter(([r, { tokens }]) => this.own.lengthOf(r) === tokens.length);
    const drawn = speaking.map(([r, row]) => {
      const words = listedWords(outputs, r, shortlist);
      const us = row.draws.map(({ rng }) => (row.rules.temperature === 0 ? 0 : rng.next()));
      return { r, row, us, words, choices: us.map(u => (row.rules.topK > shortlist ? TAIL : this.choose(row, words, u))) };
    });
    this.wantsAll = drawn.some(({ choices }) => choices.includes(TAIL));
    const again = async () => (await program.run(feeds, bindings, name => name === 'logits')).get('logits');
    const all = this.wantsAll ? ((outputs.get('logits') ?? (await again())) as Float32Array) : null;
    this.own.append(outputs, this.active.length);
    for (const { r, row, us, words, choices } of drawn) {
      const beyond = us.filter((_, i) => choices[i] === TAIL);
      const ranked = () =>
        rankWords(all!.subarray(r * vocab, (r + 1) * vocab), inverseTemperature(row.rules), this.shareFor(row.rules, Math.max(...beyond)));
      const more = beyond.length > 0 ? ranked() : words;
      const chosen = choices.map((choice, i) =>
        choice === TAIL ? { words: more, choice: this.choose(row, more, us[i]!) } : { words, choice },
      );
      this.part(r, row, agreed(row.draws, chosen));
    }
    return drawn.reduce((n, { us }) => n + us.length, 0);
  }

  /** The draws of row `r` go on in as many rows as there are words they chose: the first of them in its place. */
  private part(r: number, row: Row<S>, [first, ...others]: readonly Agreed[]): void {
    for (const other of others) {
      const { tokens, logprobs, words } = row;
      const parted = { ...row, draws: other.draws, tokens: [...tokens], logprobs: [...logprobs], words: [...words] };
      take(parted, other);
      if (this.active.length < this.places) {
        this.own.copy(r, this.active.length);
        this.active.push(parted);
      } else this.parked.push(parted);
    }
    if (others.length > 0) this.active[r] = { ...row, draws: first!.draws };
    take(row, first!);
  }

  /** The share of the mass that a draw needs to see: a race and a long top-k want all words. */
  private shareFor({ topK, topP }: SampleRules, u: number): number {
    if (topK > 0 || (topP === 1 && this.draw === 'race')) return 1;
    return Math.min(1, (topP < 1 ? topP : u) + MARGIN);
  }

  private choose(row: RowStart, words: RowWords, u: number): number {
    return DRAW[this.draw](words, row.rules, u, this.engine.config.vocab);
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
    const { config: c, parameters, beside } = this.engine;
    const count = this.active.length;
    const ids = new BigInt64Array(count + beside.ids.length);
    ids.set(beside.ids, count);
    const positions = new BigInt64Array(count * slotsPerToken(c) + beside.positions.length);
    positions.set(beside.positions, count * slotsPerToken(c));
    const inverse = new Float32Array(count);
    for (const [r, { prompt, tokens, rules }] of this.active.entries()) {
      const read = this.own.lengthOf(r);
      ids[r] = BigInt(read === 0 ? prompt.at(-1)! : tokens[read - 1]!);
      writePosition(positions, r, c, prompt.length - 1 + read);
      inverse[r] = inverseTemperature(rules);
    }
    const { gridRows, places, width } = this.grid();
    return {
      feeds: new Map<string, Data>([
        ...parameters,
        ...beside.feeds,
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
        ...beside.bindings,
        rows: count,
        slots: this.prompts.slots,
        width,
        cached: this.prompts.width,
        own: this.own.width,
        positions: this.tables.positions,
      },
    };
  }
}

/** Draws by the word they chose, in the order of the first of each. */
function agreed(draws: readonly Drawing[], chosen: readonly { readonly words: RowWords; readonly choice: number }[]): Agreed[] {
  const byWord = new Map<bigint, Agreed>();
  for (const [i, { words, choice }] of chosen.entries()) {
    const id = words.ids[choice]!;
    const group = byWord.get(id) ?? { words, choice, draws: [] };
    group.draws.push(draws[i]!);
    byWord.set(id, group);
  }
  return [...byWord.values()];
}

function take(row: Row, { words: { ids, logprobs }, choice }: Agreed): void {
  const word = (i: number): RankedWord => ({ id: Number(ids[i]!), logprob: logprobs[i]! });
  const { id, logprob } = word(choice);
  row.tokens.push(id);
  row.logprobs.push(logprob);
  if (row.best !== undefined) row.words.push(Array.from({ length: Math.min(row.best, ids.length) }, (_, i) => word(i)));
}
