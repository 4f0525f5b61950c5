// rest-em judge extract: takes the final answer out of each completion and judges nothing.
// In {"id"?, "completion"}, out {"id", "extracted": text or null, "marker"}.
import type { CliCommand } from './command.ts';
import type { JsonLine } from './json-lines.ts';

export const judgeExtract: CliCommand = {
  name: 'extract',
  summary: 'the final answer of each completion',
  declare: command =>
    command
      .option('--in <file>', 'JSON lines {"id"?, "completion"} (default: standard input)')
      .option('--fallback <name>', 'what a completion without a marker gives: none, last-number or last-math', 'none'),
  async act(_, options, context) {
    const { filterLines } = await import('./json-lines.ts');
    const { extractAnswer } = await import('../verifiers/answers/extract/extract.ts');
    const { fallbackOf } = await import('./answer-options.ts');
    const fallback = fallbackOf(String(options.fallback));
    const answer = (line: JsonLine): object => {
      if ('wrong' in line) return { id: null, extracted: null, marker: 'none', verdict: 'failed', reason: line.wrong };
      const { id = null, completion } = line.record;
      if (typeof completion !== 'string')
        return { id, extracted: null, marker: 'none', verdict: 'failed', reason: '"completion" is not a text' };
      const { text, marker } = extractAnswer(completion, { fallback });
      return { id, extracted: text, marker };
    };
    await filterLines(context, options.in === undefined ? undefined : String(options.in), answer);
  },
};
