// What is large in one channel, spread over a block of channels: x W = (x H)(H W) for a Hadamard matrix H, which is its own inverse, and rounding x H to 8
// bits costs less than rounding x (QuIP#, arXiv 2402.04396, and QuaRot, arXiv 2404.00456, turn whole rows; blocks are quick enough to do at every step).
// The matrix is turned once, when it is rounded; its input inside the graph (int8-linear.ts).

/** Matrices whose inputs are spread: those whose rounding costs most (docs/LOG.md). */
const isSpread = (name: string): boolean => /[.](qkv|gate_up|down)$/.test(name);

/** Beyond this the products that spread cost more than they bring. */
const LARGEST = 32;

/** Channels of a block, for inputs of so many; 1: as they are. */
export const blockOf = (name: string, inner: number): number => (isSpread(name) ? Math.min(LARGEST, inner & -inner) : 1);

/** The Hadamard matrix of a power of two, divided by its root, [size, size]. */
export function hadamard(size: number): Float32Array {
  const matrix = new Float32Array(size * size);
  for (let i = 0; i < size; i++) matrix[i * size + i] = 1;
  return spreadRows(matrix, size, size);
}

/** H times the rows of [inner, width], block by block, in place. */
export function spreadRows(matrix: Float32Array, width: number, block: number): Float32Array {
  const norm = 1 / Math.sqrt(block);
  for (let from = 0; from < matrix.length; from += block * width) {
    for (let half = 1; half < block; half *= 2)
      for (let row = 0; row < block; row += 2 * half) addAndSubtract(matrix, from + row * width, from + (row + half) * width, half * width);
    if (block > 1) for (let i = from; i < from + block * width; i++) matrix[i]! *= norm;
  }
  return matrix;
}

/** `count` numbers from `a` and from `b` become their sums and differences. */
function addAndSubtract(x: Float32Array, a: number, b: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const [p, q] = [x[a + i]!, x[b + i]!];
    x[a + i] = p + q;
    x[b + i] = p - q;
  }
}
