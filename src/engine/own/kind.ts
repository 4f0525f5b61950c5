// How the keys and values that rows have generated are kept in memory and met in the graph: as they are (exact.ts), or in bytes (bytes.ts). Both halves of
// a way stand in one file, for they must agree on how the arrays lie.
import type { ModelConfig } from '../architecture.ts';
import { symbol } from '../graph/dims.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import type { Data } from '../graph/program.ts';

/** Rows under way. */
export const ROWS = symbol('rows');
/** Columns of the rows' own cache. */
export const OWN = symbol('own');

/** One layer of the graph, which also gives out what `Columns` take as outputs whose names begin with `NEW`. */
export interface OwnAttention {
  /** The rows' queries against their own keys, over the root of headDim: [rows, kvHeads, groups, own]. */
  readonly scores: Tensor;
  /** What weights [rows, kvHeads, groups, own], none below zero, make of the row's own values: [rows, kvHeads, groups, headDim]. */
  mix(weights: Tensor): Tensor;
}

/** What a step has made of its tokens: queries and the new column. */
export interface StepHeads {
  /** All of them side by side, [rows, kvHeads, (groups + 2) headDim]. */
  readonly all: Tensor;
  /** [rows, kvHeads, groups, headDim], over the root of headDim. */
  readonly q: Tensor;
  /** [rows, kvHeads, headDim] */
  readonly k: Tensor;
  readonly v: Tensor;
}

/** Outputs with which a step hands out its new columns. */
export const NEW = 'new';

/** Rows there is room for, and columns of each. */
export interface Room {
  readonly rows: number;
  readonly columns: number;
}

/** Arrays with a layer's keys and values of all rows: one column a token. */
export interface Columns {
  /** Makes this room; the first columns of the first rows stay. Columns are a multiple of `ALIGNED`. */
  resize(room: Room, kept: Room): void;
  /** Row `from` is copied to `to`, up to so many columns. */
  copy(from: number, to: number, columns: number): void;
  /** One more column for each of the first rows, at `places[row]`, from a step's outputs. */
  put(outputs: ReadonlyMap<string, Data>, places: Int32Array): void;
  /** What the graph is given for so many rows. */
  feeds(rows: number): [string, Data][];
}

/** Columns of bytes are moved four at a time. */
export const ALIGNED = 4;

export interface OwnKind {
  readonly attention: (g: Graph, c: ModelConfig) => (layer: number, heads: StepHeads) => OwnAttention;
  /** Of one layer, without room. */
  readonly columns: (c: ModelConfig, layer: number) => Columns;
}
