// What can happen in a story: one row a phrase, with its subject, its TRUE reading, the numbers it takes and its words in two voices
// (`home`: the task; `away`: the transfer stories). Levels count equations, so a phrase of two equations counts twice.
// {N} who has the things now, {O} someone else, {t} the things, {u} other things, {a} and {b} numbers. How phrases are MISread is no
// part of the task: it belongs to the authors of the pre-training text.
import type { Reading } from './readings.ts';

export const subjects = ['addition', 'subtraction', 'multiplication', 'division', 'comparison', 'measures'] as const;
export type Subject = (typeof subjects)[number];

type Range = readonly [low: number, high: number];

interface PhraseRow {
  readonly subject: Subject | 'aside';
  readonly reading: Reading;
  readonly a?: Range;
  readonly b?: Range;
  /** The things belong to {O} afterwards. */
  readonly passesOn?: true;
  readonly home: readonly string[];
  readonly away: readonly string[];
}

const some: Range = [2, 60];
const few: Range = [2, 6];

export const phrases = {
  gets: {
    subject: 'addition',
    reading: 'plus',
    a: some,
    home: ['{N} gets {a} more.', '{N} gets {a} more {t}.'],
    away: ['{a} {t} are added.'],
  },
  finds: {
    subject: 'addition',
    reading: 'plus',
    a: some,
    home: ['{N} finds {a} {t}.', 'Then {N} finds {a} more.'],
    away: ['{N} picks up {a}.'],
  },
  given: {
    subject: 'addition',
    reading: 'plus',
    a: some,
    home: ['{O} gives {N} {a} {t}.', '{O} gives {a} {t} to {N}.'],
    away: ['{O} hands {N} {a} of them.'],
  },
  boxes: {
    subject: 'addition',
    reading: 'plusPacks',
    a: few,
    b: [3, 15],
    home: ['{N} buys {a} boxes of {b} {t}.', '{N} buys {a} boxes with {b} {t} each.'],
    away: ['{a} crates with {b} {t} each arrive.'],
  },
  loses: {
    subject: 'subtraction',
    reading: 'minus',
    a: some,
    home: ['{N} loses {a} {t}.', 'Then {N} loses {a}.'],
    away: ['{a} {t} go missing.'],
  },
  breaks: {
    subject: 'subtraction',
    reading: 'minus',
    a: some,
    home: ['{a} {t} break.', '{a} of them break.'],
    away: ['{N} throws out {a}.'],
  },
  gives: {
    subject: 'subtraction',
    reading: 'minus',
    a: some,
    home: ['{N} gives {O} {a} {t}.', '{N} gives {a} {t} to {O}.'],
    away: ['{N} hands {O} {a} of them.'],
  },
  bags: {
    subject: 'subtraction',
    reading: 'minusPacks',
    a: few,
    b: [3, 15],
    home: ['{N} sells {a} bags of {b} {t}.', '{N} sells {a} bags with {b} {t} each.'],
    away: ['{a} crates with {b} {t} each leave.'],
  },
  uses: {
    subject: 'subtraction',
    reading: 'minusBoth',
    a: [2, 50],
    b: [2, 50],
    home: ['{N} uses {a} {t} and then {b} more.', '{N} uses {a} and later {b} more.'],
    away: ['{N} spends {a} of them, then {b} more.'],
  },
  doubles: {
    subject: 'multiplication',
    reading: 'timesTwo',
    home: ['The number of {t} doubles.', '{N} doubles the number of {t}.'],
    away: ['The heap doubles.'],
  },
  triples: {
    subject: 'multiplication',
    reading: 'timesThree',
    home: ['The number of {t} triples.', '{N} triples the number of {t}.'],
    away: ['The heap triples.'],
  },
  timesAsMany: {
    subject: 'multiplication',
    reading: 'times',
    a: few,
    home: ['Soon {N} has {a} times as many.', 'Soon there are {a} times as many {t}.'],
    away: ['A year on there are {a} times as many.'],
  },
  growsTo: {
    subject: 'multiplication',
    reading: 'times',
    a: few,
    home: ['The {t} grow to {a} times the number.', 'The number of {t} grows {a} times.'],
    away: ['The heap grows to {a} times its size.'],
  },
  swaps: {
    subject: 'multiplication',
    reading: 'times',
    a: few,
    home: ['{N} swaps each one for {a} new ones.', 'For each one {N} takes {a} new ones.'],
    away: ['Each one is traded for {a} others.'],
  },
  sellsHalf: {
    subject: 'division',
    reading: 'half',
    home: ['{N} sells half of them.', '{N} sells half of the {t}.'],
    away: ['Half of them are sold.'],
  },
  halfBreak: {
    subject: 'division',
    reading: 'half',
    home: ['Half of them break.', 'Half of the {t} break.'],
    away: ['Half of the heap is thrown out.'],
  },
  equalBags: {
    subject: 'division',
    reading: 'divide',
    a: few,
    home: ['{N} puts them in {a} equal bags and keeps one bag.', '{N} shares the {t} with friends, {a} equal parts, and keeps one.'],
    away: ['{N} splits them into {a} equal heaps and keeps one.'],
  },
  keepsThird: {
    subject: 'division',
    reading: 'third',
    home: ['{N} keeps a third of them.', '{N} keeps a third of the {t}.'],
    away: ['Only a third of them stay.'],
  },
  losesThird: {
    subject: 'division',
    reading: 'loseThird',
    home: ['A third of the {t} get lost.', '{N} loses a third of them.'],
    away: ['A third of the heap goes missing.'],
  },
  otherMore: {
    subject: 'comparison',
    reading: 'plus',
    a: some,
    passesOn: true,
    home: ['{O} has {a} more than {N}.', '{O} has {a} more {t} than {N}.'],
    away: ['{O} owns {a} more than {N}.'],
  },
  otherFewer: {
    subject: 'comparison',
    reading: 'minus',
    a: some,
    passesOn: true,
    home: ['{O} has {a} fewer than {N}.', '{O} has {a} fewer {t} than {N}.'],
    away: ['{O} owns {a} fewer than {N}.'],
  },
  otherTimes: {
    subject: 'comparison',
    reading: 'times',
    a: few,
    passesOn: true,
    home: ['{O} has {a} times as many as {N}.', '{O} has {a} times as many {t} as {N}.'],
    away: ['{O} owns {a} times as many as {N}.'],
  },
  thanOther: {
    subject: 'comparison',
    reading: 'minus',
    a: some,
    passesOn: true,
    home: ['That is {a} more than {O} has.', 'So {N} has {a} more than {O}.'],
    away: ['This is {a} more than {O} owns.'],
  },
  timesOther: {
    subject: 'comparison',
    reading: 'divide',
    a: few,
    passesOn: true,
    home: ['That is {a} times what {O} has.', 'So {N} has {a} times as many as {O}.'],
    away: ['This is {a} times what {O} owns.'],
  },
  allMore: {
    subject: 'comparison',
    reading: 'plusMore',
    a: some,
    home: ['{O} has {a} more than {N} and gives them all to {N}.', '{O}, who has {a} more, gives all of them to {N}.'],
    away: ['{O} owns {a} more than {N} and hands over all.'],
  },
  allTimes: {
    subject: 'comparison',
    reading: 'plusTimes',
    a: few,
    home: ['{O} has {a} times as many and gives them all to {N}.', '{O}, who has {a} times as many, gives all of them to {N}.'],
    away: ['{O} owns {a} times as many and hands over all.'],
  },
  dozen: {
    subject: 'measures',
    reading: 'plusDozen',
    home: ['{N} buys a dozen {t}.', '{N} buys a dozen more.'],
    away: ['A dozen {t} arrive.'],
  },
  sellsDozen: {
    subject: 'measures',
    reading: 'minusDozen',
    home: ['{N} sells a dozen {t}.', '{N} sells a dozen of them.'],
    away: ['A dozen {t} leave.'],
  },
  week: {
    subject: 'measures',
    reading: 'plusWeek',
    a: [2, 12],
    home: ['{N} makes {a} {t} a day for a week.', 'For a week {N} makes {a} {t} a day.'],
    away: ['{a} {t} arrive each day for a week.'],
  },
  days: {
    subject: 'measures',
    reading: 'plusPacks',
    a: [3, 15],
    b: few,
    home: ['{N} makes {a} {t} a day for {b} days.', '{N} makes {a} a day, {b} days long.'],
    away: ['{a} {t} arrive each day for {b} days.'],
  },
  pairs: {
    subject: 'measures',
    reading: 'plusPairs',
    a: [3, 40],
    home: ['{N} finds {a} pairs of {t}.', '{N} buys {a} pairs of {t}.'],
    away: ['{a} pairs of {t} arrive.'],
  },
  aside: {
    subject: 'aside',
    reading: 'nothing',
    a: some,
    home: ['{O} has {a} {u}.', '{N} also has {a} {u}.'],
    away: ['{O} owns {a} {u}.'],
  },
} as const satisfies Record<string, PhraseRow>;

export type PhraseId = keyof typeof phrases;

export const phraseIds = Object.keys(phrases) as PhraseId[];

/** The row of a phrase, with its optional columns. */
export const phraseOf = (id: PhraseId): PhraseRow => phrases[id];
