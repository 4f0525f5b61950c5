// A GGUF file of F16 matrices as llama.cpp's quantizer would make it Q4_0: matrices in 4 bits, blocks of 32 with one scale, and the embedding (which is the
// head too) in Q8_0, as that quantizer falls back to where rows are no multiple of 256. Everything but the tensors is copied as it stands.
import { readFileSync, writeFileSync } from 'node:fs';
import { encoders, halfBits } from '../../src/engine/weights/encoders.ts';
import { encodings } from '../../src/engine/weights/encodings.ts';
import { openModelFile } from '../../src/engine/weights/files.ts';
import { type GgufEntry, readGgufHeader } from '../../src/engine/weights/gguf-header.ts';

const ALIGNMENT = 32;
const BLOCK = 32;
const BLOCK_BYTES = 18;
const aligned = (at: number): number => Math.ceil(at / ALIGNMENT) * ALIGNMENT;

/** A block's scale is its largest number (with its sign) / -8, so that this number is exact; value i and value i + 16 share a byte. */
export function q40(values: Float32Array): Uint8Array {
  const out = new Uint8Array((values.length / BLOCK) * BLOCK_BYTES);
  const view = new DataView(out.buffer);
  const scale = new Float32Array(1);
  for (let from = 0, to = 0; from < values.length; from += BLOCK, to += BLOCK_BYTES) {
    let most = 0;
    for (let i = from; i < from + BLOCK; i++) if (Math.abs(values[i]!) > Math.abs(most)) most = values[i]!;
    scale[0] = most / -8;
    const inverse = scale[0] === 0 ? 0 : 1 / scale[0];
    view.setUint16(to, halfBits(new Uint32Array(scale.buffer)[0]!), true);
    const nibble = (i: number) => Math.min(15, Math.trunc(values[from + i]! * inverse + 8.5));
    for (let i = 0; i < BLOCK / 2; i++) out[to + 2 + i] = nibble(i) | (nibble(i + BLOCK / 2) << 4);
  }
  return out;
}

interface Stored {
  /** GGML's number of the type. */
  readonly code: number;
  encode(values: Float32Array): Uint8Array;
}
const Q4_0: Stored = { code: 2, encode: q40 };
const Q8_0: Stored = { code: 8, encode: encoders.Q8_0 };
const AS_IT_IS = { F32: 0, F16: 1 } as const;

const targetOf = (name: string, { shape, dtype }: GgufEntry): Stored | null =>
  dtype !== 'F16' || shape.at(-1)! % BLOCK !== 0 ? null : /^(token_embd|output)\.weight$/.test(name) ? Q8_0 : Q4_0;

const u32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
const u64 = (value: number): Buffer => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
const nameBytes = (name: string): Buffer => Buffer.concat([u64(Buffer.byteLength(name)), Buffer.from(name)]);

/** Writes `to` from the F16 file `from`. */
export async function writeQ40(from: string, to: string): Promise<void> {
  const file = await openModelFile(from);
  const header = readGgufHeader(file);
  await file.close();
  const bytes = readFileSync(from);
  const tensors = [...header.tensors].toSorted(([, a], [, b]) => a.begin - b.begin);
  const infos: Buffer[] = [];
  const data: Buffer[] = [];
  let at = 0;
  for (const [name, entry] of tensors) {
    const target = targetOf(name, entry);
    const stored = bytes.subarray(entry.begin, entry.end);
    const encoded = target ? target.encode(decoded(stored)) : stored;
    const code = target?.code ?? AS_IT_IS[entry.dtype as keyof typeof AS_IT_IS];
    infos.push(nameBytes(name), u32(entry.shape.length), ...entry.shape.toReversed().map(u64), u32(code), u64(at));
    data.push(Buffer.concat([encoded, Buffer.alloc(aligned(encoded.length) - encoded.length)]));
    at += aligned(encoded.length);
  }
  // The lines of the tensors are the last before the data, and the first tensor's is the first of them.
  const begin = bytes.indexOf(nameBytes(tensors[0]![0]));
  const front = Buffer.concat([bytes.subarray(0, begin), ...infos]);
  writeFileSync(to, Buffer.concat([front, Buffer.alloc(aligned(front.length) - front.length), ...data]));
}

function decoded(halves: Buffer): Float32Array {
  const out = new Float32Array(halves.length / 2);
  encodings.F16.decode(new DataView(new Uint8Array(halves).buffer), out, 0, out.length);
  return out;
}
