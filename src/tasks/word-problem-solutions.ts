// From what a set knows about its answers to a human solution in the form that we ask models for: one row per form. A formula that is no true
// arithmetic ("x+5=9", "17/5=3 r2", "LCM[4,6]=12") gives no solution: SFT on it would teach what the verifier refuses.
import { type Token, tokensOf } from '../verifiers/arithmetic.ts';
import { equationsOf, plainText } from '../verifiers/equations.ts';
import { formatRational } from '../verifiers/rational.ts';

/** The forms a configuration can name; null: this text has none. */
export const solutionForms = {
  /** As it stands. */
  text: text => text.trim(),
  /** GSM8K's solutions without their calculator annotations <<48/2=24>>. */
  'without-annotations': text => text.replace(/<<[^<>\n]*>>/g, '').trim(),
  /** "7+2=9" and "( 290.0 / 2.0 ) = 145" as "7 + 2 = 9" and "290 / 2 = 145". */
  equation: spacedEquations,
} as const satisfies Record<string, (text: string) => string | null>;

export type SolutionForm = keyof typeof solutionForms;

function spacedEquations(text: string): string | null {
  const clauses = text.split(';').filter(clause => clause.trim() !== '');
  const written = clauses.map(clause => spaced(tokensOf(plainText(clause))));
  const isTrue = written.every(clause => clause !== null && equationsOf(clause).length === 1 && equationsOf(clause)[0]!.isTrue);
  return isTrue && written.length > 0 ? written.join('; ') : null;
}

function spaced(tokens: readonly Token[]): string | null {
  const units = tokens.filter(token => token.kind !== 'word');
  const isTorn = units.some((token, i) => token.kind === 'opaque' || (token.kind === 'number' && units[i - 1]?.kind === 'number'));
  if (isTorn) return null; // "17 / 5 = 3 r2" without its word would say 32
  const kept = withoutOuterBrackets(units);
  return kept.reduce((text, token, i) => text + gapBefore(token, kept[i - 1], kept[i - 2]) + written(token), '');
}

/** "(290 / 2) = 145": the brackets around a whole side say nothing. */
function withoutOuterBrackets(tokens: readonly Token[]): readonly Token[] {
  const sign = tokens.findIndex(token => token.kind === 'equals');
  if (sign < 0 || tokens[0]?.kind !== 'open' || tokens[sign - 1]?.kind !== 'close' || closeOf(tokens) !== sign - 1) return tokens;
  return withoutOuterBrackets([...tokens.slice(1, sign - 1), ...tokens.slice(sign)]);
}

/** Where the bracket closes that the tokens begin with. */
function closeOf(tokens: readonly Token[]): number {
  let depth = 0;
  return tokens.findIndex(({ kind }) => {
    depth += kind === 'open' ? 1 : kind === 'close' ? -1 : 0;
    return depth === 0;
  });
}

const symbols = { open: '(', close: ')', equals: '=', word: '', opaque: '' } as const;

function written(token: Token): string {
  if (token.kind === 'number') return `${formatRational(token.value)}${token.percent ? '%' : ''}`;
  return token.kind === 'operator' ? token.operator : symbols[token.kind];
}

function gapBefore(token: Token, previous: Token | undefined, beforeThat: Token | undefined): string {
  const isSign = previous?.kind === 'operator' && !(beforeThat?.kind === 'number' || beforeThat?.kind === 'close');
  return !previous || previous.kind === 'open' || token.kind === 'close' || isSign ? '' : ' ';
}
