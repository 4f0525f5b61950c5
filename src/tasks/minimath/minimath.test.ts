// The task's promises: problems fixed for ever, references that are the arithmetic of their stories, human solutions that are right, and a
// verifier that takes nothing else for right.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { rngOf } from '../../random.ts';
import { checkSteps } from './check-steps.ts';
import { humanSolution } from './human.ts';
import { type PhraseId, phraseIds, phraseOf } from './phrases.ts';
import { planOf } from './plan.ts';
import { makeStory, type Story } from './problem.ts';
import { countAfter, equationsOf } from './readings.ts';
import { type Style, styles, writeSolution } from './solution.ts';
import { hashOf, makeSplits, sizes } from './splits.ts';
import { minimath, promptOf, verifyAnswer } from './task.ts';
import { away, home } from './words.ts';

const splits = makeSplits();
const all: readonly Story[] = [...splits.stories.test, ...splits.stories.train];

/** What each phrase truly does to 60 things with a = 4 and b = 5, worked out by hand. */
const trueCounts: Record<PhraseId, number> = {
  gets: 64,
  finds: 64,
  given: 64,
  boxes: 80,
  loses: 56,
  breaks: 56,
  gives: 56,
  bags: 40,
  uses: 51,
  doubles: 120,
  triples: 180,
  timesAsMany: 240,
  growsTo: 240,
  swaps: 240,
  sellsHalf: 30,
  halfBreak: 30,
  equalBags: 15,
  keepsThird: 20,
  losesThird: 40,
  otherMore: 64,
  otherFewer: 56,
  otherTimes: 240,
  thanOther: 56,
  timesOther: 15,
  allMore: 124,
  allTimes: 300,
  dozen: 72,
  sellsDozen: 48,
  week: 88,
  days: 80,
  pairs: 68,
  aside: 60,
};

test('every phrase does to the count what its words say', () => {
  for (const id of phraseIds) {
    const operands = { now: 60, a: 4, b: 5 };
    assert.equal(countAfter(equationsOf(phraseOf(id).reading, operands), 60), trueCounts[id], id);
  }
});

test('every number in the words of a phrase is one of its operands, and none is missing', () => {
  for (const id of phraseIds) {
    const row = phraseOf(id);
    const wanted = [row.a && '{a}', row.b && '{b}'].filter(Boolean);
    for (const wording of [...row.home, ...row.away])
      assert.deepEqual([...new Set(wording.match(/\{[ab]\}/g) ?? [])].sort(), wanted, wording);
  }
});

test('the same rng gives the same story', () => {
  assert.deepEqual(makeStory(rngOf(7)), makeStory(rngOf(7)));
  assert.notDeepEqual(makeStory(rngOf(7)), makeStory(rngOf(8)));
});

test('the problems are the same for ever', async () => {
  const digest = createHash('sha256');
  for (const split of ['test', 'train'] as const)
    for (const p of await minimath.problems(split)) digest.update(`${p.id} ${p.question} ${p.reference}\n`);
  assert.equal(digest.digest('hex').slice(0, 16), '4c31316ab49c4fc7');
});

test('no question stands twice, in one split or in both', () => {
  assert.equal(new Set(all.map(s => hashOf(s.question))).size, sizes.test + sizes.train);
  assert.ok(all.every(s => splits.isTaken(` ${s.question.toUpperCase()}\n`)));
  assert.ok(!splits.isTaken(makeStory(rngOf(1)).question));
});

test('ids, levels and subjects are balanced in every prefix', async () => {
  const problems = await minimath.problems('train');
  assert.equal(problems[0]!.id, 'minimath-train-0001');
  assert.equal(problems.at(-1)!.id, 'minimath-train-2000');
  for (const level of ['1', '2', '3', '4', '5']) assert.equal(problems.slice(0, 300).filter(p => p.level === level).length, 60);
  assert.equal(problems.slice(0, 300).filter(p => p.subject === 'division').length, 50);
});

test('a level is the number of equations, and a reference is their last result', () => {
  for (const story of all) {
    const { steps, answer } = planOf(story);
    assert.equal(steps.length, story.steps);
    assert.equal(answer, story.answer);
    assert.equal(steps.at(-1)!.equation.value, story.answer);
  }
});

test('all numbers are whole, positive and below a thousand', () => {
  for (const story of all)
    for (const { equation } of planOf(story).steps)
      assert.ok(Number.isInteger(equation.value) && equation.value >= 1 && equation.value < 1000);
});

test('every human solution is correct, in every step, and brief', async () => {
  for (const split of ['test', 'train'] as const) {
    for (const problem of await minimath.problems(split)) {
      assert.equal((await minimath.verify(problem, problem.solution!)).kind, 'correct', problem.id);
      assert.ok(checkSteps(problem.question, problem.solution!).isRight, problem.solution);
      assert.match(problem.solution!, /^ (\d+[-+*/]\d+=\d+(, |\. ))+Answer: \d+\.$/);
    }
  }
});

test('every right way, in every style, is correct in every step', () => {
  const rng = rngOf(3);
  const seen = new Set<string>();
  for (const lexicon of [home, away]) {
    for (let i = 0; i < 500; i++) {
      const story = makeStory(rng, { lexicon });
      const coin = () => rng.next() < 0.5;
      for (const style of Object.keys(styles) as Style[]) {
        const text = writeSolution(story, planOf(story, { regroup: coin, split: coin }), style, rng);
        assert.equal(verifyAnswer(String(story.answer), text).kind, 'correct', text);
        assert.ok(checkSteps(story.question, text).isRight, `${story.question}\n${text}`);
        seen.add(text);
      }
    }
  }
  assert.ok(seen.size > 4500, 'the ways differ');
});

const gradings = [
  ['the right answer', ' 40+2=42. Answer: 42.', 'correct'],
  ['a wrong answer', ' 40+3=43. Answer: 43.', 'incorrect'],
  ['the last of two answers counts', ' Answer: 42. No. Answer: 43.', 'incorrect'],
  ['a longer number is another number', ' Answer: 421.', 'incorrect'],
  ['an empty completion', '', 'unparsable'],
  ['no answer line', ' 40+2=42.', 'unparsable'],
  ['cut off before the number', ' Answer: 42. Or else: Answer:', 'unparsable'],
  ['cut off inside the number', ' 40+2=42. Answer: 42', 'unparsable'],
  ['a refusal', ' I cannot help with that.', 'unparsable'],
  ['the prompt, copied', promptOf('Tom has 40 pens. Tom gets 2 more.'), 'unparsable'],
] as const;

for (const [title, completion, kind] of gradings) {
  test(`verdict: ${title} is ${kind}`, () => assert.equal(verifyAnswer('42', completion).kind, kind));
}

test('checkSteps finds a right answer reached the wrong way', () => {
  const question = 'Tom has 40 pens. Tom gets 2 more. How many pens does Tom have now?';
  assert.ok(checkSteps(question, ' 40+2=42. Answer: 42.').isRight);
  assert.ok(!checkSteps(question, ' 40+3=42. Answer: 42.').isRight, 'a false equation');
  assert.ok(!checkSteps(question, ' 37+5=42. Answer: 42.').isRight, 'numbers from nowhere');
  assert.ok(!checkSteps(question, ' 40+2=42. Answer: 41.').isRight, 'another answer than the last result');
  assert.ok(!checkSteps(question, ' Answer: 42.').isRight, 'no step at all');
});

test('the human solution does not depend on anything but the story', () => {
  const story = makeStory(rngOf(5), { steps: 3 });
  assert.equal(humanSolution(story), humanSolution(story));
});

test('the audit accepts every human solution, and tells a right answer by a wrong way', async () => {
  const problems = (await minimath.problems('train')).slice(0, 200);
  for (const problem of problems) assert.equal((await minimath.audit!(problem, problem.solution!))?.kind, 'correct', problem.solution);
  const [problem] = problems;
  const lucky = ` 1+1=2. Answer: ${problem!.reference}.`;
  assert.equal((await minimath.verify(problem!, lucky)).kind, 'correct');
  assert.equal((await minimath.audit!(problem!, lucky))?.kind, 'incorrect');
});
