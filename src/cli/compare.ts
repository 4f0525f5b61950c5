// rest-em compare: several methods on the same problems, model and seeds, each with the same number of sampled tokens, and a control; a table and a page.
import { InvalidArgumentError } from 'commander';
import type { CliCommand } from './command.ts';
import { collect, whole, withSet } from './options.ts';

export const compare: CliCommand = {
  name: 'compare',
  summary: 'run several methods within the same budget of tokens and compare them',
  declare: command =>
    withSet(
      command
        .option('--methods <list>', 'all, or names such as rest-em,sft,star; the control `random` always stands beside them', 'all')
        .requiredOption('--task <task>', 'a built-in task such as minimath, or a configuration whose task, model and fit are meant')
        .option('--budget <tokens>', 'tokens that each method may sample to learn from', whole(1), 200_000)
        .option('--seed <number>', 'repeatable: every seed is a run of every method (default: 1)', seeds)
        .option('--model <model>', 'the base model (default: what the task is shipped with, or what the configuration says)')
        .option('--dir <dir>', 'where the runs are written (default: runs/compare-TASK)')
        .option('--json', 'print JSON')
        .option('--quiet', 'no progress'),
    ),
  async act(_, options, context) {
    const { compareMethods } = await import('./compare-methods.ts');
    await compareMethods(options, context);
  },
};

function seeds(value: string, before: readonly number[] = []): number[] {
  const seed = whole(0)(value);
  if (before.includes(seed)) throw new InvalidArgumentError(`${seed} is given twice.`);
  return collect(value, before.map(String)).map(Number);
}
