// <answer>…</answer> and <final_answer>…</final_answer>: the last one that is closed.
import type { Find } from './marks.ts';

const CLOSING = /<\/(answer|final_answer|final-answer|finalanswer)\s{0,3}>/gi;

/** The last closed answer tag of a text. */
export function lastTag(text: string): Find | null {
  if (!text.includes('</')) return null;
  const close = [...text.matchAll(CLOSING)].at(-1);
  if (!close) return null;
  const at = text.toLowerCase().lastIndexOf(`<${close[1]!.toLowerCase()}>`, close.index);
  if (at < 0) return null;
  const inside = text.slice(at + close[1]!.length + 2, close.index).trim();
  return { at, end: close.index + close[0].length, text: inside, marker: 'tag' };
}
