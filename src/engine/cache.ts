// Keys and values of prompts (one slot a problem) and of what rows have generated (one place a row), in arrays that are handed to
// onnxruntime as inputs: inputs are not copied, outputs are, so a step returns one new column and it is put in place here.
import type { ModelConfig } from './architecture.ts';
import type { Data } from './graph/program.ts';
import { MASKED } from './packing.ts';

type Arrays = Map<string, Float32Array>;

const names = (c: ModelConfig): string[] => Array.from({ length: c.layers }, (_, l) => [`k ${l}`, `v ${l}`]).flat();

/** Gives an array's memory back now, not at the next garbage collection: caches are hundreds of megabytes. */
const letGo = (array: Float32Array): void => void (array.buffer as ArrayBuffer).transfer(0);

/** Where one prompt's keys and values lie in the outputs of the prompt program (programs.ts). */
export interface PromptState {
  readonly outputs: ReadonlyMap<string, Data>;
  /** Its problem and draw in the packed batch, and the sizes that batch was padded to. */
  readonly problem: number;
  readonly draw: number;
  readonly bindings: { readonly draws: number; readonly prefix: number; readonly length: number };
  /** Prefix tokens shared with others, and all tokens before the prompt's last. */
  readonly shared: number;
  readonly known: number;
}

/** Prompts of the problems that have rows: arrays [slots, kvHeads, prefix, headDim] a layer. */
export class PromptCache {
  private readonly config: ModelConfig;
  private prefix: number;
  private readonly arrays: Arrays = new Map();
  private mask = new Float32Array(0);
  private readonly taken: boolean[] = [];

  constructor(config: ModelConfig, prefix: number) {
    this.config = config;
    this.prefix = prefix;
  }

  private get slotSize(): number {
    return this.config.kvHeads * this.prefix * this.config.headDim;
  }

  private grow(slots: number): void {
    const enlarged = (old: Float32Array | undefined, size: number): Float32Array<ArrayBuffer> => {
      const data = new Float32Array(size);
      if (old) {
        data.set(old);
        letGo(old);
      }
      return data;
    };
    for (const name of names(this.config)) this.arrays.set(name, enlarged(this.arrays.get(name), slots * this.slotSize));
    this.mask = enlarged(this.mask, slots * this.prefix);
  }

  /** Makes room for longer prompts, or gives back what only prompts that are gone needed. */
  resize(prefix: number): void {
    const slots = this.mask.length / this.prefix;
    const kept = Math.min(prefix, this.prefix);
    const resized = (old: Float32Array, blocks: number, width: number, fill: number): Float32Array<ArrayBuffer> => {
      const data = new Float32Array(blocks * prefix * width).fill(fill);
      for (let i = 0; i < blocks; i++)
        data.set(old.subarray(i * this.prefix * width, (i * this.prefix + kept) * width), i * prefix * width);
      letGo(old);
      return data;
    };
    const { kvHeads, headDim } = this.config;
    for (const [name, old] of this.arrays) this.arrays.set(name, resized(old, slots * kvHeads, headDim, 0));
    this.mask = resized(this.mask, slots, 1, MASKED);
    this.prefix = prefix;
  }

  /** Tokens there is room for in a slot. */
  get width(): number {
    return this.prefix;
  }

  /** Puts a prompt into the lowest free slot and tells which. */
  add(state: PromptState): number {
    const free = this.taken.indexOf(false);
    const slot = free >= 0 ? free : this.taken.length;
    if (slot * this.prefix >= this.mask.length) this.grow(Math.max(1, 2 * slot));
    this.taken[slot] = true;
    const { kvHeads, headDim } = this.config;
    const { problem, draw, shared, known } = state;
    const { draws, prefix, length } = state.bindings;
    for (const name of names(this.config)) {
      const common = state.outputs.get(`prefix ${name}`) as Float32Array;
      const own = state.outputs.get(`own ${name}`) as Float32Array;
      const target = this.arrays.get(name)!;
      for (let h = 0; h < kvHeads; h++) {
        const head = problem * kvHeads + h;
        const to = (slot * kvHeads + h) * this.prefix;
        const copy = (source: Float32Array, from: number, count: number, at: number) =>
          target.set(source.subarray(from * headDim, (from + count) * headDim), (to + at) * headDim);
        copy(common, head * prefix, shared, 0);
        copy(own, head * draws * length + draw * length, known - shared, shared);
      }
    }
    this.mask.fill(0, slot * this.prefix, slot * this.prefix + known);
    this.mask.fill(MASKED, slot * this.prefix + known, (slot + 1) * this.prefix);
    return slot;
  }

  release(slot: number): void {
    this.taken[slot] = false;
    while (this.taken.at(-1) === false) this.taken.pop();
  }

  /** Slots up to the last one taken. */
  get slots(): number {
    return this.taken.length;
  }

  feeds(): [string, Data][] {
    return [
      ['cached_mask', this.mask.subarray(0, this.slots * this.prefix)],
      ...[...this.arrays].map(([name, data]): [string, Data] => [`cached ${name}`, data.subarray(0, this.slots * this.slotSize)]),
    ];
  }
}

/** Columns are added this many at a time. */
const BLOCK = 16;

/** What rows have generated: arrays [rows, kvHeads, columns, headDim] a layer; a row has as many columns as tokens that have been through a step. */
export class OwnCache {
  private readonly config: ModelConfig;
  private capacity: number;
  private readonly arrays: Arrays = new Map();
  private lengths: Int32Array;
  private readonly most: number;
  private columns = 0;

  /** `most`: columns that a row can come to need. */
  constructor(config: ModelConfig, capacity: number, most: number) {
    this.config = config;
    this.capacity = capacity;
    this.most = most;
    this.lengths = new Int32Array(capacity);
    this.resize(capacity, Math.min(BLOCK, most));
  }

  private resize(capacity: number, columns: number): void {
    const { kvHeads, headDim } = this.config;
    const rows = Math.min(capacity, this.capacity);
    const kept = Math.min(columns, this.columns) * headDim;
    for (const name of names(this.config)) {
      const data = new Float32Array(capacity * kvHeads * columns * headDim);
      const old = this.arrays.get(name);
      if (old) {
        for (let i = 0; i < rows * kvHeads; i++) {
          const from = i * this.columns * headDim;
          data.set(old.subarray(from, from + kept), i * columns * headDim);
        }
        letGo(old);
      }
      this.arrays.set(name, data);
    }
    const lengths = new Int32Array(capacity);
    lengths.set(this.lengths.subarray(0, rows));
    this.lengths = lengths;
    this.capacity = capacity;
    this.columns = columns;
  }

  /** Room for another row behind the first `rows`; columns that only rows now gone needed are given back. */
  makeRoom(rows: number): void {
    const longest = this.lengths.subarray(0, rows).reduce((a, b) => Math.max(a, b), 0);
    const needed = Math.min(this.most, BLOCK * (1 + Math.floor(longest / BLOCK)));
    const columns = needed * 4 < this.columns ? needed : this.columns;
    const capacity = rows < this.capacity ? this.capacity : 2 * rows;
    if (columns !== this.columns || capacity !== this.capacity) this.resize(capacity, columns);
  }

  lengthOf(row: number): number {
    return this.lengths[row]!;
  }

  clear(row: number): void {
    this.lengths[row] = 0;
  }

  /** What row `from` has lies at `to` as well. */
  copy(from: number, to: number): void {
    const { kvHeads, headDim } = this.config;
    const [size, used] = [this.columns * headDim, this.lengths[from]! * headDim];
    for (const data of this.arrays.values())
      for (let h = 0; h < kvHeads; h++) {
        const begin = (from * kvHeads + h) * size;
        data.copyWithin((to * kvHeads + h) * size, begin, begin + used);
      }
    this.lengths[to] = this.lengths[from]!;
  }

  /** Appends one column to each of the first `rows` rows from a step's outputs [rows, kvHeads, headDim]. */
  append(outputs: ReadonlyMap<string, Data>, rows: number): void {
    const { kvHeads, headDim } = this.config;
    const places = Int32Array.from({ length: rows * kvHeads }, (_, i) => i * this.columns + this.lengths[Math.floor(i / kvHeads)]!);
    for (const [name, data] of this.arrays) put(data, outputs.get(name) as Float32Array, places, headDim);
    for (let r = 0; r < rows; r++) this.lengths[r]! += 1;
    if (this.columns < this.most && this.lengths.subarray(0, rows).includes(this.columns))
      this.resize(this.capacity, Math.min(this.columns + BLOCK, this.most));
  }

  feeds(rows: number): [string, Data][] {
    const size = this.config.kvHeads * this.columns * this.config.headDim;
    const mask = new Float32Array(rows * this.columns).fill(MASKED);
    for (let r = 0; r < rows; r++) mask.fill(0, r * this.columns, r * this.columns + this.lengths[r]!);
    return [['own_mask', mask], ...[...this.arrays].map(([name, data]): [string, Data] => [`own ${name}`, data.subarray(0, rows * size)])];
  }

  get width(): number {
    return this.columns;
  }
}

/** Row i of [.., headDim] to row places[i] of another. */
function put(into: Float32Array, rows: Float32Array, places: Int32Array, headDim: number): void {
  let from = 0;
  for (const place of places) for (let to = place * headDim, end = to + headDim; to < end; to++) into[to] = rows[from++]!;
}
