// safetensors: 8 bytes length, a JSON header {name: {dtype, shape, data_offsets: [begin, end]}}, then the data, which the tensors must tile
// without hole or overlap. Reading is lazy (one tensor at a time) and strict; writing gives the same bytes for the same tensors.
// Not here: which tensors a model needs (tensors.ts), shards and their index (folder.ts).
import { ModelError } from '../../errors.ts';
import { encodings, readValues } from './encodings.ts';
import { type ModelFile, openModelFile } from './files.ts';
import { isObject, parseObjectStrictly } from './json.ts';
import type { TensorEntry } from './tensors.ts';

// Bits per value of every dtype that the format knows. Which of them are weights is said by `weightTypes`.
const bitsOf: Readonly<Record<string, number>> = {
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
};

/** The dtypes that can be read as weights. */
export const weightTypes = ['F32', 'BF16', 'F16'] as const;

const maxHeaderBytes = 100_000_000; // the reference reader's own limit

export interface SafetensorsFile {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Float32, whatever the dtype. Throws ModelError: unknown name, a dtype that is no weight type. */
  read(name: string): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Opens a file and checks its header whole; no tensor is read. Throws ModelError. */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const file = await openModelFile(path);
  try {
    const tensors = await readHeader(file);
    return { path, tensors, read: name => readTensor(file, tensors.get(name), name), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readTensor(file: ModelFile, entry: TensorEntry | undefined, name: string): Promise<Float32Array> {
  if (entry === undefined) throw new ModelError(file.path, `the tensor ${name} is missing`);
  const type = weightTypes.find(t => t === entry.dtype);
  if (type === undefined) throw new ModelError(file.path, `${name} is stored as ${entry.dtype}; accepted are ${weightTypes.join(', ')}`);
  return readValues(file, entry.begin, (entry.end - entry.begin) / encodings[type].bytes, encodings[type]);
}

async function readHeader(file: ModelFile): Promise<ReadonlyMap<string, TensorEntry>> {
  if (file.size < 8) throw new ModelError(file.path, `has ${file.size} bytes: too short for a safetensors file`);
  const start = await file.read(0, 8);
  const length = new DataView(start.buffer).getBigUint64(0, true);
  if (length < 2n || length > BigInt(Math.min(file.size - 8, maxHeaderBytes))) {
    throw new ModelError(
      file.path,
      `the header's length (${length}) does not fit the file (${file.size} bytes): damaged, or no safetensors file`,
    );
  }
  const header = parseObjectStrictly(file.path, decodeUtf8(file.path, await file.read(8, Number(length))));
  const dataBegin = 8 + Number(length);
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  const tensors = new Map(entries.map(([name, value]) => [name, parseEntry(file.path, name, value, dataBegin)]));
  checkTiling(file, tensors, dataBegin);
  return tensors;
}

function decodeUtf8(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ModelError(path, `the header is not UTF-8 (${String(cause)})`);
  }
}

function parseEntry(file: string, name: string, value: unknown, dataBegin: number): TensorEntry {
  const fail = (what: string) => new ModelError(file, `the tensor ${name} ${what}`);
  if (!isObject(value)) throw fail('has no description');
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(bitsOf, dtype)) throw fail(`has the unknown dtype ${JSON.stringify(dtype)}`);
  if (!isSizes(shape)) throw fail(`has the shape ${JSON.stringify(shape)}`);
  if (!isSizes(offsets) || offsets.length !== 2) throw fail(`has the offsets ${JSON.stringify(offsets)}`);
  const [begin, end] = [offsets[0]!, offsets[1]!];
  const bits = shape.reduce((product, size) => product * size, bitsOf[dtype]!);
  if (!Number.isSafeInteger(bits) || bits / 8 !== end - begin) {
    throw fail(`of shape [${shape.join(', ')}] and dtype ${dtype} does not fill its bytes ${begin} to ${end}`);
  }
  return { file, dtype, shape, begin: dataBegin + begin, end: dataBegin + end };
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(size => Number.isSafeInteger(size) && size >= 0);
}

/** The data must be covered exactly: otherwise one tensor's bytes could be another's, or the file was cut. */
function checkTiling(file: ModelFile, tensors: ReadonlyMap<string, TensorEntry>, dataBegin: number): void {
  let at = dataBegin;
  for (const [name, { begin, end }] of [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at)
      throw new ModelError(
        file.path,
        `the tensor ${name} begins at byte ${begin}, the one before it ends at ${at}: ${begin > at ? 'a hole' : 'an overlap'}`,
      );
    at = end;
  }
  if (at !== file.size)
    throw new ModelError(
      file.path,
      `the tensors end at byte ${at}, the file at ${file.size}: ${at > file.size ? 'truncated' : 'bytes too many'}`,
    );
}
