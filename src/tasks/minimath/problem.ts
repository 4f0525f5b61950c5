// Makes a story from an rng: a first count, then phrases until the level's number of equations is reached, then a question. The story is
// kept as data (who, what, which phrase with which numbers), so that its text, its answer and every right or misread solution come from
// the same place. Counts stay whole and between 1 and 400.
import type { Rng } from '../../random.ts';
import { type PhraseId, phraseIds, phraseOf, type Subject, subjects } from './phrases.ts';
import { countAfter, type Equation, equationsOf, type Operands, type Reading, readings } from './readings.ts';
import { home, type Lexicon, type Name } from './words.ts';

export interface Event {
  readonly phrase: PhraseId;
  readonly operands: Operands;
  /** The phrase in words. */
  readonly text: string;
  /** Who has the things after it. */
  readonly owner: Name;
}

export interface Story {
  readonly subject: Subject;
  /** The number of equations: the level. */
  readonly steps: number;
  readonly first: number;
  readonly owner: Name;
  readonly things: string;
  readonly events: readonly Event[];
  /** The whole problem in words. */
  readonly question: string;
  readonly answer: number;
}

const largest = 400;

const pick = <T>(items: readonly T[], rng: Rng): T => items[rng.below(items.length)]!;

const between = ([low, high]: readonly [number, number], rng: Rng): number => low + rng.below(high - low + 1);

/** Puts words into the braces of a wording. */
export const fill = (wording: string, words: Readonly<Record<string, string | number>>): string =>
  wording.replace(/\{(\w+)\}/g, (_, key: string) => String(words[key]));

const isLegal = (equations: readonly Equation[]): boolean =>
  equations.every(e => Number.isInteger(e.value) && e.value >= 1 && e.value <= largest);

export const stepsOf = (reading: Reading): number => readings[reading].length;

/** Numbers with which the phrase is legal at this count, or null: asked for by chance, ten times. */
function drawOperands(phrase: PhraseId, now: number, rng: Rng): Operands | null {
  const row = phraseOf(phrase);
  for (let i = 0; i < 10; i++) {
    const operands = { now, a: row.a ? between(row.a, rng) : 0, b: row.b ? between(row.b, rng) : 0 };
    if (isLegal(equationsOf(row.reading, operands))) return operands;
  }
  return null;
}

function drawPhrase(subject: Subject, now: number, room: number, rng: Rng): { phrase: PhraseId; operands: Operands } | null {
  const fitting = phraseIds.filter(id => phraseOf(id).subject === subject && stepsOf(phraseOf(id).reading) <= room);
  const phrase = pick(fitting, rng);
  const operands = drawOperands(phrase, now, rng);
  return operands && { phrase, operands };
}

/** One try: null where the numbers run into a corner. */
function tryStory(subject: Subject, steps: number, lexicon: Lexicon, rng: Rng): Story | null {
  const first = between([5, 90], rng);
  const firstOwner = pick(lexicon.names, rng);
  const things = pick(lexicon.things, rng);
  const events: Event[] = [];
  let [now, owner, made, onSubject] = [first, firstOwner, 0, false];

  const tell = (phrase: PhraseId, operands: Operands) => {
    const other = pick(
      lexicon.names.filter(n => n !== owner),
      rng,
    );
    const others = pick(
      lexicon.things.filter(t => t !== things),
      rng,
    );
    const words = { N: owner.name, O: other.name, t: things, u: others, a: operands.a, b: operands.b };
    if (phraseOf(phrase).passesOn) owner = other;
    events.push({ phrase, operands, text: fill(pick(phraseOf(phrase)[lexicon.voice], rng), words), owner });
  };

  while (made < steps) {
    if (rng.next() < 0.08) tell('aside', { now, a: between([2, 40], rng), b: 0 });
    const of = !onSubject || rng.next() < 0.3 ? subject : pick(subjects, rng);
    const drawn = drawPhrase(of, now, steps - made, rng);
    if (!drawn) return null;
    onSubject = true;
    tell(drawn.phrase, drawn.operands);
    const { reading } = phraseOf(drawn.phrase);
    made += stepsOf(reading);
    now = countAfter(equationsOf(reading, drawn.operands), now);
  }
  const opening = `${firstOwner.name} has ${first} ${things}.`;
  const asking = fill(pick(lexicon.questions, rng), { N: owner.name, t: things });
  const question = [opening, ...events.map(e => e.text), asking].join(' ');
  return { subject, steps, first, owner: firstOwner, things, events, question, answer: now };
}

/** A story of `steps` equations (1 or more) with at least one phrase of the subject; both drawn where not given. */
export function makeStory(
  rng: Rng,
  options: { readonly steps?: number; readonly subject?: Subject; readonly lexicon?: Lexicon } = {},
): Story {
  const { steps = 1 + rng.below(5), subject = pick(subjects, rng), lexicon = home } = options;
  for (;;) {
    const story = tryStory(subject, steps, lexicon, rng);
    if (story) return story;
  }
}
