// The verifier for problems whose answer is one number. Compares exactly (9.0 is 9, 6/4 is 1.5), on rationals, not on text or floats.
// `tolerance: 'rounded'` is for sets whose references are themselves rounded (mawps writes 2/3 as 0.6666666667): see isRounded.
// `require: 'true-equations'` refuses answers that are right by luck: RFT (arXiv 2308.01825) drops a path when any of its
// calculations is wrong; ours also wants at least one, and the answer to be what one of them gives.
import { equationsOf } from './equations.ts';
import { type Extract, extractors } from './extract.ts';
import { type Numeral, parseNumeral } from './numeral.ts';
import { formatRational, isEqual, roundsTo } from './rational.ts';
import { correct, failed, incorrect, unparsable, type Verdict } from './verdict.ts';

export interface NumberSettings {
  /** Where the final answer stands; the last number of the text when left out. */
  readonly extract?: Extract;
  /** Further demands on the text around a right answer. */
  readonly require?: 'true-equations' | undefined;
  /** 'none' (the default) compares exactly. */
  readonly tolerance?: 'none' | 'rounded';
}

/** Longer than any completion; checking the equations of more than this is refused rather than waited for. */
const LONGEST_CHECKED = 100_000;

/** A verifier for one numeric answer. It never throws; a reference that is no number is our failure, never a match. */
export function numberVerifier({ extract = 'last-number', require, tolerance = 'none' }: NumberSettings = {}) {
  const { looksFor, find } = extractors[extract];
  return (reference: string, completion: string): Verdict => {
    const expected = parseNumeral(reference);
    if (!expected) return failed(`the reference ${JSON.stringify(reference)} is not a number`);
    const found = find(completion);
    if (!found) return unparsable(`no ${looksFor} in the text`);
    if (!found.numeral) return unparsable(`${JSON.stringify(found.text)} is not one number`);
    const answer = formatRational(found.numeral.value);
    if (!matches[tolerance](found.numeral, expected)) return incorrect(answer, `answer ${answer}, reference ${reference}`);
    const objection = require ? luckIn(completion, found.numeral) : null;
    return objection ? incorrect(answer, `answer ${answer} is right, but ${objection}`) : correct(answer, `answer ${answer}`);
  };
}

const matches: Readonly<Record<'none' | 'rounded', (answer: Numeral, reference: Numeral) => boolean>> = {
  none: (answer, reference) => isEqual(answer.value, reference.value),
  rounded: (answer, reference) => isEqual(answer.value, reference.value) || isRounded(answer, reference),
};

/** Equal to the decimals that the less precise one shows, of which there must be two: 2/3 and 0.67 and 0.6667 agree; 3.3 and 3.33, 10 and 9.999 do not. */
function isRounded(a: Numeral, b: Numeral): boolean {
  const decimals = Math.min(a.decimals ?? Number.POSITIVE_INFINITY, b.decimals ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(decimals) && decimals >= 2 && roundsTo(a.value, b.value, decimals);
}

/** Why a right answer does not count, or null. */
function luckIn(completion: string, answer: Numeral): string | null {
  if (completion.length > LONGEST_CHECKED) return 'the text is too long for its equations to be checked';
  const equations = equationsOf(completion);
  const wrong = equations.find(equation => !equation.isTrue);
  if (wrong) return `${wrong.text} is false`;
  if (equations.length === 0) return 'no equation gives it';
  return equations.some(({ sides }) => sides.some(side => isEqual(side, answer.value))) ? null : 'none of its equations gives it';
}
