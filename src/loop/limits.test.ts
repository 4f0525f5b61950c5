// Where the methods of the family meet: settings under which two of them must keep the same samples, and rules that hold for any samples at all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Method, Weigh } from '../methods/method.ts';
import { METHODS } from '../methods/table.ts';
import type { Candidate } from './candidate.ts';
import { equationKey } from './equation-lists.ts';
import { levenshtein } from './levenshtein.ts';
import { finalBytes, newDir, runToy, toyMethod, toyPlan } from './toy.test.ts';
import { weighSamples } from './weigh.ts';

const VERDICTS = ['correct', 'incorrect', 'unparsable', 'failed'] as const;

/** Up to 5 problems with up to 12 samples each, of a few texts, rewards 0 and 1. */
const binary = fc
  .array(
    fc.array(fc.record({ verdict: fc.constantFrom(...VERDICTS), text: fc.constantFrom('3', 'so 3', 'So  3', 'x') }), { maxLength: 12 }),
    {
      maxLength: 5,
    },
  )
  .map(problems =>
    problems.flatMap((of, p) =>
      of.map(({ verdict, text }, draw): Candidate => {
        const reward = verdict === 'failed' ? null : Number(verdict === 'correct');
        return {
          id: `p${p}/${draw}`,
          problem_id: `p${p}`,
          iteration: 1 + (draw % 2),
          draw,
          verdict,
          reward,
          completion: text,
          prompt: `p${p % 2}`,
        };
      }),
    ),
  );

const rule = (weigh: Weigh, changes: Partial<Method> = {}) => ({ ...METHODS['rest-em'], weigh, ...changes });
const ids = (method: Method, samples: readonly Candidate[], seed = 1) => [...weighSamples(method, samples, seed).keys()].sort();
const uncapped = rule({ kind: 'correct', keepPerProblem: 0 });

test('RWR with β towards 0 keeps what ReST-EM keeps without its cap, each with the same weight', () => {
  fc.assert(
    fc.property(binary, fc.constantFrom('rows' as const, 'problems' as const), (samples, balance) => {
      const kept = weighSamples(rule({ kind: 'exponential', beta: 1e-3, unsolved: 'drop' }, { balance }), samples, 1);
      const expected = weighSamples({ ...uncapped, balance }, samples, 1);
      assert.deepEqual([...kept.keys()].sort(), [...expected.keys()].sort());
      for (const [id, { weight }] of kept) assert.ok(Math.abs(weight - expected.get(id)!.weight) < 1e-12);
    }),
  );
});

test('RWR with β towards infinity is SFT on every sample of its own', () => {
  fc.assert(
    fc.property(binary, samples => {
      const kept = weighSamples(rule({ kind: 'exponential', beta: 1e9, unsolved: 'keep' }), samples, 1);
      assert.equal(kept.size, samples.filter(sample => sample.verdict !== 'failed').length);
      for (const { weight } of kept.values()) assert.ok(Math.abs(weight - 1) < 1e-6);
    }),
  );
});

test('any threshold below 1 is the filter of ReST-EM where rewards are 0 and 1', () => {
  fc.assert(
    fc.property(binary, fc.double({ min: 0, max: 0.999, noNaN: true }), (samples, threshold) => {
      assert.deepEqual(ids(rule({ kind: 'above', thresholds: [threshold] }), samples), ids(uncapped, samples));
    }),
  );
});

test('RAFT keeps one correct sample of ReST-EM’s for each problem that has one', () => {
  fc.assert(
    fc.property(binary, fc.nat(), (samples, seed) => {
      const best = ids(rule({ kind: 'best', unsolved: 'drop' }), samples, seed);
      const all = ids(uncapped, samples);
      assert.ok(best.every(id => all.includes(id)));
      assert.deepEqual(
        best.map(id => id.split('/')[0]),
        [...new Set(all.map(id => id.split('/')[0]))],
      );
    }),
  );
});

test('exact EM: the weights of every problem that has a row add up to 1', () => {
  fc.assert(
    fc.property(binary, samples => {
      const kept = weighSamples({ ...uncapped, balance: 'problems' }, samples, 1);
      const sums = Map.groupBy(kept, ([id]) => id.split('/')[0]!);
      for (const of of sums.values()) assert.ok(Math.abs(of.reduce((sum, [, { weight }]) => sum + weight, 0) - 1) < 1e-9);
    }),
  );
});

test('of the same texts one stays and names the others, within a problem or wherever the prompt is the same, and case or blanks may differ', () => {
  fc.assert(
    fc.property(
      binary,
      fc.constantFrom('exact' as const, 'normalised' as const),
      fc.constantFrom('problem' as const, 'global' as const),
      (all, kind, within) => {
        const kept = weighSamples({ ...uncapped, distinct: { kind, within } }, all, 1);
        const keyOf = ({ problem_id, prompt, completion }: Candidate) =>
          `${within === 'problem' ? problem_id : prompt} ${kind === 'exact' ? completion : completion.toLowerCase().replace(/ +/, ' ')}`;
        const correct = all.filter(sample => sample.verdict === 'correct');
        const byId = new Map(all.map(sample => [sample.id, sample]));
        assert.deepEqual([...kept.keys()].map(id => keyOf(byId.get(id)!)).sort(), [...new Set(correct.map(keyOf))].sort());
        assert.deepEqual([...kept.values()].flatMap(({ samples }) => samples).sort(), correct.map(({ id }) => id).sort());
        for (const { samples } of kept.values()) assert.equal(new Set(samples.map(id => keyOf(byId.get(id)!))).size, 1);
      },
    ),
  );
});

test('neither the order of the samples nor the other problems change what stays with which weight, for any way of weighing', () => {
  const ways: readonly Weigh[] = [
    { kind: 'correct', keepPerProblem: 2 },
    { kind: 'above', thresholds: [0.5] },
    { kind: 'exponential', beta: 0.5, unsolved: 'keep' },
    { kind: 'best', unsolved: 'keep' },
    { kind: 'replay', rowsPerProblem: 3 },
    { kind: 'random', keepPerProblem: 2 },
    { kind: 'all' },
  ];
  const distinct = fc.constantFrom<Method['distinct']>({ kind: 'none' }, { kind: 'exact', within: 'problem' }, { kind: 'equations' });
  const mixed = binary.chain(all => fc.record({ all: fc.constant(all), other: fc.shuffledSubarray(all, { minLength: all.length }) }));
  fc.assert(
    fc.property(mixed, fc.constantFrom(...ways), distinct, fc.nat(), ({ all, other }, weigh, apart, seed) => {
      const method = rule(weigh, { distinct: apart, balance: 'problems' });
      const table = (samples: readonly Candidate[]) => [...weighSamples(method, samples, seed)].sort(([a], [b]) => (a < b ? -1 : 1));
      assert.deepEqual(table(other), table(all));
      const alone = table(all.filter(sample => sample.problem_id === 'p1'));
      assert.deepEqual(
        alone,
        table(all).filter(([id]) => id.startsWith('p1/')),
      );
    }),
  );
});

test('ReST with one threshold, from the base, without human pairs, is ReST-EM without its cap, to the byte', async () => {
  const [restDir, emDir] = [await newDir(), await newDir()];
  const propose = toyMethod.propose;
  const rest: Method = {
    ...METHODS.rest,
    ...{ propose, start: 'base', fitFrom: 'base', weigh: { kind: 'above', thresholds: [0.5] }, memory: toyMethod.memory },
  };
  await runToy(toyPlan(restDir, { method: rest, arms: [] }));
  await runToy(toyPlan(emDir, { method: { ...toyMethod, weigh: { kind: 'correct', keepPerProblem: 0 } }, arms: [] }));
  const [found, expected] = [await finalBytes(restDir), await finalBytes(emDir)];
  assert.deepEqual(found, expected);
  assert.ok(Object.keys(found).some(name => name.endsWith('iteration-2/dataset.jsonl')));
});

test('lists of equations: blanks and words do not count, the order of operands does, and one false equation spoils all', () => {
  const cases: readonly (readonly [string, string | null])[] = [
    ['He has <<3 + 4=7>>7 and <<7*2 = 14>>14.', '3+4=7|7*2=14'],
    ['3 apples + 4 apples = 7 apples', '3+4=7'],
    ['4+3=7. Answer: 7.', '4+3=7'],
    ['3+4=8, so 7', null],
    ['<<3+4=8>>7', null],
    ['just 7', ''],
  ];
  for (const [text, key] of cases) assert.equal(equationKey(text), key, text);
});

test('edit distances: of words, of nothing, and either way round', () => {
  assert.deepEqual([levenshtein('kitten', 'sitting'), levenshtein('', 'abc'), levenshtein('abc', 'abc')], [3, 3, 0]);
  fc.assert(
    fc.property(fc.string({ maxLength: 9 }), fc.string({ maxLength: 9 }), (a, b) => {
      assert.equal(levenshtein(a, b), levenshtein(b, a));
      assert.ok(levenshtein(a, b) >= Math.abs(a.length - b.length) && levenshtein(a, b) <= Math.max(a.length, b.length));
    }),
  );
});
