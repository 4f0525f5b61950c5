// Whether two final answers say the same: the reference of a problem and the answer of a model, both already extracted. This file maps what was found
// to verdicts; mathematics.ts compares under conventions, hendrycks.ts and gsm8k.ts are the two official rules.
import { correct, failed, incorrect, unparsable, type Verdict } from '../verdict.ts';
import { RULES, type Rules } from './conventions.ts';
import { numberProblem, numbersEqual } from './gsm8k.ts';
import { hendrycksEqual } from './hendrycks.ts';
import { type Comparison, compareAnswers } from './mathematics.ts';
import { read } from './read.ts';
import { isProse } from './words/prose.ts';

const LONGEST_SHOWN = 120;

interface Method {
  readonly compare: (reference: string, answer: string, rules: Rules) => Comparison;
  readonly problem: (reference: string) => string | null;
}

const methods: Readonly<Record<Rules['method'], Method>> = {
  mathematics: { compare: (a, b, { conventions }) => compareAnswers(a, b, conventions), problem: unreadable },
  hendrycks: { compare: hendrycksEqual, problem: () => null },
  number: { compare: numbersEqual, problem: numberProblem },
};

/** Why this reference cannot be judged against, or null when it can. */
export function referenceProblem(reference: string, rules: Rules = RULES.default): string | null {
  return reference.trim() === '' ? 'the reference is empty' : methods[rules.method].problem(reference);
}

function unreadable(reference: string): string | null {
  const { tidied, plain, tree } = read(reference);
  if (tidied === '') return 'the reference is empty';
  if (isProse(plain) || tree.call(read(reference), 'plain') !== null) return null;
  return `the reference ${JSON.stringify(shortened(reference))} is neither a formula nor words`;
}

/** Judges an answer (already extracted) against the reference. Never throws; `failed` only for a reference that cannot be judged. */
export function judgeAnswer(reference: string, answer: string, rules: Rules = RULES.default): Verdict {
  try {
    return judge(reference, answer, rules);
  } catch (error) {
    return failed(`the judge broke: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function judge(reference: string, answer: string, rules: Rules): Verdict {
  if (reference.trim() === '') return failed('the reference is empty');
  const { isEqual, isRead, how } = methods[rules.method].compare(reference, answer, rules);
  const shown = shortened(answer.trim());
  // Two texts that are alike may still say nothing, and then they are no match.
  const problem = isEqual && how !== 'the same text' ? null : referenceProblem(reference, rules);
  if (problem) return failed(problem);
  if (isEqual) return correct(shown, how);
  return isRead ? incorrect(shown, `${how}; the reference is ${shortened(reference)}`) : unparsable(how);
}

const shortened = (text: string): string => (text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);
