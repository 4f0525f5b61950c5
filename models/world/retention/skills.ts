// Skills that no method trains on: sorting words, counting, booleans, days of the week. They show whether a model that was tuned on
// arithmetic or code still has them. Each question can be answered step by step or at once. Nobody errs here: what the model gets wrong is its own.
import { between, pick, type Rng, shuffled } from '../../../src/random.ts';
import { fill } from '../../../src/tasks/minimath/problem.ts';

export interface Exercise {
  readonly question: string;
  /** Each a sentence without its full stop. */
  readonly steps: readonly string[];
  readonly answer: string;
}

const words = ['ant', 'bat', 'cow', 'dog', 'eel', 'fox', 'hen', 'jay', 'owl', 'pig', 'rat', 'yak'];

const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

const later = [
  'Which day is {count} days after {day}?',
  'Today is {day}. Which day is it in {count} days?',
  'Which day comes {count} days after {day}?',
];

const earlier = [
  'Which day is {count} days before {day}?',
  'Today is {day}. Which day was it {count} days ago?',
  'Which day comes {count} days before {day}?',
];

/** Sorted by picking the first of what is left, again and again. */
function sorting(rng: Rng): Exercise {
  const given = shuffled(words, rng).slice(0, between(3, 6, rng));
  const sorted = [...given].sort();
  const steps = sorted.slice(0, -1).map((word, i) => `${word} before ${sorted.slice(i + 1).join(' ')}`);
  return { question: `Sort the words ${given.join(' ')}.`, steps, answer: sorted.join(' ') };
}

function counting(rng: Rng): Exercise {
  const kinds = shuffled(words, rng).slice(0, 3);
  const row = Array.from({ length: between(4, 9, rng) }, () => pick(kinds, rng));
  const asked = pick(kinds, rng);
  let seen = 0;
  const steps = row.map(word => `${word} ${word === asked ? ++seen : seen}`);
  return { question: `How many times is ${asked} in ${row.join(' ')}?`, steps: [steps.join(', ')], answer: String(seen) };
}

/** A chain read from left to right: not binds first. */
function booleans(rng: Rng): Exercise {
  const terms = Array.from({ length: between(2, 4, rng) }, () => ({
    value: rng.next() < 0.5,
    not: rng.next() < 0.4,
    join: pick(['and', 'or'], rng),
  }));
  const shown = terms.map((t, i) => `${i > 0 ? `${t.join} ` : ''}${t.not ? 'not ' : ''}${t.value}`);
  const values = terms.map(t => t.value !== t.not);
  const steps = [`Without not: ${values.map((v, i) => (i > 0 ? `${terms[i]!.join} ${v}` : `${v}`)).join(' ')}`];
  let so = values[0]!;
  for (let i = 1; i < terms.length; i++) {
    const { join } = terms[i]!;
    const result = join === 'and' ? so && values[i]! : so || values[i]!;
    steps.push(`${so} ${join} ${values[i]!} is ${result}`);
    so = result;
  }
  return { question: `From left to right: ${shown.join(' ')}?`, steps, answer: String(so) };
}

function dates(rng: Rng): Exercise {
  const [from, count, isAfter] = [rng.below(7), between(2, 12, rng), rng.next() < 0.6];
  const dayAt = (i: number) => days[(((from + (isAfter ? i : -i)) % 7) + 7) % 7]!;
  const steps = Array.from({ length: count }, (_, i) => `${dayAt(i + 1)} ${i + 1}`);
  const wording = pick(isAfter ? later : earlier, rng);
  return { question: fill(wording, { count, day: days[from]! }), steps: [steps.join(', ')], answer: dayAt(count) };
}

export const skills = { sorting, counting, booleans, dates } as const satisfies Record<string, (rng: Rng) => Exercise>;

export type Skill = keyof typeof skills;
