// How numbers lie in a tensor: blocks of `values` numbers in `bytes` bytes, little-endian. Q8_0, Q4_0 and Q4_1 are GGUF's: a block of 32 has
// a float16 scale d (Q4_1: and a minimum m), then value = d·q, d·(q − 8), d·q + m; four-bit q lie as the low nibbles of 16 bytes, then the high.
// d·q needs 19 bits, so it is exact in float32, and Q4_1 rounds once: the result equals the reference to the bit.
import type { ModelFile } from './files.ts';

export interface Encoding {
  readonly values: number;
  readonly bytes: number;
  /** Decodes `blocks` whole blocks into `out` from index `at`. */
  decode(view: DataView<ArrayBuffer>, out: Float32Array, at: number, blocks: number): void;
}

export type EncodingName = 'F32' | 'F16' | 'BF16' | 'Q8_0' | 'Q4_0' | 'Q4_1';

export const encodings: Readonly<Record<EncodingName, Encoding>> = {
  F32: {
    values: 1,
    bytes: 4,
    decode: (view, out, at, blocks) => out.set(new Float32Array(view.buffer, view.byteOffset, blocks), at),
  },
  F16: {
    values: 1,
    bytes: 2,
    decode: (view, out, at, blocks) => {
      const halves = halfTable();
      for (let i = 0; i < blocks; i++) out[at + i] = halves[view.getUint16(2 * i, true)]!;
    },
  },
  BF16: {
    values: 1,
    bytes: 2,
    decode: (view, out, at, blocks) => {
      const bits = new Uint32Array(out.buffer, out.byteOffset + 4 * at, blocks);
      for (let i = 0; i < blocks; i++) bits[i] = view.getUint16(2 * i, true) << 16;
    },
  },
  Q8_0: {
    values: 32,
    bytes: 34,
    decode: (view, out, at, blocks) => {
      const halves = halfTable();
      for (let b = 0, from = 0; b < blocks; b++, from += 34) {
        const d = halves[view.getUint16(from, true)]!;
        for (let j = 0; j < 32; j++) out[at + 32 * b + j] = d * view.getInt8(from + 2 + j);
      }
    },
  },
  Q4_0: fourBit({ bytes: 18, zero: 8, hasMinimum: false }),
  Q4_1: fourBit({ bytes: 20, zero: 0, hasMinimum: true }),
};

/** d·(q − zero) + m. Without a minimum m is −0, which changes nothing, not even the sign of a zero. */
function fourBit({ bytes, zero, hasMinimum }: { readonly bytes: number; readonly zero: number; readonly hasMinimum: boolean }): Encoding {
  const nibbles = hasMinimum ? 4 : 2;
  const decode: Encoding['decode'] = (view, out, at, blocks) => {
    const halves = halfTable();
    for (let b = 0, from = 0, to = at; b < blocks; b++, from += bytes, to += 32) {
      const d = halves[view.getUint16(from, true)]!;
      const m = hasMinimum ? halves[view.getUint16(from + 2, true)]! : -0;
      for (let j = 0; j < 16; j++) {
        const byte = view.getUint8(from + nibbles + j);
        out[to + j] = d * ((byte & 15) - zero) + m;
        out[to + 16 + j] = d * ((byte >> 4) - zero) + m;
      }
    }
  };
  return { values: 32, bytes, decode };
}

let halves: Float32Array | undefined;

/** float16 bits → value, all 65,536 (Node 22 has no Float16Array). */
function halfTable(): Float32Array {
  halves ??= Float32Array.from({ length: 65536 }, (_, bits) => {
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    const sign = bits & 0x8000 ? -1 : 1;
    if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
  });
  return halves;
}

const chunkBytes = 4 << 20;

/** `count` values from `position` on, decoded piece by piece so that only one piece lies in memory twice. */
export async function readValues(file: ModelFile, position: number, count: number, encoding: Encoding): Promise<Float32Array<ArrayBuffer>> {
  const blocks = count / encoding.values;
  const step = Math.floor(chunkBytes / encoding.bytes);
  const end = position + blocks * encoding.bytes;
  if (end > file.size) await file.read(position, end - position); // throws before the array below is allocated
  const out = new Float32Array(count);
  for (let block = 0; block < blocks; block += step) {
    const n = Math.min(step, blocks - block);
    const bytes = await file.read(position + block * encoding.bytes, n * encoding.bytes);
    encoding.decode(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), out, block * encoding.values, n);
  }
  return out;
}
