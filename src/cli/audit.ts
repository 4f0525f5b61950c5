// rest-em audit DIR: the accepted samples of a run judged again by tests that no reward came from; audit.json in the run, and the share of false
// positives of each round. `report` shows the same.
import { resolve } from 'node:path';
import type { CliCommand } from './command.ts';

export const audit: CliCommand = {
  name: 'audit',
  summary: 'judge what a run accepted by tests that gave no rewards',
  declare: command => command.argument('<dir>', 'the directory of a run').option('--json', 'print JSON'),
  async act([argument = ''], options, context) {
    const { auditRun } = await import('../checks/audit.ts');
    const { readSavedSettings } = await import('../config/saved.ts');
    const { openTask } = await import('../config/task.ts');
    const { Interrupted } = await import('../errors.ts');
    const { auditTable } = await import('../report/audit.ts');
    const dir = resolve(context.cwd, argument);
    const { task } = await openTask(readSavedSettings(dir).task);
    const { signal } = context;
    const file = await auditRun(dir, task, signal).catch((error: unknown) => {
      throw signal.aborted ? new Interrupted('interrupted; give the same command again') : error;
    });
    context.out(options.json ? `${JSON.stringify(file, null, 2)}\n` : auditTable(file));
  },
};
