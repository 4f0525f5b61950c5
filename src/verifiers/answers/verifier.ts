// The verifier of tasks with one final answer: takes it out of the completion (extract/) and compares it with the reference (judge.ts).
// A reference may be a worked solution that carries its answer in a marker; it is taken out the same way, once. Not for answers that a program
// of the user's must judge.
import { failed, incorrect, unparsable, type Verdict } from '../verdict.ts';
import { RULES, type Rules } from './conventions.ts';
import { type ExtractOptions, extractAnswer } from './extract/extract.ts';
import type { Extraction } from './extract/marks.ts';
import { judgeAnswer, referenceProblem } from './judge.ts';

export interface AnswerSettings {
  readonly rules?: Rules;
  /** What a completion without a marker gives: nothing by default. */
  readonly fallback?: ExtractOptions['fallback'];
}

/** The answer that a reference holds: its box, its ####, its "the answer is"; the reference itself when it carries no marker. */
export const referenceAnswer = (reference: string): string => extractAnswer(reference, { weak: false }).text ?? reference;

/** Why a reference cannot be judged against, or null when it can. */
export const unjudgeable = (reference: string, rules: Rules = RULES.default): string | null =>
  referenceProblem(referenceAnswer(reference), rules);

/** A verifier for final answers of any kind. It never throws; a reference that cannot be judged is our failure, never a match. */
export function answerVerifier({ rules = RULES.default, fallback = 'none' }: AnswerSettings = {}) {
  const answerIn = lastOf(referenceAnswer);
  return (reference: string, completion: string): Verdict =>
    judgeExtracted(answerIn(reference), extractAnswer(completion, { fallback }), rules);
}

/** Judges what was taken out of a completion. The reference is an answer: see referenceAnswer. */
export function judgeExtracted(reference: string, { text }: Extraction, rules: Rules = RULES.default): Verdict {
  const problem = referenceProblem(reference, rules);
  if (problem !== null) return failed(problem);
  if (text === null) return unparsable('no final answer in the text');
  if (text.length > LONGEST_ANSWER) return incorrect(null, `the answer is ${text.length} characters long`);
  return judgeAnswer(reference, text, rules);
}

/** No reference is nearly as long. */
const LONGEST_ANSWER = 10_000;

/** Remembers the last call: the completions of one problem come one after another. */
function lastOf(make: (text: string) => string): (text: string) => string {
  let last: { readonly text: string; readonly made: string } | null = null;
  return text => {
    if (last?.text !== text) last = { text, made: make(text) };
    return last.made;
  };
}
