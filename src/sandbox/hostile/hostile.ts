// What a hostile program is: it tries one thing, is bounded (a broken sandbox must be noticed, not the machine lost) and says ESCAPE when it got through.
// All are asked the same: 3 + 4. The rows are in the files beside this one, by what they attack; table.ts has them all.
import type { End, Language } from '../backend.ts';

export interface Hostile {
  /** A few words, unique. */
  readonly what: string;
  readonly language: Language;
  /** stdio reads "3 4", call and assert ask add(3, 4). */
  readonly mode: 'stdio' | 'call' | 'assert';
  readonly program: string;
  /** The ends that are no harm. `right`: ended well and with the right answer, having achieved nothing else; `exit` is the same with another answer. */
  readonly ends: readonly (End | 'right')[];
  /** Replaces the 256 MiB that each gets, beside a second of CPU and four by the clock. */
  readonly memoryBytes?: number;
}

type Rest = Omit<Hostile, 'what' | 'language' | 'program' | 'mode' | 'ends'>;

/** A Python program; `try:` and the answer are its own affair. */
export const python = (what: string, mode: Hostile['mode'], ends: Hostile['ends'], program: string, rest: Rest = {}): Hostile => ({
  what,
  language: 'python',
  mode,
  ends,
  program,
  ...rest,
});

/** By the CPU it used or, on a machine that is busy with other things, by the clock. */
export const TIMEOUT: Hostile['ends'] = ['timeout_cpu', 'timeout_wall'];

/** Reads "3 4" and answers, as an honest program would: put before or after an attack that must change nothing. */
export const ANSWER = 'a, b = map(int, input().split())\nprint(a + b, flush=True)\n';
