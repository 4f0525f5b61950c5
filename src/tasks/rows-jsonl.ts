// JSON Lines: one record a line, UTF-8. Empty lines are skipped, a byte order mark is dropped; a bad line is named with its number.
import { readFile } from 'node:fs/promises';
import { type Complaint, ConfigError } from '../errors.ts';
import type { FileRows, Row } from './rows.ts';

export async function readJsonl(file: string): Promise<FileRows> {
  const rows: Row[] = [];
  const complaints: Complaint[] = [];
  for (const [i, line] of decoded(file, await readFile(file))
    .split('\n')
    .entries()) {
    if (line.trim() === '') continue;
    const place = `${file}:${i + 1}`;
    const parsed = parsedLine(line);
    if ('columns' in parsed) rows.push({ place, number: rows.length + complaints.length + 1, columns: parsed.columns, source: line });
    else complaints.push({ field: place, message: parsed.wrong });
  }
  return { rows, complaints };
}

function decoded(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigError({ field: file, message: 'is not UTF-8 text' });
  }
}

function parsedLine(line: string): { readonly columns: Record<string, unknown> } | { readonly wrong: string } {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { columns: value as Record<string, unknown> };
    return { wrong: 'is not a record; a line looks like {"question": "…", "answer": "…"}' };
  } catch (error) {
    return { wrong: `is not JSON: ${(error as Error).message.replaceAll('\n', ' ')}` };
  }
}
