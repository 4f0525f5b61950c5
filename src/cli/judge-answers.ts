// rest-em judge answers: the verifier of final answers as a filter.
// In {"id"?, "reference", "answer"} or {"id"?, "reference", "completion"} (the answer is extracted first),
// out {"id", "verdict", "reward", "reason", "extracted"?}; the reward of a failed line is null.
import type { Rules } from '../verifiers/answers/conventions.ts';
import type { Verdict } from '../verifiers/verdict.ts';
import type { CliCommand } from './command.ts';
import type { JsonLine } from './json-lines.ts';
import { collect } from './options.ts';

export const judgeAnswers: CliCommand = {
  name: 'answers',
  summary: 'whether each answer, or the answer in each completion, is the reference',
  declare: command =>
    command
      .option('--in <file>', 'JSON lines {"id"?, "reference", "answer" or "completion"} (default: standard input)')
      .option('--rules <name>', 'default, strict-math (the official rule of MATH) or gsm8k', 'default')
      .option('--set <convention=value>', 'what counts as the same answer, such as rounding=1e-4 (repeatable)', collect)
      .option('--fallback <name>', 'what a completion without a marker gives: none, last-number or last-math', 'none'),
  async act(_, options, context) {
    const { answerRules, fallbackOf } = await import('./answer-options.ts');
    const { filterLines } = await import('./json-lines.ts');
    const rules = answerRules(String(options.rules), (options.set as readonly string[] | undefined) ?? []);
    const judgeLine = await lineJudge(rules, fallbackOf(String(options.fallback)));
    await filterLines(context, options.in === undefined ? undefined : String(options.in), judgeLine);
  },
};

async function lineJudge(rules: Rules, fallback: 'none' | 'last-number' | 'last-math'): Promise<(line: JsonLine) => object> {
  const { extractAnswer } = await import('../verifiers/answers/extract/extract.ts');
  const { judgeAnswer } = await import('../verifiers/answers/judge.ts');
  const { judgeExtracted, referenceAnswer } = await import('../verifiers/answers/verifier.ts');
  const { failed } = await import('../verifiers/verdict.ts');
  /** A whole box is unwrapped even where the caller says that this is the answer. */
  const bare = (answer: string): string => (/boxed|fbox/.test(answer) ? (extractAnswer(answer, { weak: false }).text ?? answer) : answer);
  return line => {
    if ('wrong' in line) return verdictLine(null, failed(line.wrong));
    const { id = null, reference, answer, completion } = line.record;
    const wrong = wrongIn(reference, answer, completion);
    if (wrong !== null) return verdictLine(id, failed(wrong));
    const expected = referenceAnswer(String(reference));
    if (typeof answer === 'string') return verdictLine(id, judgeAnswer(expected, bare(answer), rules));
    const extraction = extractAnswer(String(completion), { fallback });
    return verdictLine(id, judgeExtracted(expected, extraction, rules), extraction.text);
  };
}

const isText = (value: unknown): boolean => typeof value === 'string';

function wrongIn(reference: unknown, answer: unknown, completion: unknown): string | null {
  if (!isText(reference)) return reference === undefined ? 'has no "reference"' : '"reference" is not a text';
  if (answer !== undefined && completion !== undefined) return 'has both "answer" and "completion"; give one';
  if (answer === undefined && completion === undefined) return 'has neither "answer" nor "completion"';
  if (!isText(answer ?? completion)) return `"${answer === undefined ? 'completion' : 'answer'}" is not a text`;
  return null;
}

function verdictLine(id: unknown, verdict: Verdict, extracted?: string | null): object {
  const reward = verdict.kind === 'failed' ? null : verdict.reward;
  const found = extracted === undefined ? {} : { extracted };
  return { id, verdict: verdict.kind, reward, reason: shortened(verdict.reason), ...found };
}

/** A reason may quote an answer of a megabyte. */
const shortened = (reason: string): string => (reason.length > 500 ? `${reason.slice(0, 500)}…` : reason);
