// Files of one JSON value a line that grow at the end. A line counts when its newline is there: what a crash left behind the last newline
// is not read, and the next writer cuts it off. Files are read as a stream, because a run's samples can be larger than a string may be.
// Bytes are counted, not characters: the place to cut at must be exact.
import { createReadStream } from 'node:fs';
import { open, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StoreError } from '../errors.ts';
import { syncFolder } from './atomic.ts';
import { isMissing, storeError, storing } from './storing.ts';

const NEWLINE = 10;

export interface Line {
  readonly text: string;
  /** 1 for the first line. */
  readonly number: number;
  /** Bytes of the file up to and with this line's newline. */
  readonly end: number;
}

/** The whole lines of a file, none where there is no file. A half-written last line is left out. */
export async function* linesOf(file: string): AsyncGenerator<Line> {
  let pending: Buffer[] = [];
  let number = 0;
  let end = 0;
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
        const bytes = Buffer.concat([...pending, chunk.subarray(from, at)]);
        pending = [];
        from = at + 1;
        end += bytes.length + 1;
        yield { text: bytes.toString('utf8'), number: ++number, end };
      }
      if (from < chunk.length) pending.push(chunk.subarray(from));
    }
  } catch (error) {
    if (!isMissing(error)) throw storeError(`reading ${file}`, error);
  }
}

/** Whether the file ends with a whole line, or is empty. */
export const endsWhole = (file: string): Promise<boolean> =>
  storing(`reading ${file}`, async () => {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
      return size === 0 || buffer[0] === NEWLINE;
    } finally {
      await handle.close();
    }
  });

/** The values of a file, in order. Throws StoreError with the line's number where one is no JSON. */
export async function* readJsonl<T>(file: string): AsyncGenerator<T> {
  for await (const line of linesOf(file)) yield parseLine<T>(file, line);
}

/** Our own files: their shape is trusted, that they are JSON is not. */
export function parseLine<T>(file: string, line: Line): T {
  try {
    return JSON.parse(line.text) as T;
  } catch (cause) {
    throw new StoreError(`${file} line ${line.number} is no JSON: the file was changed or damaged`, { cause });
  }
}

export const jsonLines = (values: readonly unknown[]): string => values.map(value => `${JSON.stringify(value)}\n`).join('');

/** Appends values as one write and forces them to the disk. */
export const appendJsonl = (file: string, values: readonly unknown[]): Promise<void> =>
  storing(`writing ${file}`, async () => {
    const handle = await open(file, 'a');
    try {
      const isNew = (await handle.stat()).size === 0;
      await handle.appendFile(jsonLines(values));
      await handle.sync();
      if (isNew) await syncFolder(dirname(file));
    } finally {
      await handle.close();
    }
  });

/** Cuts a file to its first `bytes` bytes; returns how many were cut off. */
export const cutTo = (file: string, bytes: number): Promise<number> =>
  storing(`cutting ${file}`, async () => {
    const size = await sizeOf(file);
    if (size <= bytes) return 0;
    await truncate(file, bytes);
    return size - bytes;
  });

/** Cuts off a half-written last line; returns how many bytes that were. */
export async function cutHalfLine(file: string): Promise<number> {
  let end = 0;
  for await (const line of linesOf(file)) end = line.end;
  return cutTo(file, end);
}

async function sizeOf(file: string): Promise<number> {
  try {
    const handle = await open(file, 'r');
    try {
      return (await handle.stat()).size;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}
