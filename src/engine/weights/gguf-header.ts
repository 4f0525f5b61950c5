// A GGUF file's header (versions 2 and 3): magic, counts, metadata, then one line per tensor, then the data, aligned. The tensors' places are
// checked against each other and against the file's size, so that reading one later can neither run out nor take another's bytes.
import { ModelError } from '../../errors.ts';
import { type EncodingName, encodings } from './encodings.ts';
import type { ModelFile } from './files.ts';
import { type Cursor, openCursor } from './gguf-cursor.ts';
import { type Metadata, readMetadata } from './gguf-metadata.ts';
import type { TensorEntry } from './tensors.ts';

export interface GgufEntry extends TensorEntry {
  readonly dtype: EncodingName;
}

export interface GgufHeader {
  readonly metadata: Metadata;
  /** By GGUF's own names. */
  readonly tensors: ReadonlyMap<string, GgufEntry>;
}

// GGML's type numbers. Those that `encodings` lacks are known by name only, so that the refusal can say it; 4, 5 and 31 to 33 were removed.
const typeNames: Readonly<Record<number, string>> = {
  0: 'F32',
  1: 'F16',
  2: 'Q4_0',
  3: 'Q4_1',
  6: 'Q5_0',
  7: 'Q5_1',
  8: 'Q8_0',
  9: 'Q8_1',
  10: 'Q2_K',
  11: 'Q3_K',
  12: 'Q4_K',
  13: 'Q5_K',
  14: 'Q6_K',
  15: 'Q8_K',
  16: 'IQ2_XXS',
  17: 'IQ2_XS',
  18: 'IQ3_XXS',
  19: 'IQ1_S',
  20: 'IQ4_NL',
  21: 'IQ3_S',
  22: 'IQ2_S',
  23: 'IQ4_XS',
  24: 'I8',
  25: 'I16',
  26: 'I32',
  27: 'I64',
  28: 'F64',
  29: 'IQ1_M',
  30: 'BF16',
  34: 'TQ1_0',
  35: 'TQ2_0',
  39: 'MXFP4',
};

const maxDimensions = 4;
const leastKeyBytes = 13; // empty key, type, one byte
const leastTensorBytes = 24; // empty name, no dimensions, type, offset

function readStart(file: ModelFile) {
  const cursor = openCursor(file);
  checkVersion(file, cursor);
  const tensorCount = cursor.count('the number of tensors', leastTensorBytes);
  const keyCount = cursor.count('the number of metadata keys', leastKeyBytes);
  return { cursor, tensorCount, metadata: readMetadata(file.path, cursor, keyCount) };
}

/** What a file says of itself, whether or not its tensors are of types we read. Throws ModelError. */
export const readGgufMetadata = (file: ModelFile): Metadata => readStart(file).metadata;

/** Throws ModelError for everything that is wrong before the tensors' numbers. */
export function readGgufHeader(file: ModelFile): GgufHeader {
  const { cursor, tensorCount, metadata } = readStart(file);
  const infos = Array.from({ length: tensorCount }, (_, i) => readInfo(file, cursor, i, tensorCount));
  const alignment = metadata.number('general.alignment') ?? 32;
  if (!Number.isInteger(alignment) || alignment < 1 || (alignment & (alignment - 1)) !== 0) {
    throw new ModelError(file.path, `general.alignment is ${alignment}; a power of two is needed`);
  }
  return { metadata, tensors: place(file, infos, Math.ceil(cursor.position / alignment) * alignment, alignment) };
}

function checkVersion(file: ModelFile, cursor: Cursor): void {
  if (file.size < 24) throw new ModelError(file.path, `has ${file.size} bytes: too short for a GGUF file`);
  if (cursor.u32('the magic') !== 0x46554747) throw new ModelError(file.path, 'does not begin with GGUF: no GGUF file, or damaged');
  const version = cursor.u32('the version');
  if (version === 0x02000000 || version === 0x03000000)
    throw new ModelError(file.path, 'is a big-endian GGUF file; only little-endian ones are supported');
  if (version !== 2 && version !== 3) throw new ModelError(file.path, `is GGUF version ${version}; accepted: 2 and 3`);
}

interface TensorInfo {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: EncodingName;
  /** Bytes from the start of the data. */
  readonly offset: number;
  readonly bytes: number;
}

function readInfo(file: ModelFile, cursor: Cursor, index: number, of: number): TensorInfo {
  const name = cursor.string(`the name of tensor ${index + 1} of ${of}`);
  const fail = (what: string) => new ModelError(file.path, `the tensor ${name.slice(0, 80)} ${what}`);
  const dimensions = cursor.u32(`the dimensions of ${name}`);
  if (dimensions > maxDimensions) throw fail(`has ${dimensions} dimensions; at most ${maxDimensions} are possible`);
  const stored = Array.from({ length: dimensions }, () => cursor.u64(`a dimension of ${name}`));
  const dtype = encodingOf(cursor.u32(`the type of ${name}`), fail);
  const offset = cursor.u64(`the offset of ${name}`);
  const count = stored.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(count * 4)) throw fail(`of shape [${stored.join(', ')}] is larger than any file`);
  const { values, bytes } = encodings[dtype];
  if ((stored[0] ?? 1) % values !== 0) throw fail(`has rows of ${stored[0]}, no multiple of ${dtype}'s block of ${values}`);
  return { name, shape: stored.toReversed(), dtype, offset, bytes: (count / values) * bytes };
}

function encodingOf(type: number, fail: (what: string) => ModelError): EncodingName {
  const name = typeNames[type] ?? `type ${type}, which does not exist or was removed`;
  if (!isEncoding(name)) throw fail(`is stored as ${name}; accepted are ${Object.keys(encodings).join(', ')}`);
  return name;
}

const isEncoding = (name: string): name is EncodingName => Object.hasOwn(encodings, name);

function place(file: ModelFile, infos: readonly TensorInfo[], dataBegin: number, alignment: number): ReadonlyMap<string, GgufEntry> {
  const tensors = new Map<string, GgufEntry>();
  let at = dataBegin;
  for (const { name, shape, dtype, offset, bytes } of infos.toSorted((a, b) => a.offset - b.offset)) {
    const begin = dataBegin + offset;
    const end = begin + bytes;
    const fail = (what: string) => new ModelError(file.path, `the tensor ${name} ${what}`);
    if (tensors.has(name)) throw fail('occurs twice');
    if (offset % alignment !== 0) throw fail(`begins at ${offset}, no multiple of the alignment ${alignment}`);
    if (begin < at) throw fail('shares bytes with another tensor');
    if (end > file.size) throw fail(`ends at byte ${end}, the file at ${file.size}: truncated or damaged`);
    tensors.set(name, { file: file.path, shape, dtype, begin, end });
    at = end;
  }
  return tensors;
}
