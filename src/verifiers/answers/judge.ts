// Whether two final answers say the same: the reference of a problem and the answer of a model. Thin first version: text alone.
import { correct, failed, incorrect, unparsable, type Verdict } from '../verdict.ts';
import { RULES, type Rules } from './conventions.ts';

/** Why this reference cannot be judged against, or null when it can. */
export function referenceProblem(reference: string, _rules: Rules = RULES.default): string | null {
  return reference.trim() === '' ? 'the reference is empty' : null;
}

/** Judges an answer (already extracted) against the reference. Never throws; `failed` only for a reference that cannot be judged. */
export function judgeAnswer(reference: string, answer: string, rules: Rules = RULES.default): Verdict {
  const problem = referenceProblem(reference, rules);
  if (problem) return failed(problem);
  if (answer.trim() === '') return unparsable('the answer is empty');
  return reference.trim() === answer.trim()
    ? correct(answer.trim(), 'same text')
    : incorrect(answer.trim(), `the reference is ${reference}`);
}
