// "#### 18", the form of GSM8K: what stands on the line after the last ####. Thousands lose their commas, as in GSM8K's own rule. Markdown
// uses the same sign for headings ("#### Step 2: count the eggs"); a heading is prose, and prose is no answer here.
import type { Find } from './marks.ts';

const HASHES = /(?<!#)####(?!#)[ \t]{0,20}/g;
const LONGEST_LINE = 2000;
/** How far back we look for a line that is no heading. */
const MOST_HEADINGS = 200;

/** The last #### whose line is an answer. */
export function lastHash(text: string): Find | null {
  if (!text.includes('####')) return null;
  const places = [...text.matchAll(HASHES)].slice(-MOST_HEADINGS).reverse();
  for (const place of places) {
    const start = place.index + place[0].length;
    const line = text.slice(start, start + LONGEST_LINE).split('\n', 1)[0]!;
    const answer = line.replace(/\*\*/g, '').trim();
    if (answer !== '' && !isHeading(answer))
      return { at: place.index, end: start + line.length, text: plainNumber(answer), marker: 'hash' };
  }
  return null;
}

const isHeading = (line: string): boolean =>
  /^(?:\d{1,3}[.):]|[A-Za-z][.)])\s+[A-Za-z]{2}/.test(line) || // "2. Count the eggs"
  /^(?:step|part|case|problem|question|solution|explanation|conclusion|summary|verification|check|note|approach|method|final answer|answer)\b/i.test(
    line,
  ) ||
  /:$/.test(line) ||
  (/^[A-Za-z]/.test(line) && !/\d/.test(line) && line.split(/\s+/).length > 4);

const plainNumber = (answer: string): string => (/^-?\$?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(answer) ? answer.replaceAll(',', '') : answer);
