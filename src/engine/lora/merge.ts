// An adapter added to the weights it stands beside: W + scale B A, for sampling, scoring and export. Sums are taken in float64 and rounded once, in one
// order, so the same adapter gives the same bits whether W lies as in a file or as the engine holds it.
import type { ModelConfig } from '../architecture.ts';
import type { Parameters } from '../parameters.ts';
import { type Adapter, modulesOf, nameOfA, nameOfB, type Place, scaleOf } from './adapter.ts';

/** A [rank, in] and B [out, rank] of one module. */
export interface LowRank {
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly rank: number;
  readonly scale: number;
}

/** [rows, columns] as [columns, rows]. */
function turned(x: Float32Array, rows: number): Float32Array {
  const columns = x.length / rows;
  const out = new Float32Array(x.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = x[r * columns + c]!;
  return out;
}

/** Four sums at a time: one alone would wait for itself at every step. */
function dot(a: Float32Array, i: number, b: Float32Array, j: number, rank: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let k = 0;
  for (; k + 4 <= rank; k += 4) {
    s0 += a[i + k]! * b[j + k]!;
    s1 += a[i + k + 1]! * b[j + k + 1]!;
    s2 += a[i + k + 2]! * b[j + k + 2]!;
    s3 += a[i + k + 3]! * b[j + k + 3]!;
  }
  for (; k < rank; k++) s0 += a[i + k]! * b[j + k]!;
  return s0 + s1 + (s2 + s3);
}

/** Adds to a weight [out, in] as it lies in a file, in place. */
export function addToWeight(weight: Float32Array, { a, b, rank, scale }: LowRank): void {
  const inner = a.length / rank;
  const byInput = turned(a, rank);
  for (let o = 0; o < b.length / rank; o++)
    for (let i = 0; i < inner; i++) weight[o * inner + i]! += scale * dot(byInput, i * rank, b, o * rank, rank);
}

/** Adds to the columns of a module in the engine's matrix [in, columns], in place. */
function addToColumns(matrix: Float32Array, { blocks, width, offset, size }: Place, { a, b, rank, scale }: LowRank): void {
  const inner = a.length / rank;
  const byInput = turned(a, rank);
  for (let i = 0; i < inner; i++)
    for (let block = 0; block < blocks; block++) {
      const to = i * blocks * width + block * width + offset;
      for (let o = 0; o < size; o++) matrix[to + o]! += scale * dot(byInput, i * rank, b, (block * size + o) * rank, rank);
    }
}

/** All weights with the adapter in them. Matrices that it changes are new, the others those of `base`. */
export function merged(c: ModelConfig, base: Parameters, adapter: Adapter): Parameters {
  const all = new Map(base);
  for (const { name, parameter, place } of modulesOf(c, adapter.targets)) {
    if (all.get(parameter) === base.get(parameter)) all.set(parameter, base.get(parameter)!.slice());
    const [a, b] = [adapter.tensors.get(nameOfA(name))!, adapter.tensors.get(nameOfB(name))!];
    addToColumns(all.get(parameter)!, place, { a, b, rank: adapter.rank, scale: scaleOf(adapter) });
  }
  return all;
}
