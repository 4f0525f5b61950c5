import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokensOf } from './batches.ts';
import { partsOf } from './gradient-lane.ts';
import type { PackedProblem } from './packing.ts';

const problem = (id: number, prompt: number, lengths: readonly number[]): PackedProblem => ({
  prompt: new Array<number>(prompt).fill(id),
  completions: lengths.map(length => ({ tokens: new Array<number>(length).fill(id), weights: new Array<number>(length).fill(1) })),
});
const lengthsOf = (problems: readonly PackedProblem[]) =>
  problems.flatMap(p => p.completions.map(c => `${p.prompt[0]}:${c.tokens.length}`)).sort();

test('a step is cut into parts of about as many tokens, and every completion is in one of them', () => {
  const problems = [problem(1, 9, [5, 6]), problem(2, 3, [40]), problem(3, 12, [7, 8, 9]), problem(4, 2, [1])];
  const parts = partsOf(problems, 2);
  assert.deepEqual(lengthsOf(parts.flat()), lengthsOf(problems));
  const [a, b] = parts.map(p => p.reduce((sum, x) => sum + tokensOf(x), 0));
  assert.ok(Math.abs(a! - b!) <= 10, `${a} and ${b}`);
});

test('the completions of a single problem are dealt out, and a part may be empty', () => {
  const parts = partsOf([problem(1, 9, [5, 6, 7])], 2);
  assert.deepEqual(parts.map(p => p.flatMap(x => x.completions.map(c => c.tokens.length))).sort(), [[5, 7], [6]]);
  assert.deepEqual(
    partsOf([problem(1, 9, [5])], 3).map(p => p.length),
    [1, 0, 0],
  );
});
