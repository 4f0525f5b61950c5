import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Weigh } from '../methods/method.ts';
import type { Candidate } from './candidate.ts';
import { completionTokens } from './select.ts';
import { weighSamples } from './weigh.ts';

const VERDICTS = ['correct', 'incorrect', 'unparsable', 'failed'] as const;

function candidate(problem_id: string, draw: number, verdict: Candidate['verdict']): Candidate {
  const reward = verdict === 'failed' ? null : Number(verdict === 'correct');
  return { id: `i/train/${problem_id}/${draw}`, problem_id, iteration: 1, draw, verdict, reward, completion: '', prompt: problem_id };
}

/** The ids that stay under a rule without further ado. */
const selectSamples = (weigh: Weigh, samples: readonly Candidate[], seed: number): Set<string> =>
  new Set(weighSamples({ weigh, distinct: { kind: 'none' }, balance: 'rows' }, samples, seed).keys());

/** Up to 6 problems with up to 30 samples each. */
const samples = fc
  .array(fc.array(fc.constantFrom(...VERDICTS), { maxLength: 30 }), { maxLength: 6 })
  .map(problems => problems.flatMap((of, p) => of.map((verdict, draw) => candidate(`p${p}`, draw, verdict))));
const cap = fc.integer({ min: 0, max: 12 });
const kind = fc.constantFrom('correct' as const, 'random' as const);

const countsOf = (all: readonly Candidate[], kept: ReadonlySet<string>) =>
  new Map([...Map.groupBy(all, sample => sample.problem_id)].map(([id, of]) => [id, of.filter(sample => kept.has(sample.id)).length]));

test('no problem keeps more than the cap, and as many as it can: what is correct up to the cap', () => {
  fc.assert(
    fc.property(samples, cap, kind, fc.nat(), (all, keepPerProblem, which, seed) => {
      const kept = selectSamples({ kind: which, keepPerProblem }, all, seed);
      const limit = keepPerProblem === 0 ? Number.POSITIVE_INFINITY : keepPerProblem;
      for (const [id, of] of Map.groupBy(all, sample => sample.problem_id))
        assert.equal(countsOf(all, kept).get(id), Math.min(limit, of.filter(sample => sample.verdict === 'correct').length));
    }),
  );
});

test('`correct` keeps correct samples only, and nothing ever keeps a sample that could not be judged', () => {
  fc.assert(
    fc.property(samples, cap, kind, fc.nat(), (all, keepPerProblem, which, seed) => {
      const byId = new Map(all.map(sample => [sample.id, sample]));
      for (const id of selectSamples({ kind: which, keepPerProblem }, all, seed)) {
        assert.notEqual(byId.get(id)!.verdict, 'failed');
        if (which === 'correct') assert.equal(byId.get(id)!.verdict, 'correct');
      }
    }),
  );
});

test('neither the order of the samples nor the other problems change what is kept', () => {
  fc.assert(
    fc.property(
      samples.chain(all => fc.record({ all: fc.constant(all), mixed: fc.shuffledSubarray(all, { minLength: all.length }) })),
      cap,
      kind,
      fc.nat(),
      ({ all, mixed }, keepPerProblem, which, seed) => {
        const weigh = { kind: which, keepPerProblem };
        const kept = selectSamples(weigh, all, seed);
        assert.deepEqual([...selectSamples(weigh, mixed, seed)].sort(), [...kept].sort());
        const alone = all.filter(sample => sample.problem_id === 'p1');
        assert.deepEqual([...selectSamples(weigh, alone, seed)].sort(), [...kept].filter(id => id.includes('/p1/')).sort());
      },
    ),
  );
});

const many = (verdict: (draw: number) => Candidate['verdict']): Candidate[] =>
  Array.from({ length: 100 }, (_, draw) => ({ ...candidate('p', draw, verdict(draw)), id: `x/${draw}` }));
const drawsKept = (weigh: Weigh, all: readonly Candidate[], seed: number) =>
  [...selectSamples(weigh, all, seed)].map(id => Number(id.slice(2)));

test('the ten kept of a hundred are drawn by seed and are not the first ten', () => {
  const all = many(() => 'correct');
  const hits = new Array<number>(100).fill(0);
  for (let seed = 0; seed < 1000; seed++) for (const draw of drawsKept({ kind: 'correct', keepPerProblem: 10 }, all, seed)) hits[draw]!++;
  // each is kept 100 times of 1000 in the mean, with a standard deviation of 9.5
  assert.ok(Math.min(...hits) > 55 && Math.max(...hits) < 145, `from ${Math.min(...hits)} to ${Math.max(...hits)}`);
});

test('the control draws right and wrong samples in their proportion', () => {
  const all = many(draw => (draw < 30 ? 'correct' : 'incorrect'));
  let right = 0;
  for (let seed = 0; seed < 200; seed++)
    right += drawsKept({ kind: 'random', keepPerProblem: 10 }, all, seed).filter(draw => draw < 30).length;
  // 2000 draws at 0.3: 600 in the mean, standard deviation below 21
  assert.ok(Math.abs(right - 600) < 100, `${right} of 2000`);
});

test('of the sampled ids the end token is left out, and a stop string leaves the text to be tokenised', () => {
  assert.deepEqual(completionTokens({ tokens: [5, 6, 0], finish: 'end' }), [5, 6]);
  assert.deepEqual(completionTokens({ tokens: [5, 6, 7], finish: 'length' }), [5, 6, 7]);
  assert.equal(completionTokens({ tokens: [5, 6, 7], finish: 'stop' }), undefined);
});
