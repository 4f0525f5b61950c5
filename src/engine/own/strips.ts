// An array [blocks, lead, columns, width] that grows and shrinks in blocks and in columns: a block is a row's key head, a column one of its tokens.
import type { Data } from '../graph/program.ts';
import type { Columns, Room } from './kind.ts';

type Numbers = Float32Array<ArrayBuffer> | Int8Array<ArrayBuffer>;

export class Strips<A extends Numbers> {
  readonly name: string;
  data: A;
  columns = 0;
  private readonly make: (size: number) => A;
  private readonly heads: number;
  private readonly lead: number;
  private readonly width: number;

  /** `heads`: blocks of a row. `lead` lines of all columns, each `width` numbers a column. */
  constructor(name: string, make: (size: number) => A, heads: number, lead: number, width: number) {
    this.name = name;
    this.make = make;
    this.data = make(0);
    this.heads = heads;
    this.lead = lead;
    this.width = width;
  }

  resize({ rows, columns }: Room, kept: Room): void {
    const { data: old, heads, lead, width } = this;
    this.data = this.make(rows * heads * lead * columns * width);
    const [from, to] = [new Int32Array(old.buffer), new Int32Array(this.data.buffer)];
    const words = (count: number) => (count * width * old.BYTES_PER_ELEMENT) / 4;
    const [before, after, used] = [words(this.columns), words(columns), words(kept.columns)];
    for (let line = 0; line < kept.rows * heads * lead; line++) {
      const [begin, at] = [line * before, line * after];
      // a call costs more than moving a few
      if (used < 64) for (let i = 0; i < used; i++) to[at + i] = from[begin + i]!;
      else to.set(from.subarray(begin, begin + used), at);
    }
    this.columns = columns;
    // its memory is given back now, not at the next garbage collection: caches are hundreds of megabytes
    old.buffer.transfer(0);
  }

  copy(from: number, to: number, columns: number): void {
    const { heads, lead, width } = this;
    const block = lead * this.columns * width;
    // columns that nobody has used are copied along where that is one call instead of many
    const used = lead === 1 ? columns * width : block;
    for (let h = 0; h < heads; h++) {
      const begin = (from * heads + h) * block;
      this.data.copyWithin((to * heads + h) * block, begin, begin + used);
    }
  }

  feed(rows: number): [string, Data] {
    return [this.name, this.data.subarray(0, rows * this.heads * this.lead * this.columns * this.width)];
  }
}

/** A layer's columns, made of these arrays. */
export const columnsOf = (all: readonly Strips<Numbers>[], put: Columns['put']): Columns => ({
  put,
  resize: (room, kept) => {
    for (const strips of all) strips.resize(room, kept);
  },
  copy: (from, to, columns) => {
    for (const strips of all) strips.copy(from, to, columns);
  },
  feeds: rows => all.map(strips => strips.feed(rows)),
});
