// CSV with a head row (RFC 4180): fields in double quotes may hold commas, line ends and doubled quotes. Every cell is text. A row is counted
// from 1 after the head.
import { readFile } from 'node:fs/promises';
import { type Complaint, ConfigError } from '../errors.ts';
import type { FileRows, Row } from './rows.ts';

export async function readCsv(file: string): Promise<FileRows> {
  const [head, ...records] = recordsOf(file, (await readFile(file, 'utf8')).replace(/^\uFEFF/, ''));
  const rows: Row[] = [];
  const complaints: Complaint[] = [];
  for (const [i, cells] of records.entries()) {
    const place = `${file}:${i + 1}`;
    const isWhole = cells.length === head!.length;
    if (isWhole) rows.push({ place, number: i + 1, columns: Object.fromEntries(head!.map((name, j) => [name.trim(), cells[j]])) });
    else complaints.push({ field: place, message: `has ${cells.length} cells where the head has ${head!.length}` });
  }
  return { rows, complaints };
}

const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

function recordsOf(file: string, text: string): string[][] {
  const records: string[][] = [];
  let cells: string[] = [];
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex < text.length) {
    const at = FIELD.lastIndex;
    const match = FIELD.exec(text);
    if (!match) throw new ConfigError({ field: file, message: `cannot be read as CSV at character ${at + 1}` });
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    const isLast = match[3] !== ',';
    if (!isLast && FIELD.lastIndex === text.length) cells.push('');
    if (!isLast && FIELD.lastIndex < text.length) continue;
    if (cells.length > 1 || cells[0] !== '') records.push(cells);
    cells = [];
  }
  return records;
}
