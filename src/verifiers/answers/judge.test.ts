import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { RULES, withConventions } from './conventions.ts';
import { judgeAnswer, referenceProblem } from './judge.ts';

interface Pair {
  readonly reference: string;
  readonly answer: string;
  readonly equal: boolean;
}

const fixture = <T>(name: string): T[] =>
  readFileSync(new URL(`../../../test/fixtures/answers/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as T);

const isCorrect = (reference: string, answer: string): boolean => judgeAnswer(reference, answer).kind === 'correct';
const pairs = fixture<Pair>('pairs');
const mutations = fixture<{ gold: string; pred: string; equal: boolean; rule: string; tier: string }>('mutations');

test('hand-written pairs of every kind are judged right, from either side', () => {
  const wrong = pairs.filter(p => isCorrect(p.reference, p.answer) !== p.equal || isCorrect(p.answer, p.reference) !== p.equal);
  assert.deepEqual(wrong, []);
  assert.ok(pairs.length > 300);
});

test('every rewrite of a MATH answer, one per kind and rule, is judged right', () => {
  const wrong = mutations.filter(m => isCorrect(m.gold, m.pred) !== m.equal);
  assert.deepEqual(wrong, []);
  assert.ok(mutations.length > 300);
});

test('the judge is symmetric across answers that have nothing to do with each other', () => {
  const texts = fc.constantFrom(...pairs.flatMap(p => [p.reference, p.answer]));
  fc.assert(
    fc.property(texts, texts, (a, b) => isCorrect(a, b) === isCorrect(b, a)),
    { numRuns: 1500 },
  );
});

test('blanks, \\left \\right and dollar signs around an answer change nothing', () => {
  for (const { gold } of mutations) {
    assert.ok(isCorrect(gold, `  ${gold} `), gold);
    if (!gold.includes('$')) assert.ok(isCorrect(gold, `$${gold}$`), gold);
    if (!gold.includes('\\left'))
      assert.ok(isCorrect(gold, gold.replace(/(?<!\\)([([])/g, '\\left$1').replace(/(?<!\\)([)\]])/g, '\\right$1')), gold);
  }
});

test('no answer with another digit or another sign is accepted', () => {
  for (const { gold } of mutations) {
    for (const [place, digit] of [...gold].entries()) {
      if (!/\d/.test(digit)) continue;
      const other = gold.slice(0, place) + ((Number(digit) + 1) % 10) + gold.slice(place + 1);
      assert.ok(!isCorrect(gold, other), `${gold} | ${other}`);
    }
    for (const { index, 0: sign } of gold.matchAll(/[+-]/g)) {
      const other = gold.slice(0, index) + (sign === '+' ? '-' : '+') + gold.slice(index + 1);
      assert.ok(!isCorrect(gold, other), `${gold} | ${other}`);
    }
  }
});

const whole = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
const small = fc.integer({ min: 1, max: 99 });

test('a whole number is never one more than itself, however it is written', () => {
  const forms: ((n: bigint) => string)[] = [
    String,
    n => `\\frac{${2n * n}}{2}`,
    n => `${n}.0`,
    n => `$${n}$`,
    n => n.toLocaleString('en-US'),
    n => `x = ${n}`,
  ];
  fc.assert(
    fc.property(
      whole,
      fc.constantFrom(...forms),
      fc.constantFrom(...forms),
      (n, write, other) => isCorrect(write(n), other(n)) && !isCorrect(write(n), other(n + 1n)),
    ),
  );
});

test('a fraction equals its multiples and its mixed number, and no neighbour', () => {
  fc.assert(
    fc.property(small, small, small, (a, b, k) => {
      const reference = `\\frac{${a}}{${b}}`;
      const mixed = a > b && a % b !== 0 ? `${Math.floor(a / b)}\\frac{${a % b}}{${b}}` : reference;
      return isCorrect(reference, `${a * k}/${b * k}`) && isCorrect(reference, mixed) && !isCorrect(reference, `\\frac{${a}}{${b + 1}}`);
    }),
  );
});

test('a polynomial equals its factors multiplied out, and nothing with another coefficient', () => {
  fc.assert(
    fc.property(small, small, small, small, (a, b, c, d) => {
      const factored = `(${a}x + ${b})(${c}x - ${d})`;
      const expanded = (last: number) => `${a * c}x^2 + ${b * c - a * d}x - ${last}`.replace('+ -', '- ');
      return isCorrect(factored, expanded(b * d)) && !isCorrect(factored, expanded(b * d + 1));
    }),
  );
});

test('a nested root equals its sum of roots, by proof', () => {
  fc.assert(
    fc.property(small, small, (a, b) => {
      const nested = `\\sqrt{${a + b}+2\\sqrt{${a * b}}}`;
      return isCorrect(nested, `\\sqrt{${a}}+\\sqrt{${b}}`) && !isCorrect(nested, `\\sqrt{${a}}+\\sqrt{${b + 1}}`);
    }),
  );
});

test('an identity holds at every point, a near miss at none', () => {
  fc.assert(
    fc.property(small, small, (a, b) => {
      const reference = `\\sin(${a}x+${b})`;
      return (
        isCorrect(reference, `\\sin(${a}x)\\cos(${b})+\\cos(${a}x)\\sin(${b})`) &&
        !isCorrect(reference, `\\sin(${a}x)\\cos(${b})-\\cos(${a}x)\\sin(${b})`)
      );
    }),
    { numRuns: 40 },
  );
});

test('lists and sets go by their values, tuples by their order', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: -99, max: 99 }), { minLength: 2, maxLength: 8 }), items => {
      const turned = [...items].reverse();
      return (
        isCorrect(items.join(', '), turned.join(',')) &&
        isCorrect(`\\{${items}\\}`, turned.join(' and ')) &&
        !isCorrect(`(${items})`, `(${turned})`)
      );
    }),
  );
});

test('what cannot be read is never equal to anything else that cannot be read', () => {
  assert.equal(judgeAnswer('\\frac{1', '\\frac{2').kind, 'failed');
  assert.equal(judgeAnswer('5', '\\frac{2').kind, 'unparsable');
  assert.equal(judgeAnswer('5', '').kind, 'unparsable');
  assert.equal(judgeAnswer('', '').kind, 'failed');
  assert.equal(judgeAnswer('0', "__import__('os').system('touch marker') or 0").kind === 'correct', false);
  assert.match(referenceProblem('\\frac{1')!, /neither a formula nor words/);
  assert.equal(referenceProblem('\\text{Evelyn}'), null);
});

test('every text is judged without an exception, and equals itself', () => {
  const pieces = fc.constantFrom(
    ...'\\frac \\sqrt { } ( ) [ ] ^ _ 1 2 x y , ; = < > | \\{ \\} \\pm ! % $ \\text{a} \\cup \\in . - + / : and \\begin{pmatrix} \\end{pmatrix} & \\\\ \\sin'.split(
      ' ',
    ),
  );
  const texts = fc.array(pieces, { maxLength: 12 }).map(parts => parts.join(' '));
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      const verdict = judgeAnswer(a, b);
      assert.doesNotMatch(verdict.reason, /the judge broke/);
      assert.equal(verdict.kind === 'correct', isCorrect(b, a), `${a} | ${b}`);
      return a.trim() === '' || referenceProblem(a) !== null || isCorrect(a, a);
    }),
    { numRuns: 3000 },
  );
});

/** Each convention's other values, with a pair they judge otherwise than the default does. */
const otherwise: readonly (readonly [setting: Parameters<typeof withConventions>[1], reference: string, answer: string])[] = [
  [{ rounding: '0' }, '\\frac13', '0.3333333333333333'],
  [{ rounding: '1e-3' }, '\\pi', '3.14159'],
  [{ percent: 'value' }, '10\\%', '10'],
  [{ percent: 'number' }, '10\\%', '0.1'],
  [{ units: 'required' }, '5\\text{ cm}', '5'],
  [{ units: 'ignored' }, '5\\text{ cm}', '5\\text{ m}'],
  [{ currency: 'required' }, '\\$5', '5'],
  [{ degrees: 'required' }, '45^\\circ', '45'],
  [{ bases: 'required' }, '664_7', '664'],
  [{ leftSides: 'kept' }, 'x = 5', '5'],
  [{ chains: 'whole' }, 'x = 1 + 1 = 2', '2'],
  [{ lists: 'ordered' }, '1, 2', '2, 1'],
  [{ setBraces: 'required' }, '\\{1, 2\\}', '1, 2'],
  [{ vectors: 'distinct' }, '(1,2)', '\\begin{pmatrix}1\\\\2\\end{pmatrix}'],
  [{ intervals: 'distinct' }, '(0,1)', '0 < x < 1'],
  [{ equations: 'literal' }, 'x + y = 1', '2x + 2y = 2'],
  [{ ratios: 'distinct' }, '3:1', '3'],
  [{ decimalComma: 'refused' }, '1,22', '1.22'],
  [{ unsimplified: 'refused' }, '4', '2 + 2'],
  [{ unreduced: 'refused' }, '\\frac{1}{2}', '\\frac{2}{4}'],
  [{ integrationConstant: 'required' }, 'x^2 + C', 'x^2'],
  [{ numberWords: 'text' }, '42', 'forty-two'],
  [{ case: 'kept' }, '\\text{Sunday}', 'sunday'],
  [{ articles: 'kept' }, 'elephant', 'The elephant!'],
  [{ choices: 'exact' }, 'C', 'Option C'],
];

test('every other value of a convention changes a verdict', () => {
  for (const [setting, reference, answer] of otherwise) {
    const other = judgeAnswer(reference, answer, withConventions(RULES.default, setting)).kind === 'correct';
    assert.notEqual(other, isCorrect(reference, answer), JSON.stringify(setting));
  }
});
