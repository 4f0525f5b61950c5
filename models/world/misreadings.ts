// The misconceptions of the people who wrote the pre-training text: for every phrase, the ways it is misread and how often; the rest read it
// rightly. Where a misreading is likelier than the truth, a model that learned this text well is WRONG when decoded greedily and right
// now and then when sampled: that is the room self-training has. (Random noise leaves none: greedy decoding averages it away.)
// Rows with a small rest are learned late, because the first rounds keep few samples that hold them.
import type { PhraseId } from '../../src/tasks/minimath/phrases.ts';
import type { Reading } from '../../src/tasks/minimath/readings.ts';

type Misreadings = readonly (readonly [reading: Reading, probability: number])[];

export const misreadings: Record<PhraseId, Misreadings> = {
  gets: [['minus', 0.15]],
  finds: [],
  // who gives to whom is lost
  given: [['minus', 0.62]],
  gives: [['plus', 0.25]],
  // only one of the two numbers is used
  boxes: [
    ['plusSecond', 0.48],
    ['plus', 0.1],
    ['plusSumOfPacks', 0.1],
  ],
  bags: [
    ['minusSecond', 0.3],
    ['minus', 0.05],
  ],
  days: [['plus', 0.3]],
  pairs: [['plus', 0.35]],
  loses: [],
  breaks: [['nothing', 0.15]],
  // "more" taken as a sign to add
  uses: [['minusThenPlus', 0.55]],
  doubles: [['plusTwo', 0.2]],
  triples: [['plusThree', 0.35]],
  timesAsMany: [['plus', 0.65]],
  growsTo: [['plus', 0.35]],
  swaps: [['plus', 0.3]],
  sellsHalf: [['minusTwo', 0.62]],
  halfBreak: [['minusTwo', 0.3]],
  equalBags: [['minus', 0.35]],
  keepsThird: [['minusThree', 0.25]],
  // stops after the first part
  losesThird: [
    ['third', 0.55],
    ['minusThree', 0.15],
  ],
  allMore: [['plus', 0.55]],
  allTimes: [
    ['times', 0.5],
    ['plus', 0.25],
  ],
  otherMore: [['minus', 0.1]],
  otherFewer: [['plus', 0.35]],
  otherTimes: [['plus', 0.6]],
  // the comparison taken the wrong way round
  thanOther: [['plus', 0.78]],
  timesOther: [['times', 0.84]],
  dozen: [['plusTen', 0.35]],
  sellsDozen: [['minusTen', 0.3]],
  week: [
    ['plus', 0.45],
    ['plusWorkWeek', 0.2],
  ],
  // told only in passing, and counted all the same
  aside: [['plus', 0.35]],
};
