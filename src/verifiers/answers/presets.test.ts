import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RULES } from './conventions.ts';
import { judgeAnswer, referenceProblem } from './judge.ts';

/** What the official MATH script counts equal, quirks included. */
const officiallyEqual: readonly (readonly [string, string])[] = [
  ['\\frac{1}{2}', '\\dfrac12'],
  ['\\frac{1}{2}', '1/2'],
  ['\\frac{1}{2}', '0.5'],
  ['\\frac{1}{2}', '.5'],
  ['\\frac1{72}', '\\frac{1}{72}'],
  ['90', '90^\\circ'],
  ['90^{\\circ}', '90'],
  ['10', '10\\text{ cm}^2'],
  ['\\$5', '5'],
  ['28\\%', '28'],
  ['x=5', '5'],
  ['k = 5', '5'],
  ['(1, 2)', '(1,2)'],
  ['\\sqrt3', '\\sqrt{3}'],
  ['10\\sqrt3 + \\sqrt{4}', '10\\sqrt{3}+\\sqrt4'],
  ['\\left(1,2\\right)', '(1,2)'],
  ['1,\\!000', '1,000'],
  ['x\\n', 'x\\n'],
];

/** What it counts different, though it is equal. */
const officiallyDifferent: readonly (readonly [string, string])[] = [
  ['\\frac{1}{4}', '0.25'],
  ['1000', '1,000'],
  ['3', '3.0'],
  ['\\text{Evelyn}', 'Evelyn'],
  ['5', '5\\text{cm}'],
  ['5', '5\\mbox{ cm}'],
  ['28', '28%'],
  ['5', '$5$'],
  ['\\frac{1}{2}', '\\cfrac{1}{2}'],
  ['\\frac{1}{2}', '\\frac{2}{4}'],
  ['x_1=5', '5'],
  ['1, 2', '2, 1'],
  ['\\frac{72}{1}', '\\frac{72}1'],
  ['1/2', '01/2'],
];

test('strict-math is the official script of MATH', () => {
  const rules = RULES['strict-math'];
  for (const [reference, answer] of officiallyEqual)
    assert.equal(judgeAnswer(reference, answer, rules).kind, 'correct', `${reference} ${answer}`);
  for (const [reference, answer] of officiallyDifferent)
    assert.equal(judgeAnswer(reference, answer, rules).kind, 'incorrect', `${reference} ${answer}`);
});

test('gsm8k compares numbers after commas and dollar signs are removed', () => {
  const rules = RULES.gsm8k;
  for (const answer of ['1080', '1,080', '$1,080', '1080.0', '1,080.', '\\$1,080', '+1080'])
    assert.equal(judgeAnswer('1080', answer, rules).kind, 'correct', answer);
  for (const answer of ['1081', '-1080', '108', '1080.5']) assert.equal(judgeAnswer('1080', answer, rules).kind, 'incorrect', answer);
  for (const answer of ['eight', '', '10 80x', '1/2']) assert.equal(judgeAnswer('1080', answer, rules).kind, 'unparsable', answer);
  assert.match(referenceProblem('twelve', rules)!, /no number/);
});
