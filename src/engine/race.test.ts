// A race draws from the same distribution as choose.ts does, and does not mind last digits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rngOf } from '../random.ts';
import { chooseIndex, type Truncation } from './choose.ts';
import { type RankedWords, raceIndex } from './race.ts';

const DRAWS = 12_000;

/** A distribution with a long tail, best first, of words in no order. */
function wordsOf(count: number, slope: number): RankedWords {
  const weights = Array.from({ length: count }, (_, i) => 1 / (i + 1) ** slope);
  const total = weights.reduce((a, b) => a + b, 0);
  return {
    logprobs: Float32Array.from(weights, w => Math.log(w / total)),
    ids: BigInt64Array.from({ length: count }, (_, i) => BigInt((i * 7919) % 50_021)),
  };
}
const all = wordsOf(300, 1.1);
const part = ({ logprobs, ids }: RankedWords, n: number): RankedWords => ({ logprobs: logprobs.subarray(0, n), ids: ids.subarray(0, n) });

/** As rows.ts asks: a shortlist first, all words where that does not hold the draw. */
const draw = (words: RankedWords, settings: Truncation, u: number, own: number, given = own) =>
  raceIndex(part(words, given), settings, u, own, given === words.logprobs.length) ?? raceIndex(words, settings, u, own, true)!;

const cases: readonly (readonly [string, Truncation, own: number])[] = [
  ['all words', { temperature: 1, topK: 0, topP: 1 }, 64],
  ['the ten best at a low temperature', { temperature: 0.7, topK: 10, topP: 1 }, 10],
  ['the best up to a mass', { temperature: 1, topK: 0, topP: 0.8 }, 64],
  ['the best up to a mass of the forty best', { temperature: 1.5, topK: 40, topP: 0.9 }, 40],
];

for (const [what, settings, own] of cases) {
  test(`frequencies follow the distribution: ${what}`, () => {
    const rng = rngOf(1);
    const counts = new Map<number, [race: number, chosen: number]>();
    const count = (index: number, which: 0 | 1) => {
      const pair = counts.get(index) ?? [0, 0];
      pair[which] += 1;
      counts.set(index, pair);
    };
    const kept = settings.topK > 0 ? all.logprobs.subarray(0, settings.topK) : all.logprobs;
    for (let i = 0; i < DRAWS; i++) {
      count(draw(all, settings, rng.next(), own), 0);
      count(chooseIndex(kept, settings, (i + 0.5) / DRAWS, true), 1); // its quantiles: the distribution itself
    }
    let squares = 0;
    let groups = 0;
    for (const [, [race, chosen]] of counts) {
      if (chosen < 20) continue;
      squares += (race - chosen) ** 2 / chosen;
      groups += 1;
    }
    // Chi-squared: its mean is the number of groups, four standard deviations more are beyond chance.
    assert.ok(squares < groups + 4 * Math.sqrt(2 * groups), `${squares} over ${groups} groups`);
    for (const [index, [race, chosen]] of counts) assert.ok(chosen > 0 || race < 5, `${race} times ${index}, which is not kept`);
  });
}

test('a longer list than a row needs changes nothing', () => {
  const rng = rngOf(2);
  for (const [, settings, own] of cases)
    for (let i = 0; i < 500; i++) {
      const u = rng.next();
      const index = draw(all, settings, u, own);
      for (const given of [own + 1, 100, 300]) assert.equal(draw(all, settings, u, own, given), index);
    }
});

test('last digits hardly ever change what is drawn, where a cumulative distribution would often', () => {
  const rng = rngOf(3);
  const settings = cases[0]![1];
  const all = wordsOf(768, 1);
  let [races, cumulatives] = [0, 0];
  for (let i = 0; i < DRAWS / 2; i++) {
    const u = rng.next();
    const other = { ...all, logprobs: all.logprobs.map(x => x + 1e-5 * (rng.next() - 0.5)) };
    races += Number(draw(all, settings, u, 64) !== draw(other, settings, u, 64));
    cumulatives += Number(chooseIndex(all.logprobs, settings, u, false) !== chooseIndex(other.logprobs, settings, u, false));
  }
  assert.ok(races === 0 && cumulatives > 0, `${races} and ${cumulatives} of ${DRAWS / 2}`);
});

test('greedy is the best word, and words of no weight are never drawn', () => {
  assert.equal(raceIndex(all, { temperature: 0, topK: 0, topP: 1 }, 0.3, 1, false), 0);
  const one: RankedWords = { logprobs: Float32Array.of(0, Number.NEGATIVE_INFINITY), ids: BigInt64Array.of(4n, 2n) };
  const rng = rngOf(4);
  for (let i = 0; i < 1000; i++) assert.equal(raceIndex(one, { temperature: 1, topK: 0, topP: 1 }, rng.next(), 64, true), 0);
  assert.equal(raceIndex(all, { temperature: 1, topK: 0, topP: 0 }, 0.9, 64, false), 0);
});
