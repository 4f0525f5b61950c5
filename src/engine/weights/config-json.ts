// config.json ⇄ ModelConfig. Reads the keys of transformers 4 (rope_theta, rope_scaling, torch_dtype) and 5 (rope_parameters, dtype).
// Whatever would change the computation and is not supported is refused by name, all of it at once; never computed as something near it.
import { ModelError } from '../../errors.ts';
import type { ModelConfig } from '../architecture.ts';
import { architectureNames, type Family, familyOf, isArchitecture } from '../families.ts';
import { isAbsent, isPositive, numberReader, show } from './config-values.ts';
import type { JsonObject } from './json.ts';
import { formatRope, readRope } from './rope-json.ts';
import type { StoredType } from './safetensors-write.ts';

/** Throws ModelError with every complaint about the configuration. */
export function parseConfig(file: string, json: JsonObject): ModelConfig {
  if (!isArchitecture(json.model_type)) {
    throw new ModelError(
      file,
      `model_type ${JSON.stringify(json.model_type) ?? 'is missing'} is not supported; accepted: ${architectureNames}`,
    );
  }
  const family = familyOf(json.model_type);
  const complaints = unsupported.flatMap(({ key, isFine, accepted }) =>
    isFine(json[key]) ? [] : [`${key} ${show(json[key])} is not supported; accepted: ${accepted}`],
  );
  const read = numberReader(json, complaints);
  const heads = read('num_attention_heads');
  const hidden = read('hidden_size');
  /** Null is worked out from the rest; absent is what the class of transformers says. */
  const orDefault = (key: 'num_key_value_heads' | 'head_dim', otherwise: number) =>
    read(key, json[key] === null ? otherwise : (family.defaults[key] ?? otherwise));
  const { ropeTheta, scaling } = readRope(json, complaints);
  const positions = read('max_position_embeddings', family.defaults.max_position_embeddings);
  const window = windowOf(family, json, read);
  const biases = Object.entries(family.biasKeys).flatMap(([key, parts]) => (readFlag(json, key, complaints) ? parts : []));
  const config: ModelConfig = {
    architecture: json.model_type,
    layers: read('num_hidden_layers'),
    hidden,
    heads,
    kvHeads: orDefault('num_key_value_heads', heads),
    headDim: orDefault('head_dim', hidden / heads),
    intermediate: read('intermediate_size'),
    vocab: read('vocab_size'),
    ropeTheta,
    ...(scaling && { scaling }),
    rmsEpsilon: numberReader(json, complaints, isPositive)('rms_norm_eps', 1e-6),
    tied: json.tie_word_embeddings === true,
    ...(biases.length > 0 && { biases }),
    ...withWindow(positions, window),
  };
  complaints.push(...contradictions(config));
  if (complaints.length > 0) throw new ModelError(file, complaints.join('; '));
  return config;
}

/** Positions within which a sliding window hides nothing. */
export const withWindow = (positions: number, window: number | null): Pick<ModelConfig, 'maxPositions' | 'announcedPositions'> =>
  window !== null && window < positions ? { maxPositions: window, announcedPositions: positions } : { maxPositions: positions };

/** The sliding window, null where every token sees all before it. */
function windowOf({ window }: Family, json: JsonObject, read: (key: string, fallback?: number) => number): number | null {
  if (window === 'never' || json.sliding_window === null) return null;
  if (window !== 'on request') return read('sliding_window', window.absent);
  if (json.use_sliding_window !== true) return null;
  const slides = Array.isArray(json.layer_types)
    ? json.layer_types.includes('sliding_attention')
    : read('num_hidden_layers') > Number(json.max_window_layers ?? 28);
  return slides ? read('sliding_window', 4096) : null;
}

function readFlag(json: JsonObject, key: string, complaints: string[]): boolean {
  const value = json[key];
  if (!isAbsent(value) && typeof value !== 'boolean') complaints.push(`${key} is ${show(value)}; true or false is needed`);
  return value === true;
}

/** What the numbers must satisfy together, whatever file they come from. */
export function contradictions(c: ModelConfig): string[] {
  const complaints: string[] = [];
  if (c.heads % c.kvHeads !== 0)
    complaints.push(`${c.heads} attention heads cannot share ${c.kvHeads} key/value heads: one must divide the other`);
  if (c.headDim % 2 !== 0) complaints.push(`the head dimension ${c.headDim} is not an even number, as RoPE needs`);
  const { scaling } = c;
  if (scaling?.kind === 'llama3' && scaling.low >= scaling.high)
    complaints.push(`RoPE's low_freq_factor is ${scaling.low}; it must be below high_freq_factor, ${scaling.high}`);
  if (scaling?.kind === 'factors' && scaling.factors.length !== c.headDim / 2)
    complaints.push(`RoPE has ${scaling.factors.length} factors; ${c.headDim / 2} are needed, half of a head`);
  return complaints;
}

// Keys whose other values mean another computation.
const unsupported: readonly { key: string; isFine: (value: unknown) => boolean; accepted: string }[] = [
  { key: 'hidden_act', isFine: value => isAbsent(value) || value === 'silu', accepted: 'silu' },
  { key: 'quantization_config', isFine: isAbsent, accepted: 'plain weights in F32, BF16 or F16' },
  { key: 'layer_types', isFine: isKnownLayers, accepted: 'full_attention, sliding_attention' },
  { key: 'partial_rotary_factor', isFine: value => isAbsent(value) || value === 1, accepted: '1' },
];

function isKnownLayers(value: unknown): boolean {
  return isAbsent(value) || (Array.isArray(value) && value.every(type => type === 'full_attention' || type === 'sliding_attention'));
}

const torchNames: Readonly<Record<StoredType, string>> = { F32: 'float32', BF16: 'bfloat16', F16: 'float16' };

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
  const family = familyOf(config.architecture);
  const all: Record<string, unknown> = {
    ...(typeof family.window === 'object' && { sliding_window: null }),
    ...kept,
    architectures: [family.transformersClass],
    model_type: config.architecture,
    num_hidden_layers: config.layers,
    hidden_size: config.hidden,
    num_attention_heads: config.heads,
    num_key_value_heads: config.kvHeads,
    head_dim: config.headDim,
    intermediate_size: config.intermediate,
    vocab_size: config.vocab,
    // Both spellings: transformers 4 reads rope_theta, rope_scaling and torch_dtype, 5 reads rope_parameters and dtype.
    ...formatRope(config),
    torch_dtype: torchNames[dtype],
    dtype: torchNames[dtype],
    rms_norm_eps: config.rmsEpsilon,
    tie_word_embeddings: config.tied,
    max_position_embeddings: config.announcedPositions ?? config.maxPositions,
    ...formatWindow(config),
    hidden_act: 'silu',
    ...formatBiases(config),
  };
  return formatJson(Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1))));
}

function formatWindow({ architecture, maxPositions, announcedPositions }: ModelConfig): JsonObject {
  if (announcedPositions === undefined) return {};
  return { sliding_window: maxPositions, ...(familyOf(architecture).window === 'on request' && { use_sliding_window: true }) };
}

/** The keys that say which biases there are. */
const formatBiases = ({ architecture, biases = [] }: ModelConfig): JsonObject =>
  Object.fromEntries(Object.entries(familyOf(architecture).biasKeys).map(([key, parts]) => [key, parts.every(p => biases.includes(p))]));

export function formatJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
