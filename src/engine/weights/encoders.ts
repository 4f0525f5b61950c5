// Float32 → the bytes of a tensor, little-endian: the way back of encodings.ts. BF16 and F16 round to nearest, ties to even, as torch does. Q8_0
// as llama.cpp makes it: a block of 32 is divided by d = max |x| / 127 in float32, rounded half away from zero, and d is kept as float16.

export type Encoder = (values: Float32Array) => Uint8Array;
export type StoredAs = 'F32' | 'BF16' | 'F16' | 'Q8_0';

const BLOCK = 32;
const BLOCK_BYTES = 34;
const HALF_INFINITY = 0x7c00;

const bitsOf = (values: Float32Array): Uint32Array => new Uint32Array(values.buffer, values.byteOffset, values.length);

function bf16(values: Float32Array): Uint8Array {
  const bits = bitsOf(values);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) out[i] = (bits[i]! + 0x7fff + ((bits[i]! >>> 16) & 1)) >>> 16;
  return new Uint8Array(out.buffer);
}

/** The bits of the float16 nearest to a float32, given by its bits. Beyond 65,504 that is infinity. */
export function halfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 255) - 127;
  const fraction = bits & 0x7fffff;
  if (exponent === 128) return sign | HALF_INFINITY | (fraction ? 0x200 : 0);
  if (exponent > 15) return sign | HALF_INFINITY;
  if (exponent < -25) return sign;
  // A subnormal float16 keeps fewer digits, its leading one among them; rounding up may carry into the exponent, which is right.
  const isSmall = exponent < -14;
  const digits = isSmall ? fraction | 0x800000 : fraction;
  const dropped = isSmall ? -exponent - 1 : 13;
  const kept = digits >>> dropped;
  const rest = digits & ((1 << dropped) - 1);
  const half = 1 << (dropped - 1);
  const up = rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0;
  return sign | ((isSmall ? 0 : (exponent + 15) << 10) + kept + up);
}

function f16(values: Float32Array): Uint8Array {
  const bits = bitsOf(values);
  return new Uint8Array(Uint16Array.from(bits, halfBits).buffer);
}

/** roundf: half away from zero. */
const away = (x: number): number => Math.sign(x) * Math.floor(Math.abs(x) + 0.5);

function q80(values: Float32Array): Uint8Array {
  const out = new Uint8Array((values.length / BLOCK) * BLOCK_BYTES);
  const view = new DataView(out.buffer);
  const scale = new Float32Array(1);
  for (let from = 0, to = 0; from < values.length; from += BLOCK, to += BLOCK_BYTES) {
    let most = 0;
    for (let i = from; i < from + BLOCK; i++) most = Math.max(most, Math.abs(values[i]!));
    scale[0] = most / 127;
    const inverse = scale[0] > 0 ? Math.fround(1 / scale[0]) : 0;
    view.setUint16(to, halfBits(bitsOf(scale)[0]!), true);
    for (let i = 0; i < BLOCK; i++) view.setInt8(to + 2 + i, away(Math.fround(values[from + i]! * inverse)));
  }
  return out;
}

const LARGEST_HALF = 65504;

/** Beyond this a type has only infinity. */
export const largest: Readonly<Record<StoredAs, number>> = {
  F32: Number.POSITIVE_INFINITY,
  BF16: Number.POSITIVE_INFINITY,
  F16: LARGEST_HALF,
  Q8_0: 127 * LARGEST_HALF,
};

/** Q8_0 takes rows of whole blocks of 32. */
export const encoders: Readonly<Record<StoredAs, Encoder>> = {
  F32: values => new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  BF16: bf16,
  F16: f16,
  Q8_0: q80,
};
