// GGUF metadata → ModelConfig. Keys begin with the architecture's name. RoPE scaling (as keys, or Llama 3's as the tensor rope_freqs.weight),
// experts and partial rotation are refused by name: computing without them would be another model.
import { ModelError } from '../../errors.ts';
import type { ModelConfig } from '../architecture.ts';
import { contradictions } from './config-json.ts';
import { architectureNames, isArchitecture } from './families.ts';
import type { GgufHeader } from './gguf-header.ts';
import { type Metadata, needed } from './gguf-metadata.ts';

/** Throws ModelError naming the key at fault. */
export function ggufConfig(file: string, { metadata, tensors }: GgufHeader): ModelConfig {
  const architecture = needed(file, 'general.architecture', metadata.string('general.architecture'));
  if (!isArchitecture(architecture))
    throw new ModelError(file, `the architecture ${architecture} is not supported; accepted: ${architectureNames}`);
  refuseUnsupported(file, architecture, metadata, tensors.has('rope_freqs.weight'));
  const read = (key: string, fallback?: number) => countOf(file, `${architecture}.${key}`, metadata, fallback);
  const real = (key: string, fallback?: number) => realOf(file, `${architecture}.${key}`, metadata, fallback);
  const heads = read('attention.head_count');
  const hidden = read('embedding_length');
  const config: ModelConfig = {
    architecture,
    layers: read('block_count'),
    hidden,
    heads,
    kvHeads: read('attention.head_count_kv', heads),
    headDim: read('attention.key_length', hidden / heads),
    intermediate: read('feed_forward_length'),
    vocab: read('vocab_size', metadata.strings('tokenizer.ggml.tokens')?.length),
    ropeTheta: real('rope.freq_base', 10000),
    rmsEpsilon: real('attention.layer_norm_rms_epsilon'),
    tied: !tensors.has('output.weight'),
    maxPositions: read('context_length'),
  };
  const complaints = [...contradictions(config), ...headComplaints(config, read)];
  if (complaints.length > 0) throw new ModelError(file, complaints.join('; '));
  return config;
}

function headComplaints({ headDim }: ModelConfig, read: (key: string, fallback: number) => number): string[] {
  const same = ['attention.value_length', 'rope.dimension_count'];
  return same.flatMap(key =>
    read(key, headDim) === headDim ? [] : [`${key} is ${read(key, headDim)}, the head dimension ${headDim}: they must be equal`],
  );
}

function refuseUnsupported(file: string, architecture: string, metadata: Metadata, hasRopeFactors: boolean): void {
  const scaling = metadata.keys.find(key => key.startsWith(`${architecture}.rope.scal`));
  if (scaling !== undefined && !isUnscaled(architecture, metadata))
    throw new ModelError(file, `${scaling}: RoPE scaling is not supported; accepted: none`);
  if (hasRopeFactors) throw new ModelError(file, "rope_freqs.weight: Llama 3's RoPE scaling is not supported; accepted: none");
  if ((metadata.number(`${architecture}.expert_count`) ?? 0) > 0)
    throw new ModelError(file, `${architecture}.expert_count: mixtures of experts are not supported`);
  if ((metadata.number('split.count') ?? 1) > 1)
    throw new ModelError(file, 'split.count: a GGUF model in several files is not supported; merge it first');
}

/** Scaling keys that say "none": only the type, and that is none. */
function isUnscaled(architecture: string, metadata: Metadata): boolean {
  const keys = metadata.keys.filter(key => key.startsWith(`${architecture}.rope.scal`));
  return keys.every(key => key === `${architecture}.rope.scaling.type`) && metadata.string(`${architecture}.rope.scaling.type`) === 'none';
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
