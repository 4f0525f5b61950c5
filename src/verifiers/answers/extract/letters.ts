// Choice letters in plain words: "I think D is correct", "My choice is C", "the final option is B", "A. Because …". Only forms that say
// which choice is meant; a letter that merely occurs ("point A is on the line") is none, and neither is one in a text of several hundred words.
import type { Find } from './marks.ts';

const LETTER = `[("'*]{0,3}([A-J])[)"'*]{0,3}`;
const CHOOSES = new RegExp(
  String.raw`\b(?:(?:choice|option|pick|selection)\s(?:is|would be|must be)|(?:choose|pick|select|go with|going with)(?:\s(?:option|choice|answer))?|(?:final|correct|right|best)\s(?:option|choice)(?:\sis)?:?)\s{0,3}${LETTER}(?![\w'])`,
  'gi',
);
const IS_RIGHT = new RegExp(
  String.raw`(?<![\w\\])${LETTER}\s(?:is|must be|should be)\s(?:(?:the|definitely|clearly)\s)?(?:correct|right|valid|true|answer|best)\b`,
  'g',
);
const LISTED = /^\s{0,5}[("'*]{0,3}([A-J])[)."'*:]{1,4}(?=\s+[A-Z][a-z]|\s*$)|^\s{0,5}([A-J])\s{0,5}$/;
const LONGEST = 2000;

/** The last choice that the text names. */
export function lastLetter(text: string): Find | null {
  if (text.length > LONGEST) return null;
  const found = [...text.matchAll(CHOOSES), ...text.matchAll(IS_RIGHT)].filter(isUpper).sort((a, b) => b.index - a.index);
  const match = found[0] ?? LISTED.exec(text);
  const letter = match?.[1] ?? match?.[2];
  return match && letter ? { at: match.index, end: match.index + match[0].length, text: letter, marker: 'letter' } : null;
}

/** The words of a pattern are read in either case, the letter is a capital: "pick a" chooses nothing. */
const isUpper = (match: RegExpExecArray): boolean => /[A-J]/.test(match[1] ?? '');
