import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Extract, extractors } from './extract.ts';
import { type NumberSettings, numberVerifier } from './number.ts';
import type { Verdict } from './verdict.ts';

type Row = readonly [reference: string, completion: string, kind: Verdict['kind'], answer?: string];

const told = (verdict: Verdict) => (verdict.kind === 'failed' ? verdict.reason : `${verdict.kind} ${verdict.answer}`);

function check(settings: NumberSettings, rows: readonly Row[]): void {
  const verify = numberVerifier(settings);
  for (const [reference, completion, kind, answer] of rows) {
    const verdict = verify(reference, completion);
    assert.equal(verdict.kind, kind, `${JSON.stringify(completion)} against ${reference}: ${told(verdict)}`);
    if (answer !== undefined) assert.equal(verdict.kind !== 'failed' && verdict.answer, answer, completion);
  }
}

test('the last number of a text is its answer, however it is written', () => {
  check({}, [
    ['9', ' 4 + 5 = 9', 'correct', '9'],
    ['9', 'She has 9.', 'correct', '9'],
    ['9', '9.0', 'correct', '9'],
    ['1080', 'It costs $1,080.00 in all.', 'correct', '1080'],
    ['1,080', '1080', 'correct', '1080'],
    ['-5', 'It is -5 degrees', 'correct', '-5'],
    ['-5', '3 - 8 = - 5', 'correct', '-5'],
    ['-5', 'a loss of -$5', 'correct', '-5'],
    ['5', '12-5', 'correct', '5'],
    ['5', '12 -5', 'correct', '5'],
    ['25', '25%', 'correct', '25'],
    ['0.75', '3/4', 'correct', '0.75'],
    ['3/2', 'it is 6/4 of it', 'correct', '1.5'],
    ['2.5', '2 1/2 hours', 'correct', '2.5'],
    ['2.5', '2½ hours', 'correct', '2.5'],
    ['0.5', 'half, so .5', 'correct', '0.5'],
    ['10/3', '10/3', 'correct', '10/3'],
    ['5', 'The total is...5', 'correct', '5'],
    ['9', '9\n\n', 'correct', '9'],
    ['9', 'She has 12 and then 8', 'incorrect', '8'],
    ['9', '9 apples for 3 children', 'incorrect', '3'],
    ['-5', '5', 'incorrect', '5'],
    ['9', '90', 'incorrect', '90'],
    ['9', '9.01', 'incorrect', '9.01'],
  ]);
});

test('a text without one number is unparsable, and no piece of it is taken for the answer', () => {
  check({}, [
    ['9', '', 'unparsable'],
    ['9', 'nine', 'unparsable'],
    ['9', 'I cannot answer that.', 'unparsable'],
    ['30', 'at 3:30', 'unparsable'],
    ['3', '1.2.3', 'unparsable'],
    ['0', '1,00,000', 'unparsable'],
    ['5', '1e5', 'unparsable'],
    ['4', '10^4', 'unparsable'],
    ['1', '1/0', 'unparsable'],
    ['1', '1'.repeat(41), 'unparsable'],
    ['1', '1'.repeat(1_000_000), 'unparsable'],
  ]);
});

test('each rule of extraction finds its own place and no other', () => {
  const rows: Readonly<Record<Extract, readonly Row[]>> = {
    'last-number': [['9', '4 + 5 = 9', 'correct']],
    hash: [
      ['18', 'She makes 9 * 2 = 18.\n#### 18', 'correct'],
      ['70000', '#### 70,000\n', 'correct'],
      ['18', '#### 17\nNo.\n#### $18 a day for 2 days', 'correct'],
      ['18', '9 * 2 = 18', 'unparsable'],
      ['18', '####\n18', 'unparsable'],
    ],
    'answer-is': [
      ['9', 'The answer is 9 apples, 3 a day.', 'correct'],
      ['9', 'the final ANSWER is: $9.00', 'correct'],
      ['9', 'It is 9.', 'unparsable'],
    ],
    boxed: [
      ['9', String.raw`so \boxed{9}.`, 'correct'],
      ['0.5', String.raw`\boxed{\frac{1}{2}}`, 'correct'],
      ['2.5', String.raw`\boxed{2\frac{1}{2}}`, 'correct'],
      ['1000', String.raw`\boxed{\$1{,}000\text{ dollars}}`, 'correct'],
      ['8', String.raw`\boxed{9} no, \boxed{8} and 3 more`, 'correct'],
      ['9', String.raw`\boxed{x + 9}`, 'unparsable'],
      ['9', String.raw`\boxed{9`, 'unparsable'],
    ],
  };
  for (const extract of Object.keys(extractors) as Extract[]) check({ extract }, rows[extract]);
});

test('a rounded reference agrees with every rounding of the same number to two decimals or more, and only when asked to', () => {
  const rows = [
    ['0.6666666667', '2/3'],
    ['0.6666666667', '0.67'],
    ['3.33', '10/3'],
    ['3.33', '3.3333'],
  ] as const;
  for (const [reference, completion] of rows) {
    check({ tolerance: 'rounded' }, [[reference, completion, 'correct']]);
    check({}, [[reference, completion, 'incorrect']]);
  }
  check({ tolerance: 'rounded' }, [
    ['3.33', '3.3', 'incorrect'],
    ['10', '9.999', 'incorrect'],
    ['3.33', '3.34', 'incorrect'],
    ['0.67', '2/5', 'incorrect'],
  ]);
});

test('with true-equations an answer counts only when a true equation gives it and none is false', () => {
  check({ require: 'true-equations' }, [
    ['43', ' 18 + 25 = 43', 'correct'],
    ['43', '18 + 25 = 43. She has 43 apples.', 'correct'],
    ['24', 'Natalia sold 48/2 = <<48/2=24>>24 clips', 'correct'],
    ['3.33', '10/3 = 3.33', 'correct'],
    ['43', 'She has 43 apples', 'incorrect', '43'],
    ['43', ' 18 + 24 = 43', 'incorrect', '43'],
    ['43', '5 + 3 = 8, 40 + 3 = 44, 18 + 25 = 43', 'incorrect', '43'],
    ['43', '18 + 24 = 42, so 43', 'incorrect', '43'],
    ['43', '43 = 43', 'incorrect', '43'],
    ['43', '18 + 25 = 44', 'incorrect', '44'],
  ]);
  const reason = (text: string) => numberVerifier({ require: 'true-equations' })('43', text).reason;
  assert.equal(reason('18 + 24 = 43'), 'answer 43 is right, but 18 + 24 = 43 is false');
  assert.equal(reason('She has 43.'), 'answer 43 is right, but no equation gives it');
  assert.equal(reason('1 + 1 = 2, so 43'), 'answer 43 is right, but none of its equations gives it');
});

test('a reason names the answer and the reference; a reference that is no number is our failure', () => {
  assert.equal(numberVerifier()('9', 'It is 12.').reason, 'answer 12, reference 9');
  for (const reference of ['', 'null', 'Mrs. Hilt', '3:4', '9 or 10']) assert.equal(numberVerifier()(reference, reference).kind, 'failed');
});

test('no text makes the verifier throw, whatever the rule', () => {
  const piece = fc.constantFrom(
    '1',
    '25',
    '=',
    '+',
    ' ',
    '/',
    '(',
    ')',
    '<<',
    '>>',
    '$',
    '%',
    'x',
    '\\boxed{',
    '}',
    '\\frac{',
    '#### ',
    'answer is',
    '.',
    ',',
    '\n',
    '½',
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece).map(parts => parts.join('')),
  );
  const verifiers = (Object.keys(extractors) as Extract[]).map(extract =>
    numberVerifier({ extract, require: 'true-equations', tolerance: 'rounded' }),
  );
  fc.assert(
    fc.property(texts, text => {
      for (const verify of verifiers) assert.match(verify('9', text).kind, /^(correct|incorrect|unparsable)$/);
    }),
    { numRuns: 2000 },
  );
});

test('a number equals itself however it is padded, and never the next one', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.integer({ min: 1, max: 6 }), (n, zeros) => {
      assert.equal(numberVerifier()(`${n}`, `It is ${n}.${'0'.repeat(zeros)}`).kind, 'correct');
      for (const tolerance of ['none', 'rounded'] as const)
        assert.equal(numberVerifier({ tolerance })(`${n}`, `It is ${n + 1n}.`).kind, 'incorrect');
    }),
  );
});

test('a megabyte of anything is judged at once', () => {
  for (const unit of ['1', '(', '1 ', '$', '=', '\\boxed{', '####', '<<', 'x', '1=']) {
    const text = unit.repeat(1_000_000 / unit.length);
    const start = performance.now();
    for (const extract of Object.keys(extractors) as Extract[]) numberVerifier({ extract, require: 'true-equations' })('9', text);
    assert.ok(performance.now() - start < 5000, `${unit}: ${performance.now() - start} ms`);
  }
});
