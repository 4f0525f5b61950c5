// The pre-training text's promises: made again to the letter, apart from every problem of a task, authors who misread as often as the table
// says, and code and exercises whose right form is right.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { rngOf, seedOf } from '../../src/random.ts';
import { checkSteps } from '../../src/tasks/minimath/check-steps.ts';
import { phraseIds, phraseOf } from '../../src/tasks/minimath/phrases.ts';
import { makeStory } from '../../src/tasks/minimath/problem.ts';
import { hashOf, makeSplits } from '../../src/tasks/minimath/splits.ts';
import { verifyAnswer } from '../../src/tasks/minimath/task.ts';
import { isReserved } from '../../src/tasks/reserve.ts';
import { seed } from '../sizes.ts';
import { author, habits, readPhrase } from './authors.ts';
import { misreadings } from './misreadings.ts';
import { type Kind, makeWorld, mixture } from './mixture.ts';
import { minimathTexts } from './stories.ts';

const world = makeWorld(1);
const documents = Array.from({ length: 4000 }, (_, i) => world.document(i));
const questionOf = (prompt: string): string => prompt.slice('Q: '.length, -'\nA:'.length);

test('a document depends on the seed and its number alone', () => {
  assert.deepEqual(makeWorld(1).document(17), documents[17]);
  assert.notDeepEqual(makeWorld(2).document(17), documents[17]);
});

test('the text is the one the models in this folder were made from', () => {
  const recipe = makeWorld(seed);
  const hash = createHash('sha256');
  for (let i = 0; i < 3000; i++) hash.update(JSON.stringify(recipe.document(i)));
  assert.equal(hash.digest('hex'), 'ec4ad356c5f24950a5de59650864a1f1c61c663427aeff6fd91c7f939812c629');
});

test('kinds come as often as the mixture says, and its shares add up to one', () => {
  const shares = Object.entries(mixture) as [Kind, number][];
  assert.ok(Math.abs(shares.reduce((sum, [, share]) => sum + share, 0) - 1) < 1e-9);
  for (const [kind, share] of shares) {
    const got = documents.filter(d => d.kind === kind).length / documents.length;
    assert.ok(Math.abs(got - share) < 4 * Math.sqrt((share * (1 - share)) / documents.length), `${kind}: ${got}`);
  }
});

test('no question of minimath is in the text', () => {
  const splits = makeSplits();
  const taken = new Set([...splits.stories.test, ...splits.stories.train].map(s => hashOf(s.question)));
  for (const d of documents) if (d.kind === 'minimath') assert.ok(!taken.has(hashOf(questionOf(d.prompt))), d.prompt);
});

test('a question that is taken is not written: another one is made', () => {
  const first = questionOf(minimathTexts(() => false)(rngOf(5)).prompt);
  const other = questionOf(minimathTexts(question => question === first)(rngOf(5)).prompt);
  assert.notEqual(other, first);
});

test('no reserved question is in the text, and a quarter of all questions is reserved', () => {
  const others = documents.filter(d => d.kind !== 'minimath' && d.kind !== 'docstring');
  for (const d of others) assert.ok(!isReserved(questionOf(d.prompt).replace(/ Answer at once\.$/, '')), d.prompt);
  const reserved = documents.filter(d => d.kind === 'minimath' && isReserved(questionOf(d.prompt))).length;
  const share = reserved / documents.filter(d => d.kind === 'minimath').length;
  assert.ok(share > 0.2 && share < 0.3, String(share));
});

test('authors misread a phrase as often as the table says, and always into something else', () => {
  for (const phrase of phraseIds) {
    const total = misreadings[phrase].reduce((sum, [, probability]) => sum + probability, 0);
    assert.ok(total < 0.9, phrase);
    const event = { phrase, operands: { now: 60, a: 4, b: 5 }, text: '', owner: { name: 'Tom', pronoun: 'He' } } as const;
    const rng = rngOf(seedOf(phrase));
    const draws = Array.from({ length: 2000 }, () => readPhrase(event, rng));
    const truth = phraseOf(phrase).reading;
    assert.ok(
      misreadings[phrase].every(([reading]) => reading !== truth),
      phrase,
    );
    const misread = draws.filter(reading => reading !== truth).length / draws.length;
    assert.ok(Math.abs(misread - total) <= 4 * Math.sqrt((total * (1 - total)) / draws.length), `${phrase}: ${misread}, not ${total}`);
  }
});

test("an author's text is judged correct exactly when the author's own result is the answer", () => {
  const rng = rngOf(11);
  let [right, wrong, lucky] = [0, 0, 0];
  for (let i = 0; i < 3000; i++) {
    const story = makeStory(rng);
    const { plan, text } = author(story, rng);
    const isCorrect = verifyAnswer(String(story.answer), text).kind === 'correct';
    assert.equal(isCorrect, plan.answer === story.answer, text);
    if (!isCorrect) wrong++;
    else if (checkSteps(story.question, text).isRight) right++;
    else lucky++;
  }
  assert.ok(right > 500 && wrong > 1000, `${right} right, ${wrong} wrong`);
  assert.ok(lucky < 0.05 * right, `${lucky} right by false steps`);
});

test('misreading one phrase makes the answer wrong unless the counts coincide', () => {
  const rng = rngOf(12);
  for (let i = 0; i < 2000; i++) {
    const story = makeStory(rng, { steps: 1 });
    const { plan, text } = author(story, rng);
    const last = plan.steps.at(-1)?.equation.value ?? story.first;
    assert.equal(verifyAnswer(String(last), text).kind, 'correct');
    if (last !== story.answer) assert.equal(verifyAnswer(String(story.answer), text).kind, 'incorrect');
  }
});

test('the human style is rare', () => {
  const texts = documents.filter(d => d.kind === 'minimath');
  const brief = texts.filter(d => /^ \d+[-+*/]\d+=\d+(, \d+[-+*/]\d+=\d+)*\. Answer/.test(d.completion)).length / texts.length;
  assert.ok(Math.abs(brief - habits.brief) < 0.03, String(brief));
});
