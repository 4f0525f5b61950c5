// The bound on a world where it is known: a policy is a list of answer probabilities for each problem, so that Z, q, KL and the bound are sums, and
// an M-step can be done exactly.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rngOf } from '../random.ts';
import { klFromBase, sampleFacts } from './drift.ts';
import { boundOf, likelihoodGain, logSuccess, type ProblemEvidence } from './elbo.ts';

type Policy = readonly (readonly number[])[]; // [problem][answer]

/** r of each answer: two are right, one is half right. */
const REWARDS = [0, 1, 0, 1, 0.5, 0];

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const meanOver = (policy: Policy, value: (p: readonly number[], problem: number) => number): number =>
  sum(policy.map(value)) / policy.length;

const baseOf = (problems: number, seed: number): Policy =>
  Array.from({ length: problems }, (_, i) => {
    const rng = rngOf(seed * 1000 + i);
    const raw = REWARDS.map(() => 0.05 + rng.next());
    return raw.map(v => v / sum(raw));
  });

const successOf = (p: readonly number[]): number => sum(p.map((v, y) => v * REWARDS[y]!));
const posteriorOf = (p: readonly number[]): number[] => p.map((v, y) => (v * REWARDS[y]!) / successOf(p));
/** Maximum likelihood of q within what the policy may become: mixed with what it was, so that it stays a step. */
const improved = (policy: Policy, step: number): Policy => policy.map(p => posteriorOf(p).map((q, y) => step * q + (1 - step) * p[y]!));
/** E_q[log r] − KL(q ‖ p_θ), as it is defined. */
const exactBound = (q: readonly number[], theta: readonly number[]): number =>
  sum(q.map((v, y) => (v === 0 ? 0 : v * (Math.log(REWARDS[y]!) - Math.log(v) + Math.log(theta[y]!)))));

function sampled(policy: Policy, theta: Policy, n: number, seed: number): ProblemEvidence[] {
  const rng = rngOf(seed);
  return policy.map((p, i) => {
    const answers = Array.from({ length: n }, () => {
      const u = rng.next();
      return Math.max(
        0,
        p.findIndex((_, y) => u < sum(p.slice(0, y + 1))),
      );
    });
    return {
      rewards: answers.map(y => REWARDS[y]!),
      scored: answers
        .filter(y => REWARDS[y]! > 0)
        .map(y => ({ reward: REWARDS[y]!, before: Math.log(p[y]!), after: Math.log(theta[i]![y]!) })),
    };
  });
}

test('the estimate agrees with the bound as it is defined, before and after an M-step', () => {
  const base = baseOf(40, 1);
  const next = improved(base, 0.6);
  const bound = boundOf(sampled(base, next, 2000, 2), 1)!;
  const before = meanOver(base, p => exactBound(posteriorOf(p), p));
  const after = meanOver(base, (p, i) => exactBound(posteriorOf(p), next[i]!));
  assert.ok(Math.abs(before - meanOver(base, p => Math.log(successOf(p)))) < 1e-12, 'before the M-step the bound is tight');
  assert.ok(Math.abs(bound.before.value - before) < 0.01, `${bound.before.value} for ${before}`);
  assert.ok(Math.abs(bound.after.value - after) < 0.01, `${bound.after.value} for ${after}`);
  assert.deepEqual([bound.problems, bound.known], [40, 40]);
});

test('EM makes it rise: each M-step raises the bound, and the next policy’s success lies above it', () => {
  let policy = baseOf(40, 3);
  for (let round = 0; round < 4; round++) {
    const next = improved(policy, 0.5);
    const bound = boundOf(sampled(policy, next, 1000, 10 + round), 1)!;
    const reached = boundOf(sampled(next, next, 1000, 20 + round), 1)!;
    assert.ok(bound.after.value > bound.before.value + 0.01, `round ${round}`);
    assert.ok(reached.before.value > bound.after.value - 0.02, `round ${round}: ${reached.before.value} and ${bound.after.value}`);
    policy = next;
  }
});

test('an M-step away from what was right lowers the bound', () => {
  const base = baseOf(40, 4);
  const worse = base.map(p => p.map((v, y) => (REWARDS[y]! > 0 ? v / 2 : v)).map((v, _, all) => v / sum(all)));
  const bound = boundOf(sampled(base, worse, 500, 5), 1)!;
  assert.ok(bound.after.value < bound.before.value - 0.05);
});

test('with sixteen samples the success of a problem is told nearly without bias where it is not rarer than the samples can show', () => {
  for (const chance of [0.2, 0.5, 0.9]) {
    const rng = rngOf(7);
    const estimates = Array.from({ length: 4000 }, () => logSuccess(Array.from({ length: 16 }, () => Number(rng.next() < chance))));
    const estimate = sum(estimates) / estimates.length;
    assert.ok(Math.abs(estimate - Math.log(chance)) < 0.04, `${estimate} for ${Math.log(chance)}`);
  }
});

test('a problem that nothing solved adds its low success and no gain; without any problem there is no bound', () => {
  const unsolved: ProblemEvidence = { rewards: [0, 0, 0, 0], scored: [] };
  const bound = boundOf([unsolved], 1)!;
  assert.deepEqual([bound.after.value, bound.known], [Math.log(0.5 / 4.5), 0]);
  assert.equal(likelihoodGain([{ reward: 0, before: -1, after: -5 }]), null);
  assert.equal(boundOf([{ rewards: [], scored: [] }], 1), null);
});

test('KL from the base is the sum it is defined as, of samples of the policy', () => {
  const base = baseOf(30, 8);
  const policy = improved(base, 0.7);
  const exact = meanOver(policy, (p, i) => sum(p.map((v, y) => v * Math.log(v / base[i]![y]!))));
  const evidence = sampled(policy, base, 1500, 9);
  const rng = rngOf(9);
  const problems = policy.map((p, i) =>
    Array.from({ length: evidence[i]!.rewards.length }, () => {
      const u = rng.next();
      const y = Math.max(
        0,
        p.findIndex((_, at) => u < sum(p.slice(0, at + 1))),
      );
      return { own: Math.log(p[y]!), base: Math.log(base[i]![y]!), tokens: 2 };
    }),
  );
  const kl = klFromBase(problems, 1)!;
  assert.ok(Math.abs(kl.value.value - exact) < 0.02, `${kl.value.value} for ${exact}`);
  assert.ok(Math.abs(kl.per_token - kl.value.value / 2) < 1e-9);
  assert.equal(klFromBase([[]], 1), null);
});

test('facts of samples count problems, samples and different texts', () => {
  const of = (text: string, reward: number, tokens: number) => ({ text, isCorrect: reward === 1, tokens });
  const facts = sampleFacts('base', [[of('a', 1, 2), of(' a ', 1, 2), of('b', 1, 4), of('c', 0, 4)], [of('a', 0, 3), of('a', 0, 3)], []]);
  assert.deepEqual(facts, {
    ...{ policy: 'base', problems: 2, samples: 6, coverage: 0.5, acceptance: 0.5 },
    ...{ distinct: 2, distinct_correct: 1, tokens: 3 },
  });
});
