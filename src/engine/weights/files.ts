// Model files on disk: opened once, read at positions, never as a whole. A model can be larger than memory allows twice over,
// and a damaged one may claim any size, so every length is compared with the file's size before a byte is allocated.
// Errors of the file system become ModelErrors that name the file; nothing here knows a format.
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { ModelError } from '../../errors.ts';

export interface ModelFile {
  readonly path: string;
  /** Bytes, taken when the file was opened. */
  readonly size: number;
  /** Operating system descriptor, for headers that are read synchronously. */
  readonly fd: number;
  /** Exactly `length` bytes. Throws ModelError when the file is shorter. */
  read(position: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

/** Opens a regular file for reading. Throws ModelError: missing, a folder, not readable. */
export async function openModelFile(path: string): Promise<ModelFile> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw fileError(path, error);
  });
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new ModelError(path, 'is not a regular file');
    const size = stat.size;
    return {
      path,
      size,
      fd: handle.fd,
      read: (position, length) => readExactly(handle, path, size, position, length),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readExactly(handle: FileHandle, path: string, size: number, position: number, length: number) {
  if (position + length > size)
    throw new ModelError(path, `ends after ${size} bytes, ${position + length} are needed: truncated or damaged`);
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw new ModelError(path, `became shorter while it was read (${position + done} bytes left)`);
    done += bytesRead;
  }
  return bytes;
}

/** A small text file; null when it is absent. Throws ModelError when it cannot be read. */
export async function readTextIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw fileError(path, error);
  }
}

/** The same, for a file that must be there. */
export async function readText(path: string): Promise<string> {
  const text = await readTextIfThere(path);
  if (text === null) throw new ModelError(path, 'is missing');
  return text;
}

export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function fileError(path: string, error: unknown): ModelError {
  const code = errorCode(error);
  return new ModelError(path, code === 'ENOENT' || code === 'ENOTDIR' ? 'is missing' : `cannot be read (${code || String(error)})`);
}
