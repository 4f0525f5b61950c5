// Writes safetensors, F32, BF16 or F16. The header comes from shapes known beforehand, in their order, so tensors may arrive in any order, one in
// memory at a time, and equal tensors give equal bytes.
import { type FileHandle, open } from 'node:fs/promises';
import { EngineError } from '../../errors.ts';
import { encoders, largest } from './encoders.ts';
import { firstNonFinite } from './tensors.ts';

export type StoredType = 'F32' | 'BF16' | 'F16';
export type NamedTensors = Iterable<readonly [string, Float32Array]> | AsyncIterable<readonly [string, Float32Array]>;

const bytesPerValue: Readonly<Record<StoredType, number>> = { F32: 4, BF16: 2, F16: 2 };

/** Writes and syncs a new file; `shapes` names every tensor and fixes the order. Throws EngineError: a tensor missing, repeated, misshapen or not finite. */
export async function writeSafetensors(
  path: string,
  shapes: ReadonlyMap<string, readonly number[]>,
  tensors: NamedTensors,
  dtype: StoredType,
) {
  const { header, places } = layOut(shapes, dtype);
  const handle = await open(path, 'wx');
  try {
    await writeAll(handle, header, 0);
    const waiting = new Map(places);
    for await (const [name, values] of tensors) {
      const place = waiting.get(name);
      if (place === undefined) throw new EngineError(`${path}: the tensor ${name} is unknown or came twice`);
      waiting.delete(name);
      checkValues(path, name, values, place.count);
      if (values.some(x => Math.abs(x) > largest[dtype])) throw new EngineError(`${path}: ${name} holds a number too large for ${dtype}`);
      await writeAll(handle, encoders[dtype](values), place.begin);
    }
    const missing = waiting.keys().next();
    if (!missing.done) throw new EngineError(`${path}: the tensor ${missing.value} did not come`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

interface Place {
  readonly begin: number;
  readonly count: number;
}

function layOut(
  shapes: ReadonlyMap<string, readonly number[]>,
  dtype: StoredType,
): { header: Uint8Array; places: ReadonlyMap<string, Place> } {
  let at = 0;
  const described: Record<string, unknown> = { __metadata__: { format: 'pt' } }; // transformers 4 asks for it
  const counts = new Map<string, Place>();
  for (const [name, shape] of shapes) {
    const count = shape.reduce((product, size) => product * size, 1);
    const end = at + count * bytesPerValue[dtype];
    described[name] = { dtype, shape, data_offsets: [at, end] };
    counts.set(name, { begin: at, count });
    at = end;
  }
  const json = Buffer.from(JSON.stringify(described));
  const padded = Math.ceil(json.length / 8) * 8; // data aligned to 8 bytes, padding by spaces
  const header = Buffer.alloc(8 + padded, ' ');
  header.writeBigUInt64LE(BigInt(padded));
  json.copy(header, 8);
  return { header, places: new Map([...counts].map(([name, p]) => [name, { ...p, begin: p.begin + header.length }])) };
}

function checkValues(path: string, name: string, values: Float32Array, count: number): void {
  if (values.length !== count) throw new EngineError(`${path}: ${name} has ${values.length} values, ${count} are expected`);
  if (firstNonFinite(values) >= 0) throw new EngineError(`${path}: ${name} is not finite: training diverged, nothing was saved`);
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, Math.min(bytes.length - done, 64 << 20), position + done);
    done += bytesWritten;
  }
}
