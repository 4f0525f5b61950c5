// Each exercise is answered again here in another way.
import assert from 'node:assert/strict';
import test from 'node:test';
import { rngOf } from '../../../src/random.ts';
import { type Exercise, type Skill, skills } from './skills.ts';
import { retentionTexts } from './texts.ts';

const week = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');

const answers: Record<Skill, (question: string) => string> = {
  sorting: q => q.slice('Sort the words '.length, -1).split(' ').sort().join(' '),
  counting: q => {
    const [, asked, row] = /is (\w+) in (.*)\?/.exec(q)!;
    return String(row!.split(' ').filter(word => word === asked).length);
  },
  booleans: q => {
    const tokens = q.slice('From left to right: '.length, -1).split(' ');
    let [value, join, not] = [false, 'or', false];
    for (const token of tokens) {
      if (token === 'not') not = true;
      else if (token === 'and' || token === 'or') join = token;
      else {
        const operand = (token === 'true') !== not;
        value = join === 'and' ? value && operand : value || operand;
        not = false;
      }
    }
    return String(value);
  },
  dates: q => {
    const count = Number(/\d+/.exec(q)![0]);
    const from = week.findIndex(day => q.includes(day));
    return week[(from + (/after|in \d/.test(q) ? count : 70 - count)) % 7]!;
  },
};

for (const skill of Object.keys(skills) as Skill[]) {
  test(`${skill}: every answer is right, and the last step leads to it`, () => {
    const rng = rngOf(2);
    for (let i = 0; i < 300; i++) {
      const { question, steps, answer }: Exercise = skills[skill](rng);
      assert.equal(answer, answers[skill](question), question);
      if (skill !== 'sorting') assert.ok(steps.at(-1)!.includes(answer), steps.at(-1));
    }
  });

  test(`${skill}: the bare answer is given only where the question asks for it`, () => {
    const rng = rngOf(3);
    for (let i = 0; i < 60; i++) {
      const { prompt, completion } = retentionTexts(skill)(rng);
      assert.equal(/^ Answer: /.test(completion), prompt.includes('Answer at once.'));
      assert.match(completion, / Answer: [\w ]+\.$/);
    }
  });
}
