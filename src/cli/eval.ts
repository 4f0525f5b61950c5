// rest-em eval MODEL --task …: any model measured on a task by the loop's own evaluation: greedy, pass@k, maj@k, with intervals and by level.
import { InvalidArgumentError } from 'commander';
import type { CliCommand } from './command.ts';
import { between, whole, wholeList, withEngine, withPrecision, withSet } from './options.ts';

export const evaluate: CliCommand = {
  name: 'eval',
  summary: 'measure a model on a task',
  declare: command =>
    withEngine(
      withPrecision(
        withSet(
          command
            .argument('<model>', 'a Hugging Face folder, a GGUF file, or a checkpoint of a run')
            .requiredOption('--task <task>', 'a built-in task such as minimath, or a configuration whose task is meant')
            .option('--split <split>', 'test or train', splitName, 'test')
            .option('--limit <count>', 'only so many problems', whole(1))
            .option('--few-shot', "ask with the task's sampling prompt instead of its training prompt")
            .option('--samples <count>', 'completions a problem for pass@k and maj@k (0: greedy only)', whole(0))
            .option('--k <list>', 'such as 1,2,4', wholeList)
            .option('--temperature <number>', 'of the samples (default: 1)', between(0, 10))
            .option('--top-k <count>', 'of the samples (default: 0, all)', whole(0))
            .option('--top-p <number>', 'of the samples (default: 0.95)', between(0, 1))
            .option('--max-tokens <count>', "longest completion (default: the task's)", whole(1))
            .option('--seed <number>', 'the same seed, the same samples', whole(0))
            .option('--dir <dir>', 'keep the samples and eval.json there')
            .option('--json', 'print JSON')
            .option('--quiet', 'no progress'),
        ),
      ),
    ),
  async act([model = ''], options, context) {
    const { evaluateModel } = await import('./evaluate-model.ts');
    await evaluateModel(model, options, context);
  },
};

function splitName(value: string): string {
  if (value === 'test' || value === 'train') return value;
  throw new InvalidArgumentError('Accepted: test or train.');
}
