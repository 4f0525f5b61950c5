import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Ballot, hasVotes, majorityAtK } from './majority.ts';

const ballots = (...rows: [string | null, boolean][]): Ballot[] => rows.map(([answer, correct]) => ({ answer, correct }));
const near = (actual: number | undefined, expected: number) =>
  assert.ok(Math.abs(actual! - expected) < 1e-12, `${actual} is not ${expected}`);

const anyBallots = fc.array(
  fc.integer({ min: 0, max: 5 }).map(a => ({ answer: a === 5 ? null : String(a), correct: a === 2 })),
  { minLength: 1, maxLength: 40 },
);

// enumerated over all ordered draws in Python (itertools.permutations), ties to the answer seen first
test('maj@k is the mean over every ordered draw of k samples', () => {
  const first = ballots(['7', true], ['7', true], ['9', false], ['9', false], ['9', false], [null, false], ['4', false]);
  for (const [i, expected] of [2 / 7, 1 / 3, 11 / 35, 3 / 10, 2 / 7, 3 / 14].entries()) near(majorityAtK(first, i + 1), expected);
  const second = ballots(['1', false], ['2', true], ['2', false], [null, false], ['1', false], ['3', false], ['2', true], ['4', false]);
  for (const [i, expected] of [3 / 8, 3 / 7, 27 / 56, 4 / 7, 37 / 56].entries()) near(majorityAtK(second, i + 1), expected);
});

test('at k = n a tie goes to the answer that was drawn first', () => {
  assert.equal(majorityAtK(ballots(['7', true], ['9', false], ['9', false], ['7', true]), 4), 1);
  assert.equal(majorityAtK(ballots(['9', false], ['7', true], ['7', true], ['9', false]), 4), 0);
});

test('samples without an answer do not vote, and no vote at all is wrong', () => {
  assert.equal(majorityAtK(ballots([null, false], [null, false], [null, false], ['7', true]), 4), 1);
  assert.equal(majorityAtK(ballots([null, false], [null, false]), 2), 0);
  near(majorityAtK(ballots([null, false], ['7', true]), 1), 0.5);
});

test('an answer is right when any sample that gave it was judged correct', () => {
  assert.equal(majorityAtK(ballots(['7', false], ['7', true], ['9', false]), 3), 1);
});

test('maj@k is undefined with fewer than k samples', () => {
  assert.equal(majorityAtK(ballots(['7', true]), 2), undefined);
  assert.equal(majorityAtK([], 1), undefined);
});

test('there are no votes to count where a correct sample names no answer', () => {
  assert.equal(hasVotes(ballots([null, true], ['7', false])), false);
  assert.equal(hasVotes(ballots([null, false], ['7', true])), true);
});

test('maj@1 is the share of correct samples', () => {
  fc.assert(fc.property(anyBallots, samples => near(majorityAtK(samples, 1), samples.filter(s => s.correct).length / samples.length)));
});

test('maj@k for k below n does not depend on the order of the draws', () => {
  fc.assert(
    fc.property(anyBallots, fc.nat(), (samples, pick) => {
      fc.pre(samples.length > 1);
      const k = 1 + (pick % (samples.length - 1));
      near(majorityAtK([...samples].reverse(), k), majorityAtK(samples, k)!);
    }),
  );
});

test('maj@k stays in [0, 1], and is 0 or 1 where every sample agrees', () => {
  fc.assert(
    fc.property(anyBallots, fc.nat(), (samples, pick) => {
      const k = 1 + (pick % samples.length);
      const value = majorityAtK(samples, k)!;
      assert.ok(value >= 0 && value <= 1);
      near(
        majorityAtK(
          samples.map(() => ({ answer: 'x', correct: true })),
          k,
        ),
        1,
      );
    }),
  );
});

test('maj@k of many samples stays finite', () => {
  const samples = Array.from({ length: 1000 }, (_, i) => ({ answer: String(i % 3), correct: i % 3 === 0 }));
  const value = majorityAtK(samples, 5)!;
  assert.ok(value > 0.3 && value < 0.4);
  assert.throws(() => majorityAtK([...samples, ...samples], 5), RangeError);
});
