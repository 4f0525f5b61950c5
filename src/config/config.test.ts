import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { ConfigError } from '../errors.ts';
import { camelName, editDistance, nearestName } from './keys.ts';
import { loadConfig } from './load.ts';
import { methodsOf } from './method.ts';
import { defaultKs, parseSettings } from './parse.ts';
import { parseSetting, withSetting } from './set.ts';

const DIR = mkdtempSync(join(tmpdir(), 'rest-em-config-'));
after(() => rmSync(DIR, { recursive: true, force: true }));

const MINIMUM = { model: 'm', task: 'minimath' };

/** What is complained about, as field: message. */
function complaintsOf(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error.complaints.map(c => `${c.field}: ${c.message}`);
    throw error;
  }
  return [];
}

test('{} is no configuration: model and task are required', () => {
  const complaints = complaintsOf(() => parseSettings({}));
  assert.deepEqual(complaints.map(c => c.split(':')[0]).sort(), ['model', 'task']);
});

test('model and task are enough, and the defaults are the ones that are documented', () => {
  const { seed, method, arms, validation, fit, evaluate, engine } = parseSettings(MINIMUM);
  assert.deepEqual([seed, method, arms, validation], [1, 'rest-em', [], 0.1]);
  assert.deepEqual(fit, {
    learningRate: 5e-5,
    batchSize: 16,
    warmup: 0.05,
    schedule: 'cosine',
    weightDecay: 0,
    clip: 1,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    reduction: 'token-mean',
  });
  assert.deepEqual(evaluate, { samples: 0, temperature: 1, topK: 0, topP: 0.95, trainProblems: 0, dynamics: 32, policies: 'all' });
  assert.deepEqual(engine, { rows: 128, waveCompletions: 1024, precision: 'auto', device: 'cpu' });
});

test('settings parse to settings that parse to the same: what config.json holds can be read back', () => {
  const settings = parseSettings({
    ...MINIMUM,
    arms: ['sft'],
    fit: { epochs: 2 },
    method: { extends: 'rest-em', weigh: { keepPerProblem: 3 } },
  });
  assert.deepEqual(parseSettings(JSON.parse(JSON.stringify(settings))), settings);
});

test('snake_case is camelCase, at every depth', () => {
  const settings = parseSettings({ ...MINIMUM, samples_per_problem: 8, fit: { learning_rate: 1e-4 }, engine: { wave_completions: 2 } });
  assert.deepEqual([settings.samplesPerProblem, settings.fit.learningRate, settings.engine.waveCompletions], [8, 1e-4, 2]);
});

/** Wrong settings and what the complaint must hold: the path, what came, what is accepted. */
const WRONG: readonly (readonly [object, RegExp])[] = [
  [{ samplesPerProblem: -1 }, /^samplesPerProblem: got -1; accepted: a whole number, 1 or more$/],
  [{ samplesPerProblem: 0 }, /^samplesPerProblem: got 0/],
  [{ samplesPerProblem: 2.5 }, /^samplesPerProblem: got 2\.5/],
  [{ temperature: Number.NaN }, /^temperature: got NaN/],
  [{ temperature: -0.1 }, /^temperature: got -0\.1/],
  [{ topP: 0 }, /^topP: got 0; accepted: a number above 0, at most 1$/],
  [{ topP: 1.1 }, /^topP: got 1\.1/],
  [{ topK: '40' }, /^topK: got "40"/],
  [{ iterations: null }, /^iterations: got null/],
  [{ seed: -1 }, /^seed: got -1/],
  [{ seed: Number.POSITIVE_INFINITY }, /^seed: got Infinity/],
  [{ validation: 1 }, /^validation: got 1/],
  [{ maxTokens: 0 }, /^maxTokens: got 0/],
  [{ fit: { learningRate: 0 } }, /^fit\.learningRate: got 0; accepted: a number above 0$/],
  [{ fit: { schedule: 'cosin' } }, /^fit\.schedule: got "cosin"; accepted: one of constant, linear, cosine$/],
  [{ fit: { lerning_rate: 1 } }, /^fit\.lerningRate: unknown setting; did you mean learningRate\?$/],
  [{ fit: 3 }, /^fit: got 3/],
  [{ engine: { threads: 0 } }, /^engine\.threads: got 0/],
  [{ arms: 'sft' }, /^arms: got "sft"; accepted: a list of method names/],
  [{ arms: ['sfd'] }, /^arms\.0: got "sfd"; accepted: one of .*sft/],
  [{ method: 'rest-me' }, /^method: got "rest-me"; accepted: one of .*rest-em/],
  [
    { method: { extends: 'rest-em', weigh: { keepPerProblm: 1 } } },
    /^method\.weigh\.keepPerProblm: unknown setting; did you mean keepPerProblem\?$/,
  ],
  [{ task: { kind: 'word-problems', train: 'a', test: 'b', answer: { column: 'x' } } }, /^task\.question: is required/],
  [{ task: 7 }, /^task: got 7; accepted: the name of a built-in task/],
  [{ name: '../elsewhere' }, /^name: got "\.\.\/elsewhere"/],
  [{ colour: 'red' }, /^colour: unknown setting; known: /],
  [{ evaluate: { samples: 4, k: [1, 8] } }, /^evaluate\.k: got 8; accepted: up to evaluate\.samples, which is 4$/],
  [{ evaluate: { k: [1] } }, /^evaluate\.k: got 1; accepted: up to evaluate\.samples, which is 0$/],
];

test('each wrong setting is one complaint with its path, what came and what is accepted', () => {
  for (const [wrong, says] of WRONG) {
    const complaints = complaintsOf(() => parseSettings({ ...MINIMUM, ...wrong }));
    assert.equal(complaints.length, 1, JSON.stringify([wrong, complaints]));
    assert.match(complaints[0]!, says);
    assert.doesNotMatch(complaints[0]!, /\n/);
  }
});

test('all complaints come at once', () => {
  assert.equal(complaintsOf(() => parseSettings({ task: 'minimath', seed: -1, topP: 7, fit: { epochs: 0, x: 1 } })).length, 5);
});

test('--set reads numbers, words, lists and objects, and leaves text alone', () => {
  const value = (text: string) => parseSetting(`a=${text}`).value;
  assert.deepEqual(['8', '-1', '.5', '5e-5', 'true', 'null'].map(value), [8, -1, 0.5, 5e-5, true, null]);
  assert.deepEqual(value('[sft, random]'), ['sft', 'random']);
  assert.deepEqual(value('{"a": [1]}'), { a: [1] });
  assert.deepEqual(['models/tiny-s', 'a=b', 'Q: {question}', ''].map(value), ['models/tiny-s', 'a=b', 'Q: {question}', '']);
  assert.equal(value('"8"'), '8');
  assert.deepEqual(parseSetting('fit.learning_rate=1').path, ['fit', 'learningRate']);
  for (const bad of ['seed', '=3', 'a..b=1', 'a={', '__proto__=1']) assert.equal(complaintsOf(() => parseSetting(bad)).length, 1, bad);
});

test('a setting laid over others changes that one alone', () => {
  const settings = { a: { b: 1, c: 2 }, d: 3 };
  assert.deepEqual(withSetting(settings, { path: ['a', 'b'], value: 9 }), { a: { b: 9, c: 2 }, d: 3 });
  assert.deepEqual(withSetting(settings, { path: ['e', 'f'], value: 1 }), { ...settings, e: { f: 1 } });
  assert.deepEqual(settings, { a: { b: 1, c: 2 }, d: 3 });
});

test('paths of a file count from the file, paths of --set from where the command is given', async () => {
  writeFileSync(
    join(DIR, 'a.config.yaml'),
    'model: tiny\ntask:\n  kind: word-problems\n  train: x.jsonl\n  test: /abs/y.jsonl\n  question: "{q}"\n  answer: { column: a }\n',
  );
  const plain = await loadConfig(join(DIR, 'a.config.yaml'), { cwd: '/elsewhere' });
  const { task } = plain.settings;
  assert.ok(typeof task === 'object' && 'train' in task);
  assert.deepEqual([plain.settings.model, task.train, task.test], [join(DIR, 'tiny'), join(DIR, 'x.jsonl'), '/abs/y.jsonl']);
  assert.equal(plain.settings.name, 'a');
  const set = await loadConfig(join(DIR, 'a.config.yaml'), { cwd: '/elsewhere', set: ['model=big', 'fit.epochs=1'] });
  assert.deepEqual([set.settings.model, set.settings.fit.epochs], [resolve('/elsewhere', 'big'), 1]);
});

test('TypeScript, JSON and YAML give the same settings', async () => {
  writeFileSync(join(DIR, 'b.ts'), 'export default { name: "b", model: "m", task: "minimath", samplesPerProblem: 4 as number };');
  writeFileSync(join(DIR, 'b.json'), '{"name": "b", "model": "m", "task": "minimath", "samples_per_problem": 4}');
  writeFileSync(join(DIR, 'b.yml'), 'name: b\nmodel: m\ntask: minimath\nsamples_per_problem: 4\n');
  const all = await Promise.all(['b.ts', 'b.json', 'b.yml'].map(file => loadConfig(file, { cwd: DIR })));
  assert.deepEqual(all[1]!.settings, all[0]!.settings);
  assert.deepEqual(all[2]!.settings, all[0]!.settings);
});

test('overrides reach the preset; those that mean nothing for a method are refused', () => {
  const { method, arms } = methodsOf(parseSettings({ ...MINIMUM, samplesPerProblem: 5, keepPerProblem: 2, iterations: 7, arms: ['sft'] }));
  assert.deepEqual([method.iterations, method.weigh, arms[0]?.iterations], [7, { kind: 'correct', keepPerProblem: 2 }, 1]);
  assert.ok(method.propose.kind === 'sample' && method.propose.samplesPerProblem === 5 && method.propose.temperature === 0.7);
  assert.match(
    complaintsOf(() => methodsOf(parseSettings({ ...MINIMUM, method: 'sft', temperature: 1 })))[0]!,
    /^temperature: means nothing here/,
  );
  const own = { extends: 'rest-em', propose: { kind: 'solutions', topK: 3 } };
  assert.match(complaintsOf(() => methodsOf(parseSettings({ ...MINIMUM, method: own })))[0]!, /^method\.propose\.topK: means nothing/);
});

test('without a list, k is the powers of two up to the number of samples', () => {
  assert.deepEqual([defaultKs(0), defaultKs(1), defaultKs(20)], [[], [1], [1, 2, 4, 8, 16]]);
});

test('names: snake_case to camelCase, distances, and no guess where nothing is near', () => {
  assert.deepEqual(['top_k', 'pass_at_1', 'aB', '_x', 'a__b'].map(camelName), ['topK', 'passAt1', 'aB', '_x', 'a__b']);
  assert.deepEqual([editDistance('kitten', 'sitting'), editDistance('', 'abc'), editDistance('Seed', 'seed')], [3, 3, 0]);
  assert.equal(nearestName('colour', ['seed', 'model']), null);
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      assert.equal(editDistance(a, b), editDistance(b, a));
      assert.equal(editDistance(a, a), 0);
    }),
  );
});
