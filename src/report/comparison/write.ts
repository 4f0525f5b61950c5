// Writes what a comparison leaves: comparison.json for programs, comparison.html for people, and the table for the terminal.
import { join } from 'node:path';
import { writeWhole } from '../../runs/atomic.ts';
import { figuresOf } from './figures.ts';
import { comparisonHtml } from './page.ts';
import { readComparison } from './read.ts';
import { comparisonTable } from './table.ts';

/** Reads all runs under `dir`, writes comparison.json and comparison.html. Throws ConfigError where there is no run. */
export async function writeComparison(dir: string): Promise<{ readonly table: string; readonly json: string; readonly page: string }> {
  const figures = figuresOf(await readComparison(dir));
  const json = `${JSON.stringify(figures, null, 2)}\n`;
  const page = join(dir, 'comparison.html');
  await writeWhole(join(dir, 'comparison.json'), json);
  await writeWhole(page, comparisonHtml(figures));
  return { table: comparisonTable(figures), json, page };
}
