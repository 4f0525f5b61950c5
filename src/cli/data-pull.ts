// rest-em data pull NAME: a data set of the Hugging Face Hub into the Hub's own cache, checked by size and hash; prints its files.
import { ConfigError } from '../errors.ts';
import type { CliCommand } from './command.ts';

export const dataPull: CliCommand = {
  name: 'pull',
  summary: 'bring a data set of the Hugging Face Hub here, into its cache',
  declare: command =>
    command
      .argument('<name>', 'a set of `data list`, or an id such as openai/gsm8k')
      .option('--revision <name>', 'a branch, a tag or a commit', 'main')
      .option('--offline', 'use what is in the cache (HF_HUB_OFFLINE=1 does the same)')
      .option('--json', 'print JSON'),
  async act([name = ''], options, context) {
    const { pull } = await import('../data/pull.ts');
    const { hubCacheOf, hubOf, isHubOffline } = await import('./hub.ts');
    const revision = String(options.revision);
    if (!/^[\w./-]+$/.test(revision) || revision.includes('..'))
      throw new ConfigError({ field: '--revision', message: `got ${JSON.stringify(revision)}; accepted: a branch, a tag or a commit` });
    const pulled = await pull(name, {
      hub: hubOf(context),
      hubCache: hubCacheOf(context),
      isOffline: options.offline === true || isHubOffline(context),
      revision,
      onFile: file => context.err(`${file}\n`),
    });
    if (options.json) context.out(`${JSON.stringify({ name, splits: pulled }, null, 2)}\n`);
    else for (const { split, files } of pulled) for (const file of files) context.out(`${split}\t${file}\n`);
  },
};
