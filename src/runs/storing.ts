// The one place where an error of the file system becomes a StoreError, with what was being done and the cause. A full disk is told in words,
// because the way on is the user's: make room, then the same command again.
import { StoreError } from '../errors.ts';

const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; make room and start the same command again',
  EDQUOT: 'the disk quota is used up; make room and start the same command again',
  EFBIG: 'the file would grow past the allowed size; raise the limit and start the same command again',
  EACCES: 'permission denied',
  EROFS: 'the file system is read-only',
};

/** Runs `work` on the file system; what it throws becomes a StoreError that begins with `what`. */
export async function storing<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw storeError(what, cause);
  }
}

/** The error of `cause` as a StoreError; one that is a StoreError already stays as it is. */
export function storeError(what: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const code = codeOf(cause) ?? '';
  return new StoreError(`${what}: ${WORDS[code] ?? String(cause instanceof Error ? cause.message : cause)}`, { cause });
}

/** The code of an error of the file system ('ENOENT', …), or undefined. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

export const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';
