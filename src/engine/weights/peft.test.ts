// Adapters in PEFT's layout: those of PEFT are read as PEFT means them, ours read back to the bit, and what would compute something else is refused in
// one line that names it.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ModelError } from '../../errors.ts';
import type { ModelConfig } from '../architecture.ts';
import { newAdapter } from '../lora/adapter.ts';
import { loraStart } from '../lora/start.ts';
import { FIXTURES, json, OWN_FIXTURES, skip, withModel, worstScore } from '../references.test.ts';
import { openModel } from './open.ts';
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS } from './peft.ts';
import { parsePeftConfig } from './peft-config.ts';
import { writeAdapter } from './peft-write.ts';
import { writeSafetensors } from './safetensors-write.ts';

const TRAINING = join(OWN_FIXTURES, 'training');
const AFTER = join(TRAINING, 'lora-qv-sum-adapter-after');
const BASE = join(OWN_FIXTURES, 'models/llama-tied');
const HERE = mkdtempSync(join(tmpdir(), 'rest-em-peft-'));
after(() => rmSync(HERE, { recursive: true, force: true }));
let made = 0;

interface Probe {
  readonly probe: Readonly<Record<'nextLogprobsBefore' | 'nextLogprobsAfter', { readonly f64: readonly number[] }>> & {
    readonly tokens: readonly number[];
  };
}

for (const [name, root] of [
  ['lora-qv-sum', OWN_FIXTURES],
  ['lora-all-linear-mean', FIXTURES],
] as const)
  test(`an adapter of PEFT gives PEFT's log-probabilities: ${name}`, { skip: root === FIXTURES && skip }, async () => {
    const { probe } = json<Probe>(join(root, 'training', `${name}.json`));
    const { tokens, nextLogprobsBefore, nextLogprobsAfter } = probe;
    for (const [when, { f64 }] of Object.entries({ before: nextLogprobsBefore, after: nextLogprobsAfter }))
      await withModel(join(root, 'training', `${name}-adapter-${when}`), async (source, parameters) => {
        // twice, because a reference is wanted that is longer than one text
        const texts = [1, 2].map(() => ({ name, tokens, nextLogprobsF64: f64 }));
        assert.ok((await worstScore(source, parameters, texts, () => 1)) < 1e-4, when);
      });
  });

/** The adapter of PEFT with other words in its configuration, beside the same base. */
function copyWith(changes: Readonly<Record<string, unknown>>): string {
  const dir = join(HERE, String(made++));
  cpSync(AFTER, dir, { recursive: true });
  const config = { ...JSON.parse(readFileSync(join(dir, ADAPTER_CONFIG), 'utf8')), base_model_name_or_path: BASE, ...changes };
  writeFileSync(join(dir, ADAPTER_CONFIG), JSON.stringify(config));
  return dir;
}

const refusal = async (dir: string): Promise<string> => {
  const error: unknown = await openModel(dir).then(
    source => source.close(),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ModelError, 'it was not refused');
  assert.ok(!error.message.includes('\n'), error.message);
  return error.message;
};

for (const [what, changes, says] of [
  ['DoRA', { use_dora: true }, /use_dora true is not supported; accepted: false/],
  ['trained biases', { bias: 'lora_only' }, /bias "lora_only" is not supported; accepted: none/],
  ['whole modules', { modules_to_save: ['lm_head'] }, /modules_to_save \["lm_head"\] is not supported/],
  ['a start that changes the base', { init_lora_weights: 'pissa_niter_4' }, /init_lora_weights "pissa_niter_4" is not supported/],
  ['another method', { peft_type: 'LOHA' }, /peft_type "LOHA" is not supported; accepted: LORA/],
  ['another task', { task_type: 'SEQ_CLS' }, /task_type "SEQ_CLS" is not supported/],
  ['repeated layers', { layer_replication: [[0, 2]] }, /layer_replication .* is not supported; accepted: null/],
  ['trained tokens', { trainable_token_indices: [1, 2] }, /trainable_token_indices/],
  ['a word we do not know', { sparkle: 0.5 }, /sparkle 0\.5 is not supported/],
  ['a pattern that is an expression', { rank_pattern: { '.*(q|v)_proj': 8 } }, /rank_pattern has the pattern/],
  ['no rank', { r: 0 }, /r is 0; a positive whole number is needed/],
  ['no alpha', { lora_alpha: 'big' }, /lora_alpha is "big"/],
  ['no base', { base_model_name_or_path: null }, /nothing says which model it adapts/],
  ['a base that is not there', { base_model_name_or_path: 'no/such-model' }, /its base no\/such-model is not there/],
  ['a base that is an adapter', { base_model_name_or_path: AFTER }, /is an adapter itself/],
  ['another rank than the tensors have', { r: 8 }, /lora_A\.weight has shape \[4, 64\], but .* ask for \[8, 64\]/],
] as const)
  test(`an adapter is refused by name: ${what}`, async () => assert.match(await refusal(copyWith(changes)), says));

test('all that is wrong with a configuration is said at once', () => {
  const json = { peft_type: 'LORA', use_dora: true, bias: 'all', r: 4 };
  assert.throws(
    () => parsePeftConfig('f', json),
    (error: Error) => ['use_dora', 'bias', 'base_model', 'lora_alpha'].every(w => error.message.includes(w)),
  );
});

test('an adapter without its weights, with pickled ones, or beside a model of another shape is refused', async () => {
  const none = copyWith({});
  rmSync(join(none, ADAPTER_WEIGHTS));
  assert.match(await refusal(none), /adapter_model\.safetensors: is missing/);
  const other = copyWith({ base_model_name_or_path: join(import.meta.dirname, 'fixtures/micro') });
  assert.match(await refusal(other), /lora_A\.weight has shape|is no lora_A or lora_B/);
});

test('a tensor that is no pair of a linear layer, or alone, is refused', async () => {
  const write = async (shapes: Readonly<Record<string, readonly number[]>>): Promise<string> => {
    const dir = copyWith({});
    rmSync(join(dir, ADAPTER_WEIGHTS));
    const tensors = Object.entries(shapes).map(([name, shape]) => [name, new Float32Array(shape.reduce((a, b) => a * b, 1))] as const);
    await writeSafetensors(join(dir, ADAPTER_WEIGHTS), new Map(Object.entries(shapes)), tensors, 'F32');
    return refusal(dir);
  };
  const q = 'base_model.model.model.layers.0.self_attn.q_proj';
  assert.match(await write({ [`${q}.lora_A.weight`]: [4, 64] }), /q_proj\.lora_B\.weight is missing/);
  assert.match(await write({ [`${q}.lora_magnitude_vector`]: [64] }), /lora_magnitude_vector is no lora_A or lora_B/);
  assert.match(await write({ [`${q.replace('.0.', '.9.')}.lora_A.weight`]: [4, 64] }), /layers\.9.* is no lora_A/);
  assert.match(await write({ 'base_model.model.model.embed_tokens.lora_A.weight': [4, 64] }), /embed_tokens/);
  assert.match(await write({}), /holds no adapter/);
});

test('rank_pattern, alpha_pattern and use_rslora are read as PEFT reads them: the first name that ends a module’s, or with ^ all of it', () => {
  const config = { peft_type: 'LORA', base_model_name_or_path: 'x', r: 8, lora_alpha: 16 };
  const q0 = 'model.layers.0.self_attn.q_proj';
  const v1 = 'model.layers.1.self_attn.v_proj';
  const plain = parsePeftConfig('f', config);
  assert.deepEqual([plain.rankOf(q0), plain.scaleOf(q0)], [8, 2]);
  const rs = parsePeftConfig('f', { ...config, r: 16, use_rslora: true });
  assert.equal(rs.scaleOf(q0), 4);
  const both = parsePeftConfig('f', {
    ...config,
    rank_pattern: { 'layers.0.self_attn.q_proj': 2, q_proj: 4, [`^${v1.replaceAll('.', '\\.')}$`]: 1 },
    alpha_pattern: { v_proj: 5, '^v_proj': 7 },
  });
  assert.deepEqual([both.rankOf(q0), both.scaleOf(q0)], [2, 8]);
  assert.deepEqual([both.rankOf(q0.replace('0', '1')), both.scaleOf(q0.replace('0', '1'))], [4, 4]);
  assert.deepEqual([both.rankOf(v1), both.scaleOf(v1)], [1, 5]);
  assert.equal(both.rankOf('model.layers.0.xq_proj'), 8);
});

test('an adapter of ours reads back to the bit, and the same one gives the same bytes', async () => {
  const base = await openModel(BASE);
  const config: ModelConfig = base.config;
  const adapter = newAdapter(config, { rank: 3, alpha: 7, targets: ['k_proj', 'down_proj'] }, 1);
  for (const data of adapter.tensors.values()) for (const i of data.keys()) data[i]! += Math.sin(i) / 7;
  const dirs = [1, 2].map(() => join(HERE, String(made++)));
  for (const dir of dirs) await writeAdapter(dir, { config, sidecars: base.sidecars, base: BASE, adapter });
  const [one, two] = dirs.map(dir => [ADAPTER_CONFIG, ADAPTER_WEIGHTS].map(name => readFileSync(join(dir, name), 'hex')));
  assert.deepEqual(one, two);
  const start = await loraStart(dirs[0]!, { rank: 3, alpha: 7, targets: ['down_proj', 'k_proj'] }, 9);
  assert.deepEqual(start, { base: BASE, adapter });
  const { sidecars, tokenizer, close } = await openModel(dirs[0]!);
  assert.deepEqual([...sidecars.keys()].sort(), [...base.sidecars.keys()].sort());
  assert.deepEqual(tokenizer.encode('12 + 3'), base.tokenizer.encode('12 + 3'));
  await close();
  await base.close();
});

test('an adapter goes on only as it was trained', async () => {
  await assert.rejects(
    loraStart(AFTER, { rank: 8, alpha: 8, targets: ['q_proj', 'v_proj'] }, 1),
    /is an adapter already \(rank 4, alpha 8; q_proj, v_proj\)/,
  );
  await assert.rejects(
    loraStart(AFTER, { rank: 4, alpha: 16, targets: ['q_proj', 'v_proj'] }, 1),
    /goes on only with the same rank, alpha and targets/,
  );
  await assert.rejects(loraStart(AFTER, { rank: 4, alpha: 8, targets: 'all-linear' }, 1), ModelError);
});
