// config.json ⇄ ModelConfig. Reads the keys of transformers 4 (rope_theta, rope_scaling, torch_dtype) and 5 (rope_parameters, dtype).
// Whatever would change the computation and is not supported is refused by name, all of it at once; never computed as something near it.
import { ModelError } from '../../errors.ts';
import type { ModelConfig } from '../architecture.ts';
import { architectureNames, families, isArchitecture } from './families.ts';
import { isObject, type JsonObject } from './json.ts';
import type { StoredType } from './safetensors-write.ts';

/** Throws ModelError with every complaint about the configuration. */
export function parseConfig(file: string, json: JsonObject): ModelConfig {
  if (!isArchitecture(json.model_type)) {
    throw new ModelError(
      file,
      `model_type ${JSON.stringify(json.model_type) ?? 'is missing'} is not supported; accepted: ${architectureNames}`,
    );
  }
  const complaints = unsupported.flatMap(({ key, isFine, accepted }) =>
    isFine(json[key]) ? [] : [`${key} ${show(json[key])} is not supported; accepted: ${accepted}`],
  );
  const read = numberReader(json, complaints);
  const heads = read('num_attention_heads');
  const hidden = read('hidden_size');
  const rope = isObject(json.rope_parameters) ? json.rope_parameters : json;
  const config: ModelConfig = {
    architecture: json.model_type,
    layers: read('num_hidden_layers'),
    hidden,
    heads,
    kvHeads: read('num_key_value_heads', heads),
    headDim: read('head_dim', hidden / heads),
    intermediate: read('intermediate_size'),
    vocab: read('vocab_size'),
    ropeTheta: numberReader(rope, complaints, isPositive)('rope_theta', 10000),
    rmsEpsilon: numberReader(json, complaints, isPositive)('rms_norm_eps', 1e-6),
    tied: json.tie_word_embeddings === true,
    maxPositions: read('max_position_embeddings', 2048),
  };
  complaints.push(...contradictions(config));
  if (complaints.length > 0) throw new ModelError(file, complaints.join('; '));
  return config;
}

/** What the numbers must satisfy together, whatever file they come from. */
export function contradictions(c: ModelConfig): string[] {
  const complaints: string[] = [];
  if (c.heads % c.kvHeads !== 0)
    complaints.push(`${c.heads} attention heads cannot share ${c.kvHeads} key/value heads: one must divide the other`);
  if (c.headDim % 2 !== 0) complaints.push(`the head dimension ${c.headDim} is not an even number, as RoPE needs`);
  return complaints;
}

/** A value on one short line: RoPE tables can be long. */
const show = (value: unknown) => JSON.stringify(value).replace(/^(.{80}).+$/, '$1…');

const isAbsent = (value: unknown) => value === undefined || value === null;
const isFalse = (value: unknown) => isAbsent(value) || value === false;

// Keys whose other values mean another computation.
const unsupported: readonly { key: string; isFine: (value: unknown) => boolean; accepted: string }[] = [
  { key: 'hidden_act', isFine: value => isAbsent(value) || value === 'silu', accepted: 'silu' },
  { key: 'quantization_config', isFine: isAbsent, accepted: 'plain weights in F32, BF16 or F16' },
  { key: 'attention_bias', isFine: isFalse, accepted: 'false' },
  { key: 'mlp_bias', isFine: isFalse, accepted: 'false' },
  { key: 'rope_scaling', isFine: isDefaultRope, accepted: 'none, or rope_type default' },
  { key: 'rope_parameters', isFine: isDefaultRope, accepted: 'rope_type default' },
  { key: 'partial_rotary_factor', isFine: value => isAbsent(value) || value === 1, accepted: '1' },
];

function isDefaultRope(value: unknown): boolean {
  if (isAbsent(value)) return true;
  if (!isObject(value)) return false;
  const type = value.rope_type ?? value.type ?? 'default';
  return type === 'default' && (isAbsent(value.partial_rotary_factor) || value.partial_rotary_factor === 1);
}

const isCount = (value: unknown): value is number => Number.isInteger(value) && Number(value) > 0 && Number(value) < 2 ** 31;
const isPositive = (value: unknown): value is number => Number.isFinite(value) && Number(value) > 0;

/** Reads numbers by key; what is wrong goes to `complaints` and reads as 1, so that all of it is found at once. */
function numberReader(json: JsonObject, complaints: string[], isValid: (value: unknown) => value is number = isCount) {
  return (key: string, fallback?: number): number => {
    const value = isAbsent(json[key]) ? fallback : json[key];
    if (isValid(value)) return value;
    complaints.push(
      value === undefined
        ? `${key} is missing`
        : `${key} is ${JSON.stringify(value)}; a positive ${isValid === isCount ? 'whole ' : ''}number is needed`,
    );
    return 1;
  };
}

const torchNames: Readonly<Record<StoredType, string>> = { F32: 'float32', BF16: 'bfloat16' };

/** A config.json that transformers loads: `base` (another config.json, or nothing) with everything that `config` says. Keys sorted. */
export function formatConfig(config: ModelConfig, dtype: StoredType, base: JsonObject): string {
  const {
    dtype: _dtype,
    torch_dtype: _torchDtype,
    rope_scaling: _scaling,
    rope_parameters: _parameters,
    rope_theta: _theta,
    ...kept
  } = base;
  const all: Record<string, unknown> = {
    ...kept,
    architectures: [families[config.architecture].transformersClass],
    model_type: config.architecture,
    num_hidden_layers: config.layers,
    hidden_size: config.hidden,
    num_attention_heads: config.heads,
    num_key_value_heads: config.kvHeads,
    head_dim: config.headDim,
    intermediate_size: config.intermediate,
    vocab_size: config.vocab,
    // Both spellings: transformers 4 reads rope_theta and torch_dtype, 5 reads rope_parameters and dtype.
    rope_theta: config.ropeTheta,
    rope_parameters: { rope_theta: config.ropeTheta, rope_type: 'default' },
    torch_dtype: torchNames[dtype],
    dtype: torchNames[dtype],
    rms_norm_eps: config.rmsEpsilon,
    tie_word_embeddings: config.tied,
    max_position_embeddings: config.maxPositions,
    hidden_act: 'silu',
    attention_bias: false,
    mlp_bias: false,
  };
  return formatJson(Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1))));
}

export function formatJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
