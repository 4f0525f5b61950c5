// Rows with named columns out of a file: the formats are a table by extension, a new one is a file beside this and a row in it. Everything
// that is wrong with a file is found in one reading and reported together, each with its line. Not a data frame: a row is a plain record,
// a cell that a task asks for is text.
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { type Complaint, ConfigError } from '../errors.ts';

export interface Row {
  /** Where the row stands, for a complaint: "train.jsonl:12". */
  readonly place: string;
  /** Counted from 1, empty lines left out. */
  readonly number: number;
  readonly columns: Readonly<Record<string, unknown>>;
  /** The line it was read from, where a format has lines: its numbers with all their digits. */
  readonly source?: string;
}

export interface FileRows {
  readonly rows: readonly Row[];
  /** Rows that could not be read at all. */
  readonly complaints: readonly Complaint[];
}

/** Reads a whole file. Throws ConfigError when it is not of the format; a single bad row is a complaint. */
type ReadFormat = (file: string) => Promise<FileRows>;

const formats: Readonly<Record<string, ReadFormat>> = {
  '.jsonl': async file => (await import('./rows-jsonl.ts')).readJsonl(file),
  '.csv': async file => (await import('./rows-csv.ts')).readCsv(file),
  '.parquet': async file => (await import('./rows-parquet.ts')).readParquet(file),
};

/** The rows of a file, in order, each with at least the named columns. Throws one ConfigError with all that is wrong. */
export async function readRows(file: string, columns: readonly string[]): Promise<readonly Row[]> {
  const read = formats[extname(file).toLowerCase()];
  if (!read) throw new ConfigError({ field: file, message: `not a format we read; accepted: ${Object.keys(formats).join(', ')}` });
  if (!(await isFile(file))) throw new ConfigError({ field: file, message: 'there is no such file' });
  const { rows, complaints } = await read(file);
  refuse([...complaints, ...rows.flatMap(row => missingColumns(row, columns))]);
  if (rows.length === 0) throw new ConfigError({ field: file, message: 'has no rows' });
  return rows;
}

const isFile = async (file: string): Promise<boolean> => (await stat(file).catch(() => null))?.isFile() ?? false;

function missingColumns(row: Row, columns: readonly string[]): Complaint[] {
  const missing = columns.filter(column => !Object.hasOwn(row.columns, column));
  const there = Object.keys(row.columns).join(', ') || 'none';
  return missing.length === 0
    ? []
    : [{ field: row.place, message: `no column ${missing.map(c => `'${c}'`).join(', ')}; there are: ${there}` }];
}

const SHOWN = 20;

/** Throws what is wrong as one ConfigError: the first twenty, and how many more. */
export function refuse(complaints: readonly Complaint[]): void {
  if (complaints.length === 0) return;
  const shown = complaints.slice(0, SHOWN);
  const more = complaints.length - shown.length;
  throw new ConfigError(more === 0 ? shown : [...shown, { field: 'and', message: `${more} more of the kind` }]);
}

/** A cell as text; null for what has no one text: null, lists, records, and numbers that JSON has already rounded. */
export function cellText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'number' || !Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) return null;
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/0+$/, '') : text;
}
