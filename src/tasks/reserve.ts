// A quarter of all questions, by hash, never appears in the pre-training text: later tasks (transfer stories, minicode, the retention skills)
// draw their problems from it and so are disjoint from the text without a list of them. minimath has such a list (splits.ts).
import { hashOf } from './minimath/splits.ts';

/** Whether a question belongs to tasks, not to pre-training text. Case and white space do not matter. */
export const isReserved = (question: string): boolean => Number.parseInt(hashOf(question).slice(0, 8), 16) % 4 === 0;
