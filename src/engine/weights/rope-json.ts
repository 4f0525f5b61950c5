// RoPE in config.json: rope_theta beside rope_scaling (transformers 4), both in rope_parameters (transformers 5). As there, rope_scaling wins
// where it is not null. Kinds that cannot be computed exactly are refused by name. `factors` is written as longrope with equal lists for short and
// long texts and no change of attention: the one form that transformers has for frequencies divided one by one.
import type { ModelConfig } from '../architecture.ts';
import type { RopeScaling } from '../rope.ts';
import { isAbsent, isPositive, numberReader, show } from './config-values.ts';
import { isObject, type JsonObject } from './json.ts';

type Read = (key: string) => number;

const kinds: Readonly<Record<string, (read: Read) => RopeScaling | null>> = {
  default: () => null,
  linear: read => ({ kind: 'linear', factor: read('factor') }),
  dynamic: read => ({ kind: 'dynamic', factor: read('factor') }),
  llama3: read => ({
    kind: 'llama3',
    factor: read('factor'),
    low: read('low_freq_factor'),
    high: read('high_freq_factor'),
    original: read('original_max_position_embeddings'),
  }),
};

const ACCEPTED = `none, ${Object.keys(kinds).join(', ')}`;

/** The base and the scaling; what is wrong goes to `complaints`. */
export function readRope(json: JsonObject, complaints: string[]): Pick<ModelConfig, 'ropeTheta' | 'scaling'> {
  const key = isAbsent(json.rope_scaling) ? 'rope_parameters' : 'rope_scaling';
  const given = json[key] ?? {};
  const base = isObject(json.rope_parameters) && !isAbsent(json.rope_parameters.rope_theta) ? json.rope_parameters : json;
  const ropeTheta = numberReader(base, complaints, isPositive)('rope_theta', 10000);
  const scaling = isObject(given) ? scalingOf(given, complaints, `${key}.`) : undefined;
  if (scaling === undefined) complaints.push(`${key} ${show(given)} is not supported; accepted: ${ACCEPTED}`);
  return { ropeTheta, ...(scaling && { scaling }) };
}

/** Undefined: not supported. */
function scalingOf(given: JsonObject, complaints: string[], under: string): RopeScaling | null | undefined {
  if (!isAbsent(given.partial_rotary_factor) && given.partial_rotary_factor !== 1) return undefined;
  if (Object.values(given).some(isObject)) return undefined; // one set for each type of layer
  const type = given.rope_type ?? given.type ?? 'default';
  if (type === 'longrope') return plainFactors(given);
  const parse = typeof type === 'string' && Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  const own: string[] = [];
  const scaling = parse?.(numberReader(given, own, isPositive));
  complaints.push(...own.map(complaint => under + complaint));
  return scaling;
}

/** LongRoPE whose length does not matter: the same factors for short and long texts, and attention left alone. */
function plainFactors({ short_factor: short, long_factor: long, attention_factor: attention }: JsonObject): RopeScaling | undefined {
  if (!Array.isArray(short) || !short.every(isPositive) || JSON.stringify(short) !== JSON.stringify(long) || attention !== 1)
    return undefined;
  return { kind: 'factors', factors: short };
}

const described = (scaling: RopeScaling, positions: number): JsonObject => {
  if (scaling.kind === 'factors') {
    const { factors } = scaling;
    const lists = { short_factor: factors, long_factor: factors };
    return { rope_type: 'longrope', factor: 1, attention_factor: 1, original_max_position_embeddings: positions, ...lists };
  }
  const { kind, factor } = scaling;
  if (kind !== 'llama3') return { rope_type: kind, factor };
  const { low, high, original } = scaling;
  return { rope_type: kind, factor, low_freq_factor: low, high_freq_factor: high, original_max_position_embeddings: original };
};

/** The keys of both versions. */
export function formatRope({ ropeTheta, scaling, maxPositions }: ModelConfig): JsonObject {
  if (!scaling) return { rope_theta: ropeTheta, rope_parameters: { rope_theta: ropeTheta, rope_type: 'default' } };
  const given = described(scaling, maxPositions);
  return { rope_theta: ropeTheta, rope_scaling: given, rope_parameters: { rope_theta: ropeTheta, ...given } };
}
