// A filter of JSON lines: what standard input, or a file, holds goes through a function line by line, and its answers go out in the same order.
// Streaming: nothing but the line at hand, and what a slow reader has not yet taken, is in memory. A line that is no JSON object
// or is too long does not stop the filter: `answer` is told what is wrong with it.
import { createReadStream, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { addAbortSignal, Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { ConfigError, Interrupted } from '../errors.ts';
import type { Context } from './command.ts';

/** One line: the record it holds, or why it holds none. */
export type JsonLine = { readonly record: Readonly<Record<string, unknown>> } | { readonly wrong: string };

/** Longer lines are answered without being read: a sample of a hundred megabytes is a mistake, not a sample. */
const LONGEST_LINE = 64 * 2 ** 20;
/** What is wrong with a line that is too long. */
export const TOO_LONG = `the line is longer than ${LONGEST_LINE / 2 ** 20} MB`;
/** Answers are handed on in pieces of about this many characters: a write a line would cost more than the judging. */
const PIECE = 1 << 16;

/** Sends every line of the input through `answer`, and its answers out. Throws ConfigError for a file that cannot be read, Interrupted on Ctrl-C. */
export async function filterLines(
  context: Context,
  file: string | undefined,
  answer: (line: JsonLine) => object | Promise<object>,
): Promise<void> {
  try {
    for await (const lines of readLines(context, file)) await answerAll(context, lines, answer);
  } catch (error) {
    if (context.signal.aborted) throw new Interrupted();
    throw error;
  }
}

/** The lines of a file, or of standard input, as they come; null for one that is too long. Throws ConfigError for a file that cannot be read. */
export function readLines(context: Context, file: string | undefined): AsyncGenerator<(string | null)[]> {
  const input = file === undefined ? context.input : opened(resolve(context.cwd, file), file);
  // A Ctrl-C must not wait for the next line of an input that is silent.
  if (input instanceof Readable) addAbortSignal(context.signal, input);
  return linesOf(input);
}

async function answerAll(
  context: Context,
  lines: readonly (string | null)[],
  answer: (line: JsonLine) => object | Promise<object>,
): Promise<void> {
  let piece = '';
  const flush = async () => {
    context.out(piece);
    piece = '';
    await context.drained();
  };
  for (const line of lines) {
    context.signal.throwIfAborted();
    piece += `${JSON.stringify(await answer(parsed(line)))}\n`;
    if (piece.length >= PIECE) await flush();
  }
  if (piece !== '') await flush();
}

function opened(path: string, name: string): AsyncIterable<Uint8Array> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new ConfigError({ field: name, message: 'there is no such file' });
  if (found.isDirectory()) throw new ConfigError({ field: name, message: 'is a folder; accepted: a file of JSON lines' });
  return createReadStream(path, { highWaterMark: PIECE });
}

/** The whole lines of each chunk, and at the end a last one that lacks its line end; null for one that is too long. */
async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<(string | null)[]> {
  const decoder = new StringDecoder('utf8');
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of input) {
    const pieces = decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)).split('\n');
    const lines: (string | null)[] = [];
    for (const [i, piece] of pieces.entries()) {
      length += piece.length;
      if (length > LONGEST_LINE) parts = [];
      else parts.push(piece);
      if (i === pieces.length - 1) break;
      lines.push(length > LONGEST_LINE ? null : parts.join(''));
      parts = [];
      length = 0;
    }
    yield lines;
  }
  const rest = parts.join('') + decoder.end();
  if (length > LONGEST_LINE) yield [null];
  else if (rest !== '') yield [rest];
}

function parsed(line: string | null): JsonLine {
  if (line?.trim() === '') return { wrong: 'the line is empty' };
  if (line === null) return { wrong: TOO_LONG };
  try {
    const value: unknown = JSON.parse(line.startsWith('\uFEFF') ? line.slice(1) : line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { record: value as Record<string, unknown> };
    return { wrong: 'the line is no JSON object' };
  } catch (error) {
    return { wrong: `the line is no JSON: ${(error as Error).message.replaceAll('\n', ' ').slice(0, 200)}` };
  }
}
