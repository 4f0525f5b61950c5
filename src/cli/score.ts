// rest-em score MODEL --in FILE.jsonl: the log-probability of every token of given completions, natural log, one JSON line a row, in order.
// The whole file is checked before the model is opened.
import { resolve } from 'node:path';
import type { ScoreRow } from '../policy/policy.ts';
import type { CliCommand } from './command.ts';
import { withEngine } from './options.ts';

/** Rows handed to the engine at a time, so that a long file shows its first lines early. */
const AT_A_TIME = 256;

export const score: CliCommand = {
  name: 'score',
  summary: 'log-probabilities of given completions',
  declare: command =>
    withEngine(command)
      .argument('<model>', 'a Hugging Face folder, a GGUF file, or a checkpoint of a run')
      .requiredOption('--in <file>', 'JSONL rows {"id", "prompt" or "prompt_ids", "completion" or "completion_ids"}')
      .option('--json', 'the output is JSON in any case'),
  async act([argument = ''], options, context) {
    const { readScoreRows } = await import('./rows.ts');
    const { modelPath } = await import('./model-path.ts');
    const { inspectModel } = await import('../config/model.ts');
    const { checkRows } = await import('../config/score-rows.ts');
    const { deviceOf, withPolicy } = await import('./engine.ts');
    const rows = readScoreRows(resolve(context.cwd, String(options.in)));
    const model = await modelPath(argument, context);
    const inspected = await inspectModel(model);
    checkRows(inspected, rows);
    const device = await deviceOf(options, context);
    await withPolicy({ ...options, device }, async policy => {
      for (let from = 0; from < rows.length && !context.signal.aborted; from += AT_A_TIME) {
        const part = rows.slice(from, from + AT_A_TIME);
        const scores = await policy.score(
          model,
          part.map((r): ScoreRow => r.row),
        );
        for (const [i, { id }] of part.entries()) context.out(`${JSON.stringify(scoreLine(id, scores[i]!))}\n`);
      }
    });
    await throwIfInterrupted(context.signal);
  },
};

const scoreLine = (id: unknown, logprobs: readonly number[]) => ({ id, logprobs, sum: logprobs.reduce((a, b) => a + b, 0) });

async function throwIfInterrupted(signal: AbortSignal): Promise<void> {
  const { Interrupted } = await import('../errors.ts');
  if (signal.aborted) throw new Interrupted('interrupted; give the same command again');
}
