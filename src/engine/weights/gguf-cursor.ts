// Reads a GGUF header from front to back through a window of 1 MiB, synchronously (a header is a few megabytes of tiny fields). Counts and
// lengths come from the file and may lie: each is compared with the bytes that are left before anything is allocated.
import { readSync } from 'node:fs';
import { ModelError } from '../../errors.ts';
import type { ModelFile } from './files.ts';

const windowBytes = 1 << 20;
const maxStringBytes = 64 << 20;

export interface Cursor {
  /** Bytes read so far: the position in the file. */
  readonly position: number;
  u8(what: string): number;
  u32(what: string): number;
  /** A 64-bit number that must be a length or count that JavaScript can hold. */
  u64(what: string): number;
  /** Raw bytes of a field, valid until the next call. */
  view(length: number, what: string): DataView;
  string(what: string): string;
  /** A count of things that take at least `bytesEach`; refused when the file could not hold them. */
  count(what: string, bytesEach: number): number;
}

export function openCursor(file: ModelFile): Cursor {
  const window = Buffer.alloc(Math.min(windowBytes, file.size));
  let begin = 0; // position of window[0]
  let end = 0; // bytes filled
  let position = 0;
  const left = () => file.size - position;

  const take = (length: number, what: string): Buffer => {
    if (length > left()) throw new ModelError(file.path, `ends inside ${what}: ${length} bytes are needed, ${left()} are left`);
    const from = position;
    position += length;
    if (length > window.length) return readAt(file, Buffer.alloc(length), from);
    if (from < begin || from + length > begin + end) {
      begin = from;
      end = Math.min(window.length, file.size - from);
      readAt(file, window.subarray(0, end), from);
    }
    return window.subarray(from - begin, from - begin + length);
  };
  const cursor: Cursor = {
    get position() {
      return position;
    },
    u8: what => take(1, what).readUInt8(),
    u32: what => take(4, what).readUInt32LE(),
    u64: what => {
      const value = take(8, what).readBigUInt64LE();
      if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new ModelError(file.path, `${what} is ${value}: damaged`);
      return Number(value);
    },
    view: (length, what) => {
      const bytes = take(length, what);
      return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    string: what => {
      const length = cursor.u64(`the length of ${what}`);
      if (length > Math.min(left(), maxStringBytes))
        throw new ModelError(file.path, `${what} claims ${length} bytes, ${left()} are left in the file`);
      return take(length, what).toString('utf8');
    },
    count: (what, bytesEach) => {
      const count = cursor.u64(what);
      if (count * bytesEach > left())
        throw new ModelError(file.path, `${what} is ${count}, more than the file (${file.size} bytes) can hold`);
      return count;
    },
  };
  return cursor;
}

function readAt(file: ModelFile, into: Buffer, position: number): Buffer {
  for (let done = 0; done < into.length; ) {
    const n = readSync(file.fd, into, done, into.length - done, position + done);
    if (n === 0) throw new ModelError(file.path, 'became shorter while it was read');
    done += n;
  }
  return into;
}
