// Parquet, all codecs, as data sets come from the Hugging Face Hub. 64-bit columns arrive as BigInt, which cellText knows.
// Rows are counted from 1, as they have no lines.
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { ConfigError } from '../errors.ts';
import type { FileRows } from './rows.ts';

export async function readParquet(file: string): Promise<FileRows> {
  const records = await readRecords(file);
  const rows = records.map((columns, i) => ({ place: `${file}:${i + 1}`, number: i + 1, columns }));
  return { rows, complaints: [] };
}

async function readRecords(file: string): Promise<Record<string, unknown>[]> {
  try {
    return await parquetReadObjects({ file: await asyncBufferFromFile(file), compressors });
  } catch (error) {
    throw new ConfigError({ field: file, message: `cannot be read as Parquet: ${(error as Error).message.split('\n', 1)[0]}` });
  }
}
