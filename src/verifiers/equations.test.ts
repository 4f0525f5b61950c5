import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Equation, equationsOf } from './equations.ts';
import { formatRational } from './rational.ts';

const brief = ({ text, isTrue }: Equation) => `${text} is ${isTrue}`;

/** Each text with the equations in it. */
const rows: Readonly<Record<string, readonly string[]>> = {
  '18 + 25 = 43': ['18 + 25 = 43 is true'],
  '18 + 25 = 44': ['18 + 25 = 44 is false'],
  '0.1 + 0.2 = 0.3': ['0.1 + 0.2 = 0.3 is true'],
  '18 apples + 25 apples = 43 apples in total': ['18 apples + 25 apples = 43 is true'],
  'Natalia sold 48/2 = <<48/2=24>>24 clips in May.': ['48/2=24 is true', '48/2 = 24 is true'],
  'She makes 9 * 2 = $<<9*2=19>>18 a day': ['9*2=19 is false', '9 * 2 = $18 is true'],
  '80,000+50,000=$130,000': ['80,000+50,000=$130,000 is true'],
  '3 + 4 = 7 = 14/2': ['3 + 4 = 7 = 14/2 is true'],
  '3 + 4 = 7 = 15/2': ['3 + 4 = 7 = 15/2 is false'],
  '18 + 25 = 43 = 44': ['18 + 25 = 43 = 44 is false'],
  '5 + 3 = 8 and 8 * 2 = 16': ['5 + 3 = 8 is true', '8 * 2 = 16 is true'],
  '5+3=8,so 8-1=6': ['5+3=8 is true', '8-1=6 is false'],
  '43 = 18 + 25': ['43 = 18 + 25 is true'],
  '2 + 3 * 4 = 14': ['2 + 3 * 4 = 14 is true'],
  '(2 + 3) * 4 = 20': ['(2 + 3) * 4 = 20 is true'],
  '( ( 44.0 + 44.0 ) + 58.0 ) = 146': ['( ( 44.0 + 44.0 ) + 58.0 ) = 146 is true'],
  '2(3+4) = 14': ['2(3+4) = 14 is true'],
  '20 - 5 - 3 = 12': ['20 - 5 - 3 = 12 is true'],
  '24 / 4 / 2 = 3': ['24 / 4 / 2 = 3 is true'],
  '3 x 5 = 15 and 3 × 5 = 15 and 15 ÷ 5 = 3': ['3 x 5 = 15 is true', '3 × 5 = 15 is true', '15 ÷ 5 = 3 is true'],
  '3 * -5 = -15': ['3 * -5 = -15 is true'],
  '-5 + 3 = -2': ['-5 + 3 = -2 is true'],
  '- 5 + 3 = 8': ['5 + 3 = 8 is true'],
  '1. 5 + 3 = 8': ['5 + 3 = 8 is true'],
  'Step 1: 5 + 3 = 8': ['5 + 3 = 8 is true'],
  'Dog:9-3=6 lives': ['9-3=6 is true'],
  '12 apples -5 apples = 7 apples': ['12 apples -5 apples = 7 is true'],
  '**5 + 3 = 8**': ['5 + 3 = 8 is true'],
  '(5 + 3 = 8)': ['5 + 3 = 8 is true'],
  'total = 5 + 3 = 8': ['5 + 3 = 8 is true'],
  '2 1/2 + 1 = 3 1/2': ['2 1/2 + 1 = 3 1/2 is true'],
  '10/3 = 3.33': ['10/3 = 3.33 is true'],
  '10/3 = 3.34': ['10/3 = 3.34 is false'],
  '10/3 = 3': ['10/3 = 3 is false'],
  '7/2 = 4': ['7/2 = 4 is false'],
  '17/5=3 r2': ['17/5=3 is false'],
  '3.33 * 3 = 10': ['3.33 * 3 = 10 is false'],
  '1/4 = 25%': ['1/4 = 25% is true'],
  '1/4 * 100 = 25%': ['1/4 * 100 = 25% is true'],
  '2/3 = 66.67%': ['2/3 = 66.67% is true'],
  '2/3 = 66.77%': ['2/3 = 66.77% is false'],
  '20% of 50 = 10': ['20% of 50 = 10 is true'],
  '1/0 = 5': ['1/0 = 5 is false'],
  '\\frac{1}{2} \\times 4 = 2': ['((1)/(2)) × 4 = 2 is true'],
  // Nothing is computed, or not everything is known.
  '60 minutes = 1 hour': [],
  '9 = 9': [],
  '18 + 25 = total': [],
  'x + 3 = 7': [],
  '2x + 3 = 7': [],
  '8p = 5p + 3000': [],
  'price * 5 = 20': [],
  '5 * price = 20': [],
  '2^3 + 1 = 9': [],
  '2**3 + 1 = 9': [],
  'GCD(12,18)=6': [],
  'LCM[4,6]=12': [],
  '12:16=3:4': [],
  '4 + 5 > 8': [],
  [`${'('.repeat(40)}1 + 1${')'.repeat(40)} = 2`]: [], // nobody nests that deep
  'no equation at all': [],
  '': [],
};

test('equations are found in ordinary text, with their truth', () => {
  for (const [text, expected] of Object.entries(rows)) assert.deepEqual(equationsOf(text).map(brief), expected, text);
});

test('the sides of an equation are what a reader would quote from it', () => {
  assert.deepEqual(equationsOf('5 + 3 = 8')[0]!.sides.map(formatRational), ['8', '8']);
  assert.deepEqual(equationsOf('10/3 = 3.33')[0]!.sides.map(formatRational), ['10/3', '3.33']);
  assert.deepEqual(equationsOf('1/4 = 25%')[0]!.sides.map(formatRational), ['0.25', '0.25', '25']);
});

test('a random sum is true with its result and false with the next number', () => {
  const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(numbers, list => {
      const sum = list.reduce((a, b) => a + b, 0);
      const isTrue = (right: number) => equationsOf(`${list.map(n => `(${n})`).join(' + ')} = ${right}`).map(e => e.isTrue);
      assert.deepEqual([isTrue(sum), isTrue(sum + 1)], [[true], [false]]);
    }),
  );
});

test('no text makes it throw', () => {
  const piece = fc.constantFrom(
    '1',
    '2.5',
    '=',
    '+',
    '-',
    '*',
    '/',
    '(',
    ')',
    ' ',
    'x',
    'apples',
    '%',
    '<<',
    '>>',
    '^',
    '$',
    '1/2',
    '**',
    'of',
    ':',
    '[',
    ']',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), parts => void equationsOf(parts.join(''))),
    { numRuns: 5000 },
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), text => void equationsOf(`${text}=1`)),
    { numRuns: 1000 },
  );
});

/** The best of three, so that a busy machine fails nobody. */
function fastest(work: () => unknown): number {
  const times = [0, 1, 2].map(() => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...times);
}

test('a megabyte of digits, brackets or signs costs no time', () => {
  for (const unit of ['1', '(', '1=', '=', '(1+', ' ']) {
    const text = `${unit.repeat(1_000_000 / unit.length)}=1`;
    const ms = fastest(() => equationsOf(text));
    assert.ok(ms < 2000, `${JSON.stringify(unit)}: ${ms} ms`);
  }
});

test('a clause of brackets and operators as long as we read is judged in milliseconds', () => {
  for (const unit of ['(', '(1+', '1(', '-', '1-', '1 apples ', `${'9'.repeat(39)}*`, ')', '1)(']) {
    const text = `${unit.repeat(Math.floor(1990 / unit.length))}1=1`;
    const ms = fastest(() => equationsOf(text));
    assert.ok(ms < 50, `${unit}: ${ms} ms`);
  }
});
