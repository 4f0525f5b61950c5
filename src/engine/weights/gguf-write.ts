// Writes a GGUF file, version 3: metadata and tensors' places first, then the tensors, each at a multiple of 32 bytes. The places come from
// shapes known beforehand, so tensors may arrive in any order, one in memory at a time, and the same model gives the same bytes. It knows nothing
// of models: gguf-export.ts says what is in the file.
import { type FileHandle, open } from 'node:fs/promises';
import { EngineError } from '../../errors.ts';
import { encoders, largest, type StoredAs } from './encoders.ts';
import { encodings } from './encodings.ts';
import type { NamedTensors } from './safetensors-write.ts';
import { firstNonFinite } from './tensors.ts';

export type MetadataValue =
  | { readonly type: 'u32' | 'f32'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'f32s' | 'i32s'; readonly value: readonly number[] };

export interface TensorPlan {
  /** Row-major. */
  readonly shape: readonly number[];
  readonly dtype: StoredAs;
}

const ALIGNMENT = 32;
const CODES: Readonly<Record<StoredAs, number>> = { F32: 0, F16: 1, Q8_0: 8, BF16: 30 };

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const u64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const text = (value: string): Buffer => {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([u64(bytes.length), bytes]);
};
const array = (type: number, items: readonly unknown[], bytes: Buffer): Buffer =>
  Buffer.concat([u32(9), u32(type), u64(items.length), bytes]);
const floats = (values: readonly number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);

const WRITE: { readonly [K in MetadataValue['type']]: (value: Extract<MetadataValue, { type: K }>['value']) => Buffer } = {
  u32: value => Buffer.concat([u32(4), u32(value)]),
  f32: value => Buffer.concat([u32(6), floats([value])]),
  bool: value => Buffer.concat([u32(7), Buffer.of(value ? 1 : 0)]),
  string: value => Buffer.concat([u32(8), text(value)]),
  strings: value => array(8, value, Buffer.concat(value.map(text))),
  f32s: value => array(6, value, floats(value)),
  i32s: value => array(5, value, Buffer.from(Int32Array.from(value).buffer)),
};
const writeValue = ({ type, value }: MetadataValue): Buffer => (WRITE[type] as (value: unknown) => Buffer)(value);

const aligned = (at: number): number => Math.ceil(at / ALIGNMENT) * ALIGNMENT;
const countOf = ({ shape }: TensorPlan): number => shape.reduce((a, b) => a * b, 1);
const bytesOf = (plan: TensorPlan): number => (countOf(plan) / encodings[plan.dtype].values) * encodings[plan.dtype].bytes;

/** Writes and syncs a new file. Throws EngineError: a tensor missing, repeated, misshapen, or with numbers that the type cannot hold. */
export async function writeGguf(
  path: string,
  metadata: ReadonlyMap<string, MetadataValue>,
  plans: ReadonlyMap<string, TensorPlan>,
  tensors: NamedTensors,
): Promise<void> {
  const infos: Buffer[] = [];
  const offsets = new Map<string, number>();
  let at = 0;
  for (const [name, plan] of plans) {
    infos.push(text(name), u32(plan.shape.length), ...plan.shape.toReversed().map(u64), u32(CODES[plan.dtype]), u64(at));
    offsets.set(name, at);
    at = aligned(at + bytesOf(plan));
  }
  const keys = [...metadata].flatMap(([key, value]) => [text(key), writeValue(value)]);
  const header = Buffer.concat([Buffer.from('GGUF'), u32(3), u64(plans.size), u64(metadata.size), ...keys, ...infos]);
  const begin = aligned(header.length);
  const file = await open(path, 'wx');
  try {
    await writeAt(file, header, 0);
    const waiting = new Map(offsets);
    for await (const [name, values] of tensors) {
      const offset = waiting.get(name);
      if (offset === undefined) throw new EngineError(`${path}: the tensor ${name} is unknown or came twice`);
      waiting.delete(name);
      await writeAt(file, encoded(path, name, values, plans.get(name)!), begin + offset);
    }
    const missing = waiting.keys().next();
    if (!missing.done) throw new EngineError(`${path}: the tensor ${missing.value} did not come`);
    await file.truncate(begin + at); // llama.cpp wants the last tensor padded as well
    await file.sync();
  } finally {
    await file.close();
  }
}

function encoded(path: string, name: string, values: Float32Array, plan: TensorPlan): Uint8Array {
  if (values.length !== countOf(plan)) throw new EngineError(`${path}: ${name} has ${values.length} values, ${countOf(plan)} are expected`);
  if (firstNonFinite(values) >= 0) throw new EngineError(`${path}: ${name} is not finite`);
  const limit = largest[plan.dtype];
  if (values.some(x => Math.abs(x) > limit))
    throw new EngineError(`${path}: ${name} holds a number too large for ${plan.dtype}; use bf16 or f32`);
  return encoders[plan.dtype](values);
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, Math.min(bytes.length - done, 64 << 20), position + done);
    done += bytesWritten;
  }
}
