import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '../errors.ts';
import { METHODS } from '../methods/table.ts';
import { methodsOf } from './method.ts';
import { parseSettings } from './parse.ts';

const settingsOf = (settings: object) => parseSettings({ model: 'm', task: 'minimath', ...settings });

/** What is complained about, as field: message. */
function complaintsOf(settings: object): string[] {
  try {
    methodsOf(settingsOf(settings));
  } catch (error) {
    if (error instanceof ConfigError) return error.complaints.map(c => `${c.field}: ${c.message}`);
    throw error;
  }
  return [];
}

test('every preset can be named, as the method of a run and as an arm, and is then what its file says', () => {
  for (const [name, preset] of Object.entries(METHODS)) {
    const { method, arms } = methodsOf(settingsOf({ method: name, arms: [name] }));
    assert.deepEqual([method, arms], [preset, [preset]]);
  }
});

test('a method of one’s own is its preset with what it says laid over it, at every depth', () => {
  const own = {
    extends: 'rest-em',
    name: 'mine',
    distinct: { kind: 'normalised', within: 'global' },
    balance: 'problems',
    memory: { samples: 'all' },
    weigh: { kind: 'exponential', beta: 0.5, unsolved: 'keep' },
    stop: 'steps',
    steps: { first: 10, growth: 1.5 },
  };
  assert.deepEqual(methodsOf(settingsOf({ method: own })).method, {
    ...METHODS['rest-em'],
    ...{ name: 'mine', balance: 'problems', stop: 'steps', steps: { first: 10, growth: 1.5 } },
    ...{ distinct: { kind: 'normalised', within: 'global' }, weigh: { kind: 'exponential', beta: 0.5, unsolved: 'keep' } },
    memory: { samples: 'all', solutions: 'none' },
  });
});

test('another way to stop drops the length of the preset', () => {
  const stopping = (own: object) => {
    const { stop, epochs, steps } = methodsOf(settingsOf({ method: own })).method;
    return [stop, epochs, steps];
  };
  assert.deepEqual(stopping({ extends: 'star', stop: 'epochs' }), ['epochs', null, null]);
  assert.deepEqual(stopping({ extends: 'raft', stop: 'validation' }), ['validation', 2, null]);
});

test('what means nothing in a method of one’s own is refused, field by field', () => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [
      { extends: 'rest-em', weigh: { kind: 'best', unsolved: 'drop', keepPerProblem: 3 } },
      /^method\.weigh\.keepPerProblem: means nothing where kind is 'best'$/,
    ],
    [{ extends: 'rest-em', weigh: { kind: 'exponential' } }, /^method\.weigh\.beta: required where kind is 'exponential'$/],
    [{ extends: 'star', propose: { temperature: 1 } }, /^method\.propose\.temperature: means nothing where kind is 'greedy'$/],
    [{ extends: 'rest-em', propose: { hint: 'failed' } }, /^method\.propose\.hint: means nothing where kind is 'sample'$/],
    [{ extends: 'rft', distinct: { within: 'global' } }, /^method\.distinct\.within: means nothing where kind is 'equations'$/],
    [{ extends: 'rest-em', steps: { first: 4, growth: 1 } }, /^method\.steps: means nothing where stop is 'validation'$/],
    [{ extends: 'star', epochs: 4 }, /^method\.epochs: means nothing where stop is 'steps'$/],
    [{ extends: 'rest-em', learningRateFactor: 0.5 }, /^method\.learningRateFactor: means nothing where weigh\.kind is 'correct'/],
    [{ extends: 'sft', batchProblems: 4 }, /^method\.batchProblems: means nothing where propose\.kind is 'solutions'$/],
  ];
  for (const [method, says] of cases) {
    const [first, ...others] = complaintsOf({ method });
    assert.match(first ?? 'nothing', says);
    assert.ok(others.length <= 1, others.join('\n'));
  }
});

test('what a field may not hold is refused with what it may', () => {
  const wrong = (method: object) => {
    try {
      settingsOf({ method });
    } catch (error) {
      if (error instanceof ConfigError) return error.complaints.map(c => `${c.field}: ${c.message}`).join('\n');
      throw error;
    }
    return 'nothing';
  };
  const rising = /^method\.weigh\.thresholds: got .*; accepted: a list of rising numbers from 0 up to, not including, 1$/;
  assert.match(wrong({ extends: 'rest', weigh: { thresholds: [0.5, 0.5] } }), rising);
  assert.match(wrong({ extends: 'rest', weigh: { thresholds: [1] } }), rising);
  assert.match(wrong({ extends: 'rest', weigh: { thresholds: [] } }), rising);
  assert.match(wrong({ extends: 'rwr', weigh: { beta: 0 } }), /^method\.weigh\.beta: got 0; accepted: a number above 0$/);
  assert.match(wrong({ extends: 'star', steps: { first: 0, growth: 1 } }), /^method\.steps\.first: got 0/);
  assert.match(wrong({ extends: 'rest-em', memmory: {} }), /^method\.memmory: unknown setting; did you mean memory\?$/);
  assert.match(wrong({ extends: 'rest-em', learningRateFactor: 2 }), /^method\.learningRateFactor: got 2/);
});

test('an arm of one’s own has a name and one iteration, and what it says beats what stands beside it', () => {
  const arm = { extends: 'rest-em', name: 'few', propose: { samplesPerProblem: 2 } };
  const { method, arms } = methodsOf(settingsOf({ samplesPerProblem: 8, temperature: 1, keepPerProblem: 3, arms: ['sft', arm] }));
  assert.deepEqual(arms[0], METHODS.sft);
  assert.deepEqual([arms[1]?.name, arms[1]?.iterations, arms[1]?.weigh], ['few', 1, { kind: 'correct', keepPerProblem: 3 }]);
  assert.deepEqual(
    [method.propose, arms[1]?.propose],
    [
      { kind: 'sample', samplesPerProblem: 8, temperature: 1, topK: 40, topP: 1 },
      { kind: 'sample', samplesPerProblem: 2, temperature: 1, topK: 40, topP: 1 },
    ],
  );
  assert.throws(() => settingsOf({ arms: [{ extends: 'sft' }] }), /arms\.0\.name: is required/);
  assert.match(
    complaintsOf({ arms: [{ ...arm, weigh: { beta: 1 } }] })[0]!,
    /^arms\.0\.weigh\.beta: means nothing where kind is 'correct'$/,
  );
});

test('complaints about the method and about every arm come at once', () => {
  const arms = [
    { extends: 'sft', name: 'a', batchProblems: 3 },
    { extends: 'rft', name: 'b', steps: { first: 1, growth: 1 } },
  ];
  assert.deepEqual(
    complaintsOf({ method: { extends: 'rest-em', weigh: { kind: 'best' } }, arms }).map(line => line.split(':')[0]),
    ['method.weigh.unsolved', 'arms.0.batchProblems', 'arms.1.steps'],
  );
});

test('epochs: what fit says beats a preset, what a method of one’s own says beats that, and steps are steps', () => {
  const epochsOf = (settings: object) => methodsOf(settingsOf(settings)).method.epochs;
  assert.deepEqual([epochsOf({ method: 'raft' }), epochsOf({ method: 'raft', fit: { epochs: 5 } })], [2, 5]);
  assert.equal(epochsOf({ method: { extends: 'raft', epochs: 4 }, fit: { epochs: 5 } }), 4);
  assert.equal(epochsOf({ method: 'star', fit: { epochs: 5 } }), null);
});
