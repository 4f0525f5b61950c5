// Letters of multiple choice: C, (C), "Option C", "C Cecile", "(C) 12 apples". A letter with its label counts only beside a bare letter: two
// labelled answers are compared as text.

export interface Choice {
  readonly letter: string;
  /** Something stands behind the letter. */
  readonly isLabelled: boolean;
  /** What stands behind "(B)" or "B.". */
  readonly label: string | null;
}

const BARE = /^(?:(?:option|choice|answer)\s)?\(?([A-Za-z])\)?$/i;
const LABELLED = /^(?:(?:option|choice|answer)\s)?(?:\(([A-Z])\)[.:]?|([A-Z])[.):])\s(\S.*)$/;
const NAMED = /^([A-Z]) [A-Z]?[a-z]{2,}(?: [A-Za-z]+){0,6}$/;
const HEDGES = /\b(?:and|or|not|is|nor|neither|both)\b|[,;]/i;

/** \\text{(C)}7: what stands on is no label but a contradiction. */
const GLUED = /^\\[a-z]+\{\s?\(?[A-Za-z]\)?[.:]?\}(?![\s\\~})$]|$)/;

/** The choice a text makes, or null. `plain` are the words of `tidied`. */
export function choiceOf(plain: string, tidied: string): Choice | null {
  if (plain.length > 80 || GLUED.test(tidied)) return null;
  const bare = BARE.exec(plain);
  if (bare) return { letter: bare[1]!, isLabelled: false, label: null };
  if (HEDGES.test(plain)) return null;
  const [, inBrackets, pointed, label] = LABELLED.exec(plain) ?? [];
  const letter = inBrackets ?? pointed ?? NAMED.exec(plain)?.[1];
  return letter ? { letter, isLabelled: true, label: label ?? null } : null;
}
