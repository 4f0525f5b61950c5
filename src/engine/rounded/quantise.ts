// Matrices as 8-bit integers, one scale for each output channel, and the smoothing that makes their inputs fit 8 bits too (SmoothQuant,
// arXiv 2211.10438, Eq. 4): input channel j is divided by s_j and row j of the matrix multiplied by it, so the product is what it was. Exact up to
// rounding; the division is folded into what comes before (int8-weights.ts), so it costs nothing when sampling.

/** A matrix [in, out]: `values` as bytes row by row, times `scales` [out]. */
export interface QuantisedMatrix {
  readonly shape: readonly [number, number];
  readonly values: Int8Array;
  readonly scales: Float32Array;
}

const LARGEST = 127;
/** Below this a scale counts as zero: a channel that is never used. */
const TINY = 1e-20;

/** max |w| of every row (input channel) of [in, out]. */
export function rowMaxima(matrix: Float32Array, inner: number): Float32Array {
  const width = matrix.length / inner;
  const maxima = new Float32Array(inner);
  for (let r = 0; r < inner; r++) {
    let most = 0;
    for (let c = r * width; c < (r + 1) * width; c++) most = Math.max(most, Math.abs(matrix[c]!));
    maxima[r] = most;
  }
  return maxima;
}

/** The divisors s_j = max|x_j|^α / max|w_j|^(1-α), with α = 1/2; 1 where a channel is silent. */
export function smoothing(inputMaxima: Float32Array, matrix: Float32Array): Float32Array {
  const weights = rowMaxima(matrix, inputMaxima.length);
  return inputMaxima.map((x, j) => {
    const s = Math.sqrt(x) / Math.sqrt(weights[j]!);
    return Number.isFinite(s) && s > TINY ? s : 1;
  });
}

/** Row j of [in, out] times by[j], in place. */
export function multiplyRows(matrix: Float32Array, by: Float32Array): void {
  const width = matrix.length / by.length;
  for (let r = 0; r < by.length; r++) for (let c = r * width; c < (r + 1) * width; c++) matrix[c]! *= by[r]!;
}

/** Rounds [in, out], a scale for each of its columns. */
export function quantise(matrix: Float32Array, inner: number): QuantisedMatrix {
  const width = matrix.length / inner;
  const scales = new Float32Array(width);
  for (let r = 0; r < inner; r++) for (let c = 0; c < width; c++) scales[c] = Math.max(scales[c]!, Math.abs(matrix[r * width + c]!));
  for (let c = 0; c < width; c++) scales[c] = Math.max(scales[c]! / LARGEST, TINY);
  const values = new Int8Array(new SharedArrayBuffer(matrix.length)); // lanes read the same bytes
  for (let r = 0; r < inner; r++) for (let c = 0; c < width; c++) values[r * width + c] = Math.round(matrix[r * width + c]! / scales[c]!);
  return { shape: [inner, width], values, scales };
}

/** [out, in] turned into [in, out]. */
export function turned(matrix: Float32Array, inner: number): Float32Array {
  const out = matrix.length / inner;
  const result = new Float32Array(matrix.length);
  for (let r = 0; r < out; r++) for (let c = 0; c < inner; c++) result[c * out + r] = matrix[r * inner + c]!;
  return result;
}
