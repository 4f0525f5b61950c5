// All of a model's matrices in 4 bits: blocks of 32 numbers of a column with one scale each, as GGUF's Q4_0 has them, in the layout of onnxruntime's
// MatMulNBits. Less than a sixth of the memory (five bits a number, scales included), and a policy that is clearly another: taken where it is asked for by name.
import type { ModelConfig } from '../architecture.ts';
import { parameterShapes } from '../parameters.ts';
import { turned } from './quantise.ts';

export const BLOCK = 32;
/** The integer that stands for 0; the largest number of a block stands at -8 or is cut to 7. */
const ZERO = 8;

/** A matrix [in, out]: [out, ceil(in / 32), 16] bytes of two numbers each, the earlier one low, and a scale a block. */
export interface FourBitMatrix {
  readonly shape: readonly [number, number];
  readonly values: Uint8Array;
  readonly scales: Float32Array;
}

export interface Int4Weights {
  readonly kind: 'int4';
  readonly matrices: ReadonlyMap<string, FourBitMatrix>;
}

/** Rounds [in, out]. */
export function quantise4(matrix: Float32Array, inner: number): FourBitMatrix {
  const width = matrix.length / inner;
  const blocks = Math.ceil(inner / BLOCK);
  const values = new Uint8Array(new SharedArrayBuffer((width * blocks * BLOCK) / 2)).fill(ZERO * 0x11); // lanes read the same bytes
  const scales = new Float32Array(new SharedArrayBuffer(width * blocks * Float32Array.BYTES_PER_ELEMENT));
  const most = new Float32Array(width);
  for (let block = 0; block < blocks; block++) {
    const [from, to] = [block * BLOCK, Math.min(inner, (block + 1) * BLOCK)];
    most.fill(0);
    for (let r = from; r < to; r++)
      for (let c = 0; c < width; c++) {
        const x = matrix[r * width + c]!;
        if (Math.abs(x) > Math.abs(most[c]!)) most[c] = x;
      }
    for (let c = 0; c < width; c++) scales[c * blocks + block] = most[c]! / -ZERO;
    for (let r = from; r < to; r++) {
      const shift = r % 2 === 0 ? 0 : 4;
      for (let c = 0; c < width; c++) {
        const scale = scales[c * blocks + block]!;
        const number = scale === 0 ? ZERO : Math.min(2 * ZERO - 1, Math.round(matrix[r * width + c]! / scale) + ZERO);
        const at = (c * blocks + block) * (BLOCK / 2) + ((r - from) >> 1);
        values[at] = (values[at]! & (0xf0 >> shift)) | (number << shift);
      }
    }
  }
  return { shape: [inner, width], values, scales };
}

/** Rounds the model's matrices as they come. */
export async function int4Weights(c: ModelConfig, parameters: AsyncIterable<readonly [name: string, Float32Array]>): Promise<Int4Weights> {
  const inner = new Map(parameterShapes(c).flatMap(({ name, shape }) => (shape.length > 1 ? [[name, shape[0]!] as const] : [])));
  const head = c.tied ? 'embedding' : 'head';
  const matrices = new Map<string, FourBitMatrix>();
  for await (const [name, data] of parameters) {
    if (name === head) matrices.set('head', quantise4(turned(data, c.hidden), c.hidden));
    else if (name !== 'embedding' && inner.has(name)) matrices.set(name, quantise4(data, inner.get(name)!));
  }
  return { kind: 'int4', matrices };
}
