// GGUF metadata → ModelConfig. Keys begin with the architecture's name. RoPE is scaled by keys (linear) or by the tensor rope_freqs.weight (Llama
// 3). Other scalings, experts and partial rotation are refused by name: computing without them would be another model.
import { ModelError } from '../../errors.ts';
import type { ModelConfig } from '../architecture.ts';
import { type Architecture, type Biased, families, familyOf, isArchitecture } from '../families.ts';
import { llama3ScalingOf, type RopeScaling } from '../rope.ts';
import { contradictions } from './config-json.ts';
import type { GgufHeader } from './gguf-header.ts';
import { type Metadata, needed } from './gguf-metadata.ts';

/** The architectures that GGUF calls by our names; a Mistral is a `llama` there. */
const ggufNames = Object.keys(families).filter(name => isArchitecture(name) && familyOf(name).gguf.name === name);

/** `ropeFactors`: the values of rope_freqs.weight where the file has it. Throws ModelError naming the key at fault. */
export function ggufConfig(file: string, { metadata, tensors }: GgufHeader, ropeFactors: readonly number[] | null): ModelConfig {
  const architecture = needed(file, 'general.architecture', metadata.string('general.architecture'));
  if (!isArchitecture(architecture) || !ggufNames.includes(architecture))
    throw new ModelError(file, `the architecture ${architecture} is not supported; accepted: ${ggufNames.join(', ')}`);
  refuseUnsupported(file, architecture, metadata, ropeFactors !== null);
  const read = (key: string, fallback?: number) => countOf(file, `${architecture}.${key}`, metadata, fallback);
  const real = (key: string, fallback?: number) => realOf(file, `${architecture}.${key}`, metadata, fallback);
  const heads = read('attention.head_count');
  const hidden = read('embedding_length');
  const rope = { headDim: read('attention.key_length', hidden / heads), ropeTheta: real('rope.freq_base', 10000) };
  const scaling = scalingOf(rope, linearFactor(file, architecture, metadata), ropeFactors);
  const biases = biasesIn(architecture, tensors);
  const config: ModelConfig = {
    architecture,
    layers: read('block_count'),
    hidden,
    heads,
    kvHeads: read('attention.head_count_kv', heads),
    ...rope,
    intermediate: read('feed_forward_length'),
    vocab: read('vocab_size', metadata.strings('tokenizer.ggml.tokens')?.length),
    ...(scaling && { scaling }),
    rmsEpsilon: real('attention.layer_norm_rms_epsilon'),
    tied: !tensors.has('output.weight'),
    ...(biases.length > 0 && { biases }),
    maxPositions: read('context_length'),
  };
  const complaints = [...contradictions(config), ...headComplaints(config, read)];
  if (complaints.length > 0) throw new ModelError(file, complaints.join('; '));
  return config;
}

const biasTensors: Readonly<Record<Biased, string>> = { qkv: 'attn_q', o: 'attn_output', mlp: 'ffn_up' };

/** Biases that the file has and the architecture need not have: nothing but their tensors says so. */
const biasesIn = (architecture: Architecture, tensors: GgufHeader['tensors']): Biased[] =>
  (Object.keys(biasTensors) as Biased[]).filter(
    what => !familyOf(architecture).biases.includes(what) && tensors.has(`blk.0.${biasTensors[what]}.bias`),
  );

type Rope = Pick<ModelConfig, 'headDim' | 'ropeTheta'>;

function scalingOf(rope: Rope, linear: number, factors: readonly number[] | null): RopeScaling | null {
  if (factors === null || factors.every(f => f === 1)) return linear === 1 ? null : { kind: 'linear', factor: linear };
  const all = factors.map(f => f * linear);
  return llama3ScalingOf(rope, all) ?? { kind: 'factors', factors: all };
}

/** What rope.scaling.* divide all frequencies by; 1: nothing. */
function linearFactor(file: string, architecture: string, metadata: Metadata): number {
  const type = metadata.string(`${architecture}.rope.scaling.type`);
  const old = `${architecture}.rope.scale_linear`;
  if (type === undefined) return metadata.number(old) === undefined ? 1 : realOf(file, old, metadata);
  if (type === 'none') return 1;
  if (type === 'linear') return realOf(file, `${architecture}.rope.scaling.factor`, metadata);
  throw new ModelError(file, `${architecture}.rope.scaling.type ${type} is not supported; accepted: none, linear`);
}

function headComplaints({ headDim }: ModelConfig, read: (key: string, fallback: number) => number): string[] {
  const same = ['attention.value_length', 'rope.dimension_count'];
  return same.flatMap(key =>
    read(key, headDim) === headDim ? [] : [`${key} is ${read(key, headDim)}, the head dimension ${headDim}: they must be equal`],
  );
}

function refuseUnsupported(file: string, architecture: Architecture, metadata: Metadata, hasRopeFactors: boolean): void {
  const number = (key: string) => metadata.number(`${architecture}.${key}`);
  if (hasRopeFactors && !familyOf(architecture).gguf.hasRopeFactors)
    throw new ModelError(file, `rope_freqs.weight: an architecture that GGUF calls ${architecture} has no such tensor`);
  if ((number('rope.scaling.attn_factor') ?? 1) !== 1)
    throw new ModelError(file, `${architecture}.rope.scaling.attn_factor: RoPE that changes the attention is not supported; accepted: 1`);
  if ((number('expert_count') ?? 0) > 0) throw new ModelError(file, `${architecture}.expert_count: mixtures of experts are not supported`);
  if ((metadata.number('split.count') ?? 1) > 1)
    throw new ModelError(file, 'split.count: a GGUF model in several files is not supported; merge it first');
}

function countOf(file: string, key: string, metadata: Metadata, fallback?: number): number {
  const value = needed(file, key, metadata.number(key) ?? fallback);
  if (!Number.isInteger(value) || value < 1 || value >= 2 ** 31)
    throw new ModelError(file, `${key} is ${value}; a positive whole number is needed`);
  return value;
}

function realOf(file: string, key: string, metadata: Metadata, fallback?: number): number {
  const value = needed(file, key, metadata.number(key) ?? fallback);
  if (!Number.isFinite(value) || value <= 0) throw new ModelError(file, `${key} is ${value}; a positive number is needed`);
  return shortest(value);
}

/** 9.999999747378752e-6 is how float32 says 1e-5: the shortest decimal that is the same float32, which config.json had. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === Math.fround(value)) return candidate;
  }
  return value;
}
