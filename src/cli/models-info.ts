// rest-em models info PATH: what a file or folder holds, in a second, without reading its weights; --check reads them all.
import type { ModelInfo } from '../config/model-info.ts';
import type { CliCommand } from './command.ts';

export const modelsInfo: CliCommand = {
  name: 'info',
  summary: 'what a model is, how it is stored, and whether it runs here',
  declare: command =>
    command
      .argument('<model>', 'a Hugging Face folder, a GGUF file, or a checkpoint of a run')
      .option('--check', 'read every number; a model that must be refused ends with one line and exit code 2')
      .option('--json', 'print JSON'),
  async act([argument = ''], options, context) {
    const { modelPath } = await import('./model-path.ts');
    const { modelInfo } = await import('../config/model-info.ts');
    const { describeModel } = await import('./model-words.ts');
    const { freeBytes } = await import('./memory.ts');
    const info: ModelInfo = await modelInfo(await modelPath(argument, context), { check: options.check === true });
    context.out(options.json ? `${JSON.stringify(info, null, 2)}\n` : describeModel(info, freeBytes()));
  },
};
