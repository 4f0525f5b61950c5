// Times of day and dates: 9 a.m., 4:30 PM, 16:30; June 20, 20th of June. Two times are compared as minutes of the day, two dates as month and day (and
// year where both name one).

export interface Time {
  readonly minutes: number;
  /** a.m. or p.m. was said. */
  readonly isMarked: boolean;
}

const MARKED = /^(\d{1,2})(?:[:.](\d{2}))?(?::00)?\s?([ap])\s?\.?\s?m\.?$/i;
const PLAIN = /^(\d{1,2}):(\d{2})(?::00)?$/;

const named: ReadonlyMap<string, Time> = new Map([
  ['noon', { minutes: 720, isMarked: true }],
  ...['midnight', '12 midnight', '12:00 midnight'].map(words => [words, { minutes: 0, isMarked: true }] as const),
]);

/** The time a text says, or null. */
export function timeOf(text: string): Time | null {
  const marked = MARKED.exec(text.replace(/^(12(?::00)?) noon$/i, '$1 pm'));
  const [, hour, minute, half] = marked ?? PLAIN.exec(text) ?? [];
  if (hour === undefined) return named.get(text.toLowerCase()) ?? null;
  const [h, m] = [Number(hour), Number(minute ?? 0)];
  if (m > 59 || h > 23 || (half !== undefined && (h < 1 || h > 12))) return null;
  const hours = half === undefined ? h : (h % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  return { minutes: hours * 60 + m, isMarked: half !== undefined };
}

const months = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];

export interface CalendarDay {
  readonly month: number;
  readonly day: number;
  readonly year: number | null;
}

const MONTH_FIRST = /^([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?$/i;
const DAY_FIRST = /^(?:the )?(\d{1,2})(?:st|nd|rd|th)? (?:of )?([a-z]{3,9})\.?(?:,? (\d{4}))?$/i;

/** The day of the year a text says, or null. */
export function dayOf(text: string): CalendarDay | null {
  const first = MONTH_FIRST.exec(text);
  const second = first ? null : DAY_FIRST.exec(text);
  const [name, day, year] = first ? [first[1]!, first[2]!, first[3]] : second ? [second[2]!, second[1]!, second[3]] : ['', '', undefined];
  const month =
    name.length < 3 ? -1 : months.findIndex(m => m === name.toLowerCase() || (name.length <= 4 && m.startsWith(name.toLowerCase())));
  if (month < 0 || Number(day) < 1 || Number(day) > 31) return null;
  return { month, day: Number(day), year: year === undefined ? null : Number(year) };
}

export const sameDay = (a: CalendarDay, b: CalendarDay): boolean =>
  a.month === b.month && a.day === b.day && (a.year === b.year || a.year === null || b.year === null);
