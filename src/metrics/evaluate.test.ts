import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluateSplit } from './evaluate.ts';
import type { ProblemOutcome } from './evaluation.ts';

const settings = { split: 'test', samples: 4, temperature: 1, topK: 0, topP: 0.95, ks: [1, 2, 4], seed: 7 } as const;

function outcome(id: string, greedy: boolean | null, answers: string, more: Partial<ProblemOutcome> = {}): ProblemOutcome {
  const samples = [...answers].map(a => ({ correct: a === 'r', answer: a === '?' ? null : a }));
  return { id, greedy, samples, failed: 0, ...more };
}

const outcomes = [
  outcome('a', true, 'rrwr', { level: '1' }),
  outcome('b', false, 'wwr?', { level: '2' }),
  outcome('c', false, 'vwx?', { level: '10' }),
  outcome('d', null, 'rx', { level: '2', failed: 2 }),
];

test('every figure is the mean over the problems that can take part in it', () => {
  const e = evaluateSplit(outcomes, settings);
  assert.equal(e.problems, 4);
  assert.equal(e.greedy?.value, 1 / 3);
  assert.equal(e.pass_at_k['1']?.value, (0.75 + 0.25 + 0 + 0.5) / 4);
  assert.ok(Math.abs(e.pass_at_k['2']!.value - (1 + 0.5 + 0 + 1) / 4) < 1e-12);
  assert.ok(Math.abs(e.pass_at_k['4']!.value - 2 / 3) < 1e-12, 'problem d has two samples only');
  assert.equal(e.maj_at_k['4']?.value, 1 / 3);
  assert.equal(e.failed, 2);
});

test('settings and problems are written down as they were', () => {
  const e = evaluateSplit(outcomes, settings);
  assert.deepEqual([e.split, e.samples_per_problem, e.temperature, e.top_k, e.top_p], ['test', 4, 1, 0, 0.95]);
  assert.deepEqual(e.per_problem[3], { id: 'd', level: '2', greedy: null, correct: 1, samples: 2 });
  assert.ok(!('level' in evaluateSplit([outcome('a', true, 'r')], settings).per_problem[0]!));
});

test('levels stand in reading order and hold their own problems', () => {
  const e = evaluateSplit(outcomes, settings);
  assert.deepEqual(
    Object.entries(e.by_level).map(([level, m]) => [level, m.problems]),
    [
      ['1', 1],
      ['2', 2],
      ['10', 1],
    ],
  );
  assert.equal(e.by_level['2']?.greedy?.value, 0);
});

test('greedy only, no problems and no votes leave their figures out', () => {
  const greedyOnly = evaluateSplit([outcome('a', true, '')], { ...settings, samples: 0 });
  assert.deepEqual([greedyOnly.pass_at_k, greedyOnly.maj_at_k], [{}, {}]);
  const nothing = evaluateSplit([], settings);
  assert.deepEqual([nothing.problems, nothing.greedy, nothing.pass_at_k], [0, null, {}]);
  const programs = evaluateSplit([{ id: 'a', greedy: true, failed: 0, samples: [{ correct: true, answer: null }] }], settings);
  assert.deepEqual([Object.keys(programs.pass_at_k), programs.maj_at_k], [['1'], {}]);
});

test('the same outcomes give the same bytes, another seed other intervals', () => {
  const many = Array.from({ length: 60 }, (_, i) => outcome(`p${i}`, i % 3 === 0, i % 2 ? 'rwrw' : 'wwxr'));
  const once = JSON.stringify(evaluateSplit(many, settings));
  assert.equal(JSON.stringify(evaluateSplit(many, settings)), once);
  assert.notEqual(JSON.stringify(evaluateSplit(many, { ...settings, seed: 8 })), once);
});
