import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeAnswer } from './judge.ts';

const many = (text: string, times: number): string => text.repeat(times);
const range = (n: number, write: (i: number) => string, separator: string): string =>
  Array.from({ length: n }, (_, i) => write(i)).join(separator);

/** Answers that ask for a lot: numbers too long to write, trees too deep, lists too long, expansions with too many terms. */
const hostile: readonly string[] = [
  ...[
    '9^{9^9}',
    '2^{2^{2^{49}}}',
    '2^{2^{2^{2^{2^{2^{2}}}}}}',
    '9^{99999999999999999999999}',
    '(((9!)!)!)!',
    '99999!',
    '1e999999999',
    '\\sqrt[999999]{2}',
  ],
  ...[
    '\\binom{10000}{5000}',
    '7^{7^{7}} \\bmod 10',
    'e^{e^{e^{e^{e^e}}}}',
    'i^{i^{i}}',
    '\\sin(10^{300})',
    'x^{1/999983}+y^{1/99991}',
    '0^{-1}',
    '\\frac{1}{x-x}',
  ],
  ...[
    many('{', 1e6),
    many('{', 5e5) + many('}', 5e5),
    many('(', 900) + 1 + many(')', 900),
    many('\\frac{1}{', 200) + 2 + many('}', 200),
    many('-', 1900) + 1,
  ],
  ...[
    many('\\sqrt{2+', 35) + 2 + many('}', 35),
    many('9', 1900),
    many('9', 1e6),
    `0.${many('3', 1900)}`,
    many(' ', 1e6),
    many('\\', 1e6),
    many('$', 1e6),
    many('.', 1e6),
  ],
  ...[
    many('1 hour ', 200),
    many('2 feet and ', 150) + 3,
    many('(n+12)!', 60),
    '\\binom{\\binom{\\binom{n}{12}}{12}}{12}',
    '(x+y+z+w+1)^{40}',
    '(a+b+c+d+e+f+g)^{12}',
    '((((x+1)^{40}+1)^{40}+1)^{40}+1)^{40}',
    many('(x+y+z+1)', 200),
    many('(\\sqrt{2}+\\sqrt{3}+\\sqrt{5}+\\sqrt{7}+\\sqrt{11})', 40),
  ],
  ...[
    many('2000!+', 300) + 1,
    many('\\binom{9999}{4999}+', 80) + 1,
    range(60, i => `\\frac{1}{${i * 7 + 1}^{700}}`, '+'),
    many('1e900+', 200) + 1,
  ],
  ...[
    '\\sum_{k=1}^{200} \\sum_{j=1}^{200} \\frac{1}{k+j}',
    '\\sum_{k=1}^{200}\\sum_{j=1}^{200}\\sum_{i=1}^{200} k^{j^i}',
    '\\prod_{k=1}^{200} (x+k)',
  ],
  ...[
    many('\\sqrt{x},', 200) + 1,
    range(100, i => `\\sin ${i}x`, ','),
    `\\{${range(300, String, ',')}\\}`,
    many('\\pm 1', 300),
    many('x=', 900) + 1,
    many('(1,2)\\cup', 200),
  ],
  ...[
    `\\begin{pmatrix}${many('1&', 500)}1\\end{pmatrix}`,
    many('\\begin{pmatrix}', 100),
    many('\\text{', 500) + many('}', 500),
    `"${many('*', 1900)}"`,
    many('word ', 300),
  ],
  ...[
    `5${many('!', 1900)}`,
    `f${many("'", 1900)}`,
    `x${many('^x', 900)}`,
    `x${many('_x', 900)}`,
    many('|', 900),
    many('(a+)+', 300),
    many('1,000,', 300),
    many('one ', 30),
  ],
  ...[
    many('\\sin(x)+', 200) + 1,
    many('\\sin(x+', 38) + 1 + many(')', 38),
    range(80, i => `\\sin(${i}x)\\cos(${i}y)\\ln(x+${i})`, '+'),
    '\ud800',
    '\0',
    many('𝕏', 1000),
  ],
];

const references = ['4', 'x^2+1', '(1,2)', '\\{1, 2\\}', '\\sin x', '\\sqrt{2}+\\sqrt{3}', 'x < 5', '\\text{Evelyn}'];

test('no answer makes the judge throw, wait or agree', () => {
  let slowest = { milliseconds: 0, answer: '' };
  for (const answer of hostile) {
    for (const reference of references) {
      const before = process.cpuUsage();
      const verdict = judgeAnswer(reference, answer);
      const milliseconds = process.cpuUsage(before).user / 1000;
      if (milliseconds > slowest.milliseconds) slowest = { milliseconds, answer: answer.slice(0, 60) };
      assert.notEqual(verdict.kind, 'correct', `${reference} | ${answer.slice(0, 60)}`);
      assert.notEqual(verdict.kind, 'failed', verdict.reason);
    }
  }
  // 50 ms are allowed; the margin is for a machine that compiles and collects garbage meanwhile.
  assert.ok(slowest.milliseconds < 150, `${slowest.answer} took ${slowest.milliseconds} ms`);
});

test('a hostile reference is judged or refused, from either side, in bounded memory', () => {
  const before = process.memoryUsage().heapUsed;
  for (const reference of hostile) {
    for (const answer of [reference.slice(0, -1), `${reference}1`, hostile[0]!]) {
      assert.doesNotMatch(judgeAnswer(reference, answer).reason, /the judge broke/);
    }
  }
  assert.ok(process.memoryUsage().heapUsed - before < 300e6);
});
