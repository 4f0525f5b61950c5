// rest-em models pull ID: a model of the Hugging Face Hub into the Hub's own cache, checked by size and hash; prints the path to open.
import { ConfigError } from '../errors.ts';
import type { CliCommand, Context } from './command.ts';

export const modelsPull: CliCommand = {
  name: 'pull',
  summary: 'bring a model of the Hugging Face Hub here, into its cache',
  declare: command =>
    command
      .argument('<id>', 'a model such as HuggingFaceTB/SmolLM2-135M-Instruct')
      .option('--revision <name>', 'a branch, a tag or a commit', 'main')
      .option('--file <name>', 'a GGUF file of it, or a part of its name such as q8_0')
      .option('--offline', 'use what is in the cache (HF_HUB_OFFLINE=1 does the same)')
      .option('--json', 'print JSON'),
  async act([id = ''], options, context) {
    const { parseModelName, pullModel } = await import('../data/models.ts');
    const { checkWithoutWeights } = await import('../config/model.ts');
    const { hubCacheOf, hubOf, isHubOffline } = await import('./hub.ts');
    const revision = String(options.revision);
    if (!/^[\w./-]+$/.test(revision) || revision.includes('..'))
      throw new ConfigError({ field: '--revision', message: `got ${JSON.stringify(revision)}; accepted: a branch, a tag or a commit` });
    const named = parseModelName(id);
    const pulled = await pullModel(
      { ...named, ...(revision !== 'main' && { revision }), ...(typeof options.file === 'string' && { file: options.file }) },
      {
        hub: { ...hubOf(context), onBytes: bytesShown(context) },
        hubCache: hubCacheOf(context),
        isOffline: options.offline === true || isHubOffline(context),
        onFile: file => context.err(`${file}\n`),
        checkFolder: checkWithoutWeights,
      },
    );
    context.out(options.json ? `${JSON.stringify(pulled, null, 2)}\n` : `${pulled.path}\n`);
  },
};

/** Milliseconds between two lines about a file that is coming. */
const EVERY = 5000;

/** Says how much of a large file is here, now and then. */
function bytesShown({ clock, err }: Pick<Context, 'clock' | 'err'>) {
  let last = clock();
  return (_: string, have: number, total: number | null): void => {
    if (clock() - last < EVERY) return;
    last = clock();
    const of = total === null ? '' : ` of ${(total / 1e6).toFixed(0)}`;
    err(`  ${(have / 1e6).toFixed(0)}${of} MB\n`);
  };
}
