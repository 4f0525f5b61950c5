// Keys and values of what rows have generated (one place a row), in arrays that are handed to onnxruntime as inputs: inputs are not copied, outputs are, so
// a step returns one new column and it is put in place here.
import type { ModelConfig } from '../architecture.ts';
import type { Data } from '../graph/program.ts';
import { MASKED } from '../packing.ts';
import { ALIGNED, type Columns, type OwnKind } from './kind.ts';

/** Columns are added this many at a time. */
const BLOCK = 16;

/** A row has as many columns as tokens that have been through a step. */
export class OwnCache {
  private readonly all: readonly Columns[];
  private capacity: number;
  private lengths: Int32Array;
  private readonly most: number;
  private columns = 0;

  /** `most`: columns that a row can come to need. */
  constructor(config: ModelConfig, kind: OwnKind, capacity: number, most: number) {
    this.all = Array.from({ length: config.layers }, (_, layer) => kind.columns(config, layer));
    this.capacity = capacity;
    this.most = ALIGNED * Math.ceil(most / ALIGNED);
    this.lengths = new Int32Array(capacity);
    this.resize(capacity, Math.min(BLOCK, this.most));
  }

  private resize(rows: number, columns: number): void {
    const kept = { rows: Math.min(rows, this.capacity), columns: Math.min(columns, this.columns) };
    for (const part of this.all) part.resize({ rows, columns }, kept);
    const lengths = new Int32Array(rows);
    lengths.set(this.lengths.subarray(0, kept.rows));
    this.lengths = lengths;
    this.capacity = rows;
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
    const length = this.lengths[from]!;
    for (const part of this.all) part.copy(from, to, length);
    this.lengths[to] = length;
  }

  /** Appends one column to each of the first `rows` rows from a step's outputs. */
  append(outputs: ReadonlyMap<string, Data>, rows: number): void {
    const places = this.lengths.slice(0, rows);
    for (const part of this.all) part.put(outputs, places);
    for (let r = 0; r < rows; r++) this.lengths[r]! += 1;
    if (this.columns < this.most && this.lengths.subarray(0, rows).includes(this.columns))
      this.resize(this.capacity, Math.min(this.columns + BLOCK, this.most));
  }

  feeds(rows: number): [string, Data][] {
    const mask = new Float32Array(rows * this.columns).fill(MASKED);
    for (let r = 0; r < rows; r++) mask.fill(0, r * this.columns, r * this.columns + this.lengths[r]!);
    return [['own_mask', mask], ...this.all.flatMap(part => part.feeds(rows))];
  }

  get width(): number {
    return this.columns;
  }
}
