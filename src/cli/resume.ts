// rest-em resume DIR: goes on with a run from what its config.json says; the configuration it came from need not be there any more.
import { resolve } from 'node:path';
import type { CliCommand } from './command.ts';
import { physicalCores } from './cores.ts';

export const resume: CliCommand = {
  name: 'resume',
  summary: 'go on with a run that was stopped',
  declare: command =>
    command.argument('<dir>', 'the directory of a run').option('--json', 'print the summary as JSON').option('--quiet', 'no progress'),
  async act([argument = ''], options, context) {
    const { readSavedSettings } = await import('../config/saved.ts');
    const { resolvePlan } = await import('../config/resolve.ts');
    const dir = resolve(context.cwd, argument);
    const resolved = await resolvePlan(readSavedSettings(dir), { cwd: context.cwd, threads: physicalCores(), dir });
    const { execute } = await import('./execute.ts');
    await execute(resolved, { isJson: options.json === true, isQuiet: options.quiet === true }, context);
  },
};
