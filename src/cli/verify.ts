// rest-em verify DIR: every sample of a run judged again with the task as it is now, without sampling; the ledger is not touched.
import { resolve } from 'node:path';
import type { CliCommand } from './command.ts';

export const verify: CliCommand = {
  name: 'verify',
  summary: 'judge the samples of a run again, without sampling',
  declare: command => command.argument('<dir>', 'the directory of a run').option('--json', 'print JSON'),
  async act([argument = ''], options, context) {
    const { readSavedSettings } = await import('../config/saved.ts');
    const { openTask } = await import('../config/task.ts');
    const { verifyRun } = await import('../loop/verify-run.ts');
    const dir = resolve(context.cwd, argument);
    const { task } = await openTask(readSavedSettings(dir).task);
    const result = await verifyRun(dir, task);
    context.out(`${JSON.stringify(result, null, options.json ? 2 : 0)}\n`);
  },
};
