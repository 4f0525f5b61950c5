// Extraction: one row per form that people and models write, the ways a text can be cut off, and the laws: never a throw, linear time.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { extractAnswer } from './extract.ts';
import type { Marker } from './marks.ts';

const rows: readonly (readonly [text: string, expected: string | null, marker: Marker])[] = [
  [String.raw`so $x = \boxed{\frac{1}{2}}$.`, String.raw`\frac{1}{2}`, 'boxed'],
  [String.raw`\boxed{1}, no: \fbox{\text{(C)}}`, String.raw`\text{(C)}`, 'boxed'],
  [String.raw`$\boxed{\{x \mid \sqrt{x^{2}} > 0\}}$`, String.raw`\{x \mid \sqrt{x^{2}} > 0\}`, 'boxed'],
  [String.raw`$\boxed{\left\{ 1 \right.}$`, String.raw`\left\{ 1 \right.`, 'boxed'],
  ['\\boxed{\n 5\n}', '5', 'boxed'],
  [String.raw`it is $\boxed 5$.`, '5', 'boxed'],
  [String.raw`it is $\boxed\frac12$.`, String.raw`\frac12`, 'boxed'],
  [String.raw`it is \boxed 17, all in all`, '17', 'boxed'],
  [String.raw`\boxed{3} stands in the \boxed form`, '3', 'boxed'],
  [String.raw`\boxed{}`, '', 'boxed'],
  [String.raw`\boxed{\boxed{7}}`, '7', 'boxed'],
  [String.raw`\\boxed{-3}`, '-3', 'boxed'],
  [String.raw`\boxed{12} and again \boxed{12`, null, 'none'],
  [String.raw`Thus the answer is \boxed{\frac{1}{2}`, null, 'none'],
  [String.raw`\boxed{5 is what I get. The answer is 5.`, '5', 'answer-phrase'],
  ['Two and two.\n#### 4', '4', 'hash'],
  ['#### 1,234\n', '1234', 'hash'],
  ['#### -7', '-7', 'hash'],
  ['The answer is #### 42', '42', 'hash'],
  ['#### Step 1: count\nThere are 3.\n#### Step 2: double it\nThe answer is 6.', '6', 'answer-phrase'],
  ['#### 1. Count the eggs\nThere are 3 of them', null, 'none'],
  ['Final Answer: The final answer is $x^2$. I hope it is correct.', 'x^2', 'minerva'],
  ['Final Answer: The final answer is 12,000,023. I hope it is correct.', '12,000,023', 'minerva'],
  ['$\\boxed{3}$\nFinal Answer: The final answer is $3$. I hope it is correct.', '3', 'minerva'],
  [String.raw`Final Answer: The smallest $N$ is $\boxed{14{,}916}$. I hope it is correct.`, '14{,}916', 'boxed'],
  ['Final Answer: Ann began 3 hours ago. I hope it is correct.', '3', 'minerva'],
  ['Final Answer: The final answer is $5$. I hope it is correct.\n\nProblem:\nWhat is 2?', '5', 'minerva'],
  ['The answer is 3.14.', '3.14', 'answer-phrase'],
  ['the final answer is: 42', '42', 'answer-phrase'],
  ['**Answer:** 12', '12', 'answer-phrase'],
  ['**Final Answer**: $\\sqrt{2}$.', '\\sqrt{2}', 'answer-phrase'],
  ['ANSWER: No\nOn reflection...\nANSWER: Yes.', 'Yes', 'answer-phrase'],
  ['So the answer is $12$ apples, as required.', '12', 'answer-phrase'],
  ['So the answer is $2$, $3$ and $5$.', '$2$, $3$ and $5$', 'answer-phrase'],
  ['Hence the answer is 0.5, i.e. one half.', '0.5', 'answer-phrase'],
  ['The answer is 12 apples.', '12', 'answer-phrase'],
  ['The answer is 12 cm.', '12 cm', 'answer-phrase'],
  ['The answer is 3 million.', '3 million', 'answer-phrase'],
  ['The answer is $12.50.', '$12.50', 'answer-phrase'],
  ['The answer is Evelyn because she was faster.', 'Evelyn', 'answer-phrase'],
  ['The answer is 4. Remember that the answer is in its simplest form.', '4', 'answer-phrase'],
  ['The answer is approximately $3.14$.', '3.14', 'answer-phrase'],
  ['The answer is about 3.14 (rounded).', '3.14', 'answer-phrase'],
  ['The answer is 7; the other root is negative.', '7', 'answer-phrase'],
  ['The answer is 7 - that is all', '7', 'answer-phrase'],
  ['The answer is 5. The answer is not 6.', '5', 'answer-phrase'],
  ['**Answer**\n\n12', '12', 'answer-phrase'],
  ['答えは12です。', '12', 'answer-phrase'],
  ['\\boxed{}\nThe answer is 5', '5', 'answer-phrase'],
  ['The answer is $\\frac{1}{', null, 'none'],
  ['Answer: The largest $n$ is 34.', '34', 'answer-phrase'],
  ['答案是：12', '12', 'answer-phrase'],
  ['She adds them.\nA: 250', '250', 'answer-phrase'],
  ['Answer: (D)', 'D', 'letter'],
  ['The answer is (B) Au.', 'B', 'letter'],
  ['The answer is C.\n\nAnswer: A', 'A', 'letter'],
  ['I think D is correct.', 'D', 'letter'],
  ['My choice is **B**', 'B', 'letter'],
  ['Point A is on the line and B is not', null, 'none'],
  ['<answer> \\frac{1}{3} </answer>', '\\frac{1}{3}', 'tag'],
  ['<final_answer>The answer is 7.</final_answer>', '7', 'answer-phrase'],
  [String.raw`<answer>$\boxed{9}$</answer>`, '9', 'boxed'],
  ['<answer>9', null, 'none'],
  [String.raw`<think>is it \boxed{1}?</think> It is \boxed{2}.`, '2', 'boxed'],
  [String.raw`is it \boxed{1}?</think> No idea`, 'No idea', 'think'],
  [String.raw`<think>is it \boxed{1}?`, null, 'none'],
  ['<think>2 + 2 = 4\n<answer>4</answer>', '4', 'tag'],
  ['<think>maybe <answer>4</answer>, or not', null, 'none'],
  ['<|im_start|>Answer: 42<|im_end|>', '42', 'answer-phrase'],
  ['We get $3$ and then 4', null, 'none'],
  ['I do not know.', null, 'none'],
  ['', null, 'none'],
];

for (const [text, expected, marker] of rows)
  test(`${JSON.stringify(text.slice(0, 90))} gives ${expected === null ? 'nothing' : JSON.stringify(expected)}`, () => {
    assert.deepEqual(extractAnswer(text), { text: expected, marker });
  });

test('a fallback is taken only where it is asked for and nothing is marked', () => {
  assert.deepEqual(extractAnswer('We pay $1,299.99 in the end', { fallback: 'last-number' }), { text: '1,299.99', marker: 'last-number' });
  assert.deepEqual(extractAnswer('It fell to -12 degrees', { fallback: 'last-number' }), { text: '-12', marker: 'last-number' });
  assert.equal(extractAnswer('at 12:30', { fallback: 'last-number' }).text, '12:30');
  assert.equal(extractAnswer('it is 10^5', { fallback: 'last-number' }).text, '10^5');
  assert.deepEqual(extractAnswer('5-3', { fallback: 'last-number' }), { text: '3', marker: 'last-number' });
  assert.deepEqual(extractAnswer(String.raw`so $x \lt 3$.`, { fallback: 'last-math' }), { text: String.raw`x \lt 3`, marker: 'last-math' });
  assert.deepEqual(extractAnswer('The answer is 4, not 5', { fallback: 'last-number' }).text, '4');
  assert.deepEqual(extractAnswer('no digits', { fallback: 'last-number' }), { text: null, marker: 'none' });
});

test('a reference gives no letter of loose prose and no whole text after a thought', () => {
  assert.equal(extractAnswer('A is correct', { weak: false }).text, null);
  assert.equal(extractAnswer('</think>Paris', { weak: false }).text, null);
});

const pieces = [
  '\\boxed{',
  '\\boxed',
  '{',
  '}',
  '\\',
  '$',
  '$$',
  '\\(',
  '\\]',
  '#### ',
  '<answer>',
  '</answer>',
  '<think>',
  '</think>',
  'The answer is ',
  'Answer: ',
  'Final Answer: The final answer is ',
  '. I hope it is correct.',
  'A ',
  '1',
  ',',
  '½',
  '\n',
  ' ',
  'is correct',
  '😀',
  '\uD800',
];

test('no text whatever makes it throw, and text is null exactly when there is no marker', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...pieces), { maxLength: 30 }),
      fc.constantFrom('none', 'last-number', 'last-math'),
      (parts, fallback) => {
        const { text, marker } = extractAnswer(parts.join(''), { fallback });
        assert.equal(text === null, marker === 'none');
      },
    ),
    { seed: 1, numRuns: 3000 },
  );
});

test('a box after any prose is found, whatever stood there before', () => {
  const inside = fc.stringMatching(/^[a-z0-9+ ]{1,20}$/).filter(s => s.trim() !== '');
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces.filter(p => !/think|[<\\]/.test(p)))), inside, (parts, answer) => {
      assert.equal(extractAnswer(`${parts.join('')} \\boxed{${answer}}`).text, answer.trim());
    }),
    { seed: 2, numRuns: 1000 },
  );
});

test('a megabyte of any piece does not take the square of its length', () => {
  for (const piece of pieces) {
    const start = performance.now();
    extractAnswer(piece.repeat(Math.ceil(1e6 / piece.length)), { fallback: 'last-number' });
    assert.ok(performance.now() - start < 20_000, JSON.stringify(piece));
  }
});

const shared = process.env.REST_EM_SHARED;
const fixture = shared ? join(shared, 'fixtures/answers/extraction.jsonl') : '';
const skip = shared && existsSync(fixture) ? false : 'REST_EM_SHARED, the folder of the shared fixtures, is not set';

interface FixtureRow {
  readonly id: string;
  readonly text: string;
  readonly expected: string | null;
  readonly marker: string;
  readonly match: 'exact' | 'equiv';
}

/** As answers, for the forms in the fixture: signs of money, commas, brackets of a letter. */
const plain = (text: string | null): string | undefined =>
  text
    ?.replace(/[$\s,]|\\[()]/g, '')
    .replace(/[.%]$/, '')
    .replace(/^\((.)\)$/, '$1');

test('of the shared fixture at least 99 of 100 are taken out as they should be', { skip }, () => {
  const all = readFileSync(fixture, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as FixtureRow);
  const wrong = all.filter(row => {
    const { text } = extractAnswer(row.text, { fallback: row.marker === 'last-number' ? 'last-number' : 'none' });
    return row.match === 'exact' ? text !== (row.expected?.trim() ?? null) : plain(text) !== plain(row.expected);
  });
  assert.ok(wrong.length <= all.length / 100, wrong.map(row => row.id).join(', '));
});
