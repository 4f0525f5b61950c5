// The last \boxed{…} or \fbox{…} of a text, braces nested as deep as you like, and the short form \boxed 5. A box that is never closed means
// that the text was cut off there: it is no answer, and neither is an earlier box. One pass, whatever the text.
import type { Find } from './marks.ts';

// \beginboxed is what a decoder leaves of \begin{…} and \boxed run together; a doubled backslash comes from text that was escaped twice.
const BOX = /\\(?:begin)?(?:boxed|fbox|framebox)(?![a-zA-Z])/g;

/** The last box; 'cut-off' when it is open at the end of the text; null when there is none. */
export function lastBox(text: string): Find | { readonly cutOffAt: number } | null {
  const boxes = [...text.matchAll(BOX)];
  for (let i = boxes.length - 1; i >= 0; i--) {
    const at = boxes[i]!.index;
    const start = skipBlanks(text, at + boxes[i]![0].length);
    if (text[start] !== '{') {
      const short = shortForm(text, start, at);
      if (short) return short;
      continue; // the bare word, "nothing after \boxed": not a box
    }
    const end = closingBrace(text, start);
    return end < 0 ? { cutOffAt: at } : { at, end: end + 1, text: text.slice(start + 1, end).trim(), marker: 'boxed' };
  }
  return null;
}

/** The brace that closes the one at `open`, or -1. \{ and \} are signs of a set and do not count. */
export function closingBrace(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH) i++;
    else if (code === OPEN) depth++;
    else if (code === CLOSE && --depth === 0) return i;
  }
  return -1;
}

const BACKSLASH = 92;
const OPEN = 123;
const CLOSE = 125;

function skipBlanks(text: string, from: number): number {
  let i = from;
  while (i < text.length && i < from + 100 && /\s/.test(text[i]!)) i++;
  return i;
}

/** \boxed 5 and \boxed5$: up to the end of the formula, or one word of it. */
function shortForm(text: string, start: number, at: number): Find | null {
  const tail = text.slice(start, start + 300);
  const inFormula = /^([^$\n{}]{1,200}?)(?:\$|\\\)|\\\])/.exec(tail)?.[1];
  const content = inFormula ?? /^[-+.\d\\(][^\s$]*/.exec(tail)?.[0];
  const trimmed = content?.trim().replace(/[.,;]+$/, '');
  return trimmed ? { at, end: start + content!.length, text: trimmed, marker: 'boxed' } : null;
}
