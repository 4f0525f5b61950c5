// rest-em run CONFIG: a configuration becomes a run; in a directory that holds this run already it goes on where it was.

import type { CliCommand } from './command.ts';
import { physicalCores } from './cores.ts';
import { hubCacheOf } from './hub.ts';
import { freeBytes } from './memory.ts';
import { withDevice, withSet } from './options.ts';

export const run: CliCommand = {
  name: 'run',
  summary: 'make a model better: sample, keep what is correct, fine-tune, measure, repeat',
  declare: command =>
    withDevice(withSet(command))
      .argument('<config>', 'a configuration: .ts, .js, .yaml or .json')
      .option('--dir <dir>', 'where the run is written (default: runs/NAME)')
      .option('--dry-run', 'check everything, print the plan, do nothing')
      .option('--json', 'print the summary as JSON')
      .option('--show-batch', 'print the first training row as tokens with its loss mask, before it is fitted')
      .option('--quiet', 'no progress'),
  async act([config = ''], options, context) {
    const { loadConfig } = await import('../config/load.ts');
    const { resolvePlan } = await import('../config/resolve.ts');
    const { settings, file } = await loadConfig(config, {
      cwd: context.cwd,
      set: (options.set as string[] | undefined) ?? [],
      also: options.device === undefined ? [] : [{ path: ['engine', 'device'], value: options.device }],
      hubCache: hubCacheOf(context),
    });
    const dir = options.dir as string | undefined;
    const resolved = await resolvePlan(settings, {
      cwd: context.cwd,
      threads: physicalCores(),
      freeBytes: freeBytes(),
      file,
      ...(dir === undefined ? {} : { dir }),
    });
    if (options.dryRun) {
      const { describePlan, planFacts } = await import('./dry-run.ts');
      if (options.showBatch) {
        const { rowOfSolution } = await import('./show-batch.ts');
        (options.json ? context.err : context.out)(rowOfSolution(resolved));
      }
      context.out(options.json ? `${JSON.stringify(planFacts(resolved), null, 2)}\n` : describePlan(resolved));
      return;
    }
    const { execute } = await import('./execute.ts');
    await execute(
      resolved,
      { isJson: options.json === true, isQuiet: options.quiet === true, showsBatch: options.showBatch === true },
      context,
    );
  },
};
