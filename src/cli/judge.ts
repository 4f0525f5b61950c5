// rest-em judge answers|extract|…: the verifiers as filters, for pipelines, other tools and disputes: one JSON object a line in, one out, in order.
// Each is a file of its own (judge-answers.ts is the one to copy) and a row here; what they share, line in to line out, is json-lines.ts.
import type { CliGroup } from './command.ts';
import { judgeAnswers } from './judge-answers.ts';
import { judgeCode } from './judge-code.ts';
import { judgeExtract } from './judge-extract.ts';

export const judge: CliGroup = {
  name: 'judge',
  summary: 'the verifiers as filters: JSON lines in, verdicts out',
  commands: [judgeAnswers, judgeCode, judgeExtract],
};
