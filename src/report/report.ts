// Writes what a run leaves for people and programs: report.html and summary.json, each whole or not at all.
import { writeWhole } from '../runs/atomic.ts';
import { layoutOf } from '../runs/layout.ts';
import { reportHtml } from './html.ts';
import { readRun } from './read-run.ts';
import { type Summary, summaryOf, writeSummary } from './summary.ts';

/** Reads a run directory, finished or under way, and writes its report.html and summary.json. Throws ConfigError where `dir` is no run. */
export async function writeReport(dir: string): Promise<Summary> {
  const run = await readRun(dir);
  const summary = summaryOf(run);
  await writeWhole(layoutOf(dir).report, reportHtml(run));
  await writeSummary(dir, summary);
  return summary;
}
