import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { methodJson, methodsMarkdown, methodsText } from './describe.ts';
import { METHODS } from './table.ts';

const all = Object.values(METHODS);

test('the table in docs/methods.md is the one that the methods make (node docs/write-methods.ts writes it)', () => {
  const docs = readFileSync(new URL('../../docs/methods.md', import.meta.url), 'utf8');
  assert.ok(docs.includes(`-->\n\n${methodsMarkdown(all)}\n<!-- /methods -->`));
});

test('a method as JSON has its name, title and paper, and every other field among its settings', () => {
  for (const method of all) {
    const { name, title, paper, settings } = methodJson(method);
    assert.deepEqual({ name, title, paper, ...settings }, method);
    assert.deepEqual(JSON.parse(JSON.stringify(settings)), settings);
  }
});

test('in words, methods that differ in a setting differ in their words', () => {
  const words = (changes: object) => methodsText([{ ...METHODS['rest-em'], ...changes }]);
  const changed: readonly object[] = [
    {},
    { start: 'sft' },
    { propose: { kind: 'greedy', hint: 'none' } },
    { propose: { kind: 'greedy', hint: 'failed' } },
    { weigh: { kind: 'correct', keepPerProblem: 0 } },
    { weigh: { kind: 'best', unsolved: 'drop' } },
    { weigh: { kind: 'best', unsolved: 'keep' } },
    { distinct: { kind: 'exact', within: 'problem' } },
    { distinct: { kind: 'normalised', within: 'global' } },
    { balance: 'problems' },
    { memory: { samples: 'all', solutions: 'none' } },
    { memory: { samples: 'round', solutions: 'weighed' } },
    { batchProblems: 5 },
    { fitFrom: 'previous' },
    { stop: 'epochs' },
    { stop: 'epochs', epochs: 2 },
    { stop: 'steps', steps: { first: 4, growth: 1 } },
    { learningRateFactor: 0.5 },
    { iterations: 4 },
    { patience: 2 },
  ];
  assert.equal(new Set(changed.map(words)).size, changed.length);
  assert.doesNotMatch(methodsText(all), /undefined|null|NaN|\|/);
});
