// The final answer of a completion, as it stands there. It is taken out, never judged. Who wins where several markers stand in a text:
// a box, an answer tag, #### and Minerva's form say "this is the answer" in so many signs, so the last of those counts; a phrase ("the answer is")
// counts where none of them stands, or after them when it names a value; a choice letter in plain words after that; then what follows
// a closed thought, if it is short; and only where a task asks for it the last number or formula. Linear in the length of the text.
import { lastBox } from './boxes.ts';
import { FALLBACKS, type Fallback } from './fallbacks.ts';
import { lastHash } from './hash.ts';
import { lastLetter } from './letters.ts';
import type { Extraction, Find } from './marks.ts';
import { lastMinerva, lastPhrase, lastResult } from './phrases.ts';
import { lastTag } from './tags.ts';
import { spokenPart } from './thinking.ts';

export interface ExtractOptions {
  /** What a text without any marker gives; nothing by default. */
  readonly fallback?: Fallback;
  /** Whether weak signs count: choice letters in plain words, and what follows a thought. False for references. */
  readonly weak?: boolean;
}

const NONE: Extraction = { text: null, marker: 'none' };
/** After a closed thought, this much without a marker is an answer; more is an explanation. */
const SHORT = 200;
/** A box in a tag in a phrase: nobody nests deeper. */
const DEEPEST = 4;

/** Takes the final answer out of a completion. Never throws. */
export function extractAnswer(completion: string, { fallback = 'none', weak = true }: ExtractOptions = {}): Extraction {
  const { text, afterThought, unfinished } = spokenPart(completion);
  const marked = markedAnswer(text, weak);
  if (marked === 'cut-off') return NONE;
  const find = marked ?? (unfinished === '' ? null : closingTag(unfinished));
  if (find) return unwrapped(find, 0);
  if (unfinished !== '') return NONE;
  const rest = text.trim();
  if (weak && afterThought && rest !== '' && rest.length <= SHORT) return { text: rest, marker: 'think' };
  const guess = FALLBACKS[fallback](text);
  return guess ? { text: guess.text, marker: guess.marker } : NONE;
}

function markedAnswer(text: string, weak: boolean): Find | 'cut-off' | null {
  const box = lastBox(text);
  const cutOffAt = box && 'cutOffAt' in box ? box.cutOffAt : -1;
  const boxFind = box && 'text' in box ? box : null;
  const strong = latestOf([boxFind, lastTag(text), lastHash(text), lastMinerva(text)], cutOffAt);
  const phrase = lastPhrase(text);
  const phraseFind = phrase && 'text' in phrase && phrase.at > cutOffAt ? phrase : null;
  // An empty box is an answer only where nothing is said after it.
  if (strong && (strong.text !== '' || !phraseFind || phraseFind.at < strong.at)) return strong;
  if (cutOffAt >= 0 && !phraseFind) return 'cut-off';
  if (phraseFind) return phraseFind;
  if (phrase && 'cutOffAt' in phrase) return 'cut-off';
  return weak ? (lastLetter(text) ?? lastResult(text)) : null;
}

const latestOf = (finds: readonly (Find | null)[], after: number): Find | null =>
  finds.reduce((best, find) => (find && find.at > after && (!best || find.at > best.at) ? find : best), null);

/** After a thought that was never closed only a tag counts that ends the text. */
function closingTag(text: string): Find | null {
  const tag = lastTag(text);
  return tag && text.slice(tag.end).trim() === '' ? tag : null;
}

/** A box inside an answer tag, a phrase inside ####: the answer is what the innermost one holds. */
function unwrapped(find: Find, depth: number): Extraction {
  const inner = depth < DEEPEST && find.marker !== 'boxed' ? markedAnswer(find.text, false) : null;
  if (inner && inner !== 'cut-off') return unwrapped(inner, depth + 1);
  return { text: find.text, marker: find.marker };
}
