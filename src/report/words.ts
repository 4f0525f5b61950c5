// Numbers and names as people read them. One place, so that the table, the page and the headline say the same.
import type { Interval } from '../metrics/evaluation.ts';

/** 0.3634 → '36.3' (percent, without its sign). */
export const percent = (share: number): string => (share * 100).toFixed(1);

/** '36.3 [31.0, 41.7]' */
export const withInterval = (i: Interval): string => `${percent(i.value)} [${percent(i.low)}, ${percent(i.high)}]`;

const signed = (share: number): string => (share < 0 || Object.is(share, -0) ? '-' : '+') + percent(Math.abs(share));

/** '+54.0', in percentage points. */
export const points = (difference: number): string => signed(Math.round(difference * 1000) / 1000 || 0);

/** '+54.0 [+48.0, +60.0]' */
export const pointsWithInterval = (i: Interval): string => `${points(i.value)} [${points(i.low)}, ${points(i.high)}]`;

/** 'p < 0.001', 'p = 0.0042', 'p = 0.43' */
export function pValue(p: number): string {
  if (p < 0.001) return 'p < 0.001';
  return `p = ${p >= 0.0995 ? p.toFixed(2) : p.toPrecision(2)}`;
}

/** 12345678 → '12,345,678' */
export const count = (n: number): string => Math.round(n).toLocaleString('en-US');

/** '300 training problems' */
export const problemsOf = (n: number, split: 'train' | 'test'): string => plural(n, `${split === 'train' ? 'training' : 'test'} problem`);

export const plural = (n: number, noun: string): string => `${count(n)} ${noun}${n === 1 ? '' : 's'}`;

/** 75 → '1 min 15 s'; 4000 → '1 h 7 min' */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** 'T 1, top-p 0.95' */
export function samplingWords(s: { readonly temperature: number; readonly top_k: number; readonly top_p: number }): string {
  const parts = [`T ${s.temperature}`];
  if (s.top_k > 0) parts.push(`top-k ${s.top_k}`);
  if (s.top_p < 1) parts.push(`top-p ${s.top_p}`);
  return parts.join(', ');
}

/** 'a', 'a and b', 'a, b and c' */
export const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

/** Where a run's sessions judged in different sandboxes. */
export const mixedWords = (sandboxes: readonly { readonly backend: string }[]): string =>
  `Sessions of this run judged in different sandboxes (${sandboxes.map(({ backend }) => backend).join(', ')}): their verdicts are mixed.`;
