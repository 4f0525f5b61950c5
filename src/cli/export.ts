// rest-em export MODEL --to DIR|FILE.gguf: a checkpoint for others: a Hugging Face folder (transformers, vLLM), a GGUF file (llama.cpp), or with
// --adapter a PEFT adapter without its base.
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { ExportType } from '../config/export.ts';
import type { CliCommand } from './command.ts';

/** As in config/export.ts, which is not loaded to print --help. */
const TYPES: readonly ExportType[] = ['f32', 'bf16', 'f16', 'q8_0'];

export const exportCommand: CliCommand = {
  name: 'export',
  summary: 'write a checkpoint for others: a Hugging Face folder, a GGUF file or a PEFT adapter',
  declare: command =>
    command
      .argument('<model>', 'a Hugging Face folder, a GGUF file, or a checkpoint of a run')
      .requiredOption('--to <path>', 'a new folder, or a new file that ends in .gguf')
      .addOption(new Option('--type <name>', 'of the matrices (default: f16 for GGUF, as stored for a folder)').choices(TYPES))
      .option('--adapter', 'the adapter alone, as a PEFT folder (default: merged into its base)')
      .option('--json', 'print JSON'),
  async act([argument = ''], options, context) {
    const { modelPath } = await import('./model-path.ts');
    const { exportModel } = await import('../config/export.ts');
    const { count } = await import('../report/words.ts');
    const exported = await exportModel({
      path: await modelPath(argument, context),
      to: resolve(context.cwd, String(options.to)),
      type: (options.type as ExportType | undefined) ?? null,
      adapter: options.adapter === true,
    });
    if (options.json) {
      context.out(`${JSON.stringify(exported, null, 2)}\n`);
      return;
    }
    const { to, format, type, parameters, unquantised } = exported;
    if (unquantised > 0) context.err(`note: ${count(unquantised)} matrices are kept in F16: their rows are no whole blocks of 32\n`);
    context.out(`${to}\t${format}, ${type}, ${count(parameters)} parameters\n`);
  },
};
