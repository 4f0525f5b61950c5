// rest-em report DIR: the page, the summary and the table of a run, finished or under way, from its files alone. The file to copy for a new command.
import { join, resolve } from 'node:path';
import type { CliCommand } from './command.ts';

export const report: CliCommand = {
  name: 'report',
  summary: 'write report.html and summary.json of a run, print its table',
  declare: command => command.argument('<dir>', 'the directory of a run').option('--json', 'print the summary as JSON'),
  async act([argument = ''], options, context) {
    const { findRun } = await import('../config/saved.ts');
    const { readRun } = await import('../report/read-run.ts');
    const { writeReport } = await import('../report/report.ts');
    const { tableOf } = await import('../report/table.ts');
    const dir = resolve(context.cwd, argument);
    findRun(dir);
    const summary = await writeReport(dir);
    context.out(options.json ? `${JSON.stringify(summary, null, 2)}\n` : tableOf(await readRun(dir)));
    context.err(`${join(dir, 'report.html')}\n`);
  },
};
