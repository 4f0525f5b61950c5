// What a decoder-only model of the Llama family is, in numbers: its architecture's row (families.ts) and the sizes of this one. Read from
// config.json or GGUF metadata, checked once at the door.
import { type Architecture, type Biased, familyOf } from './families.ts';
import type { RopeScaling } from './rope.ts';

export interface ModelConfig {
  readonly architecture: Architecture;
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly intermediate: number;
  readonly vocab: number;
  readonly ropeTheta: number;
  /** How RoPE's frequencies are stretched; absent: they are not. */
  readonly scaling?: RopeScaling;
  readonly rmsEpsilon: number;
  /** The output matrix is the embedding matrix. */
  readonly tied: boolean;
  /** Biases besides those that every model of the architecture has; absent: none. */
  readonly biases?: readonly Biased[];
  /** Positions that can be computed exactly: with a sliding window no more than it, because a longer text would lose sight of its beginning. */
  readonly maxPositions: number;
  /** What the model announces where that is more than `maxPositions`. */
  readonly announcedPositions?: number;
}

export const hasBias = (c: ModelConfig, what: Biased): boolean =>
  familyOf(c.architecture).biases.includes(what) || (c.biases ?? []).includes(what);

export const hasHeadNorms = (c: ModelConfig): boolean => familyOf(c.architecture).headNorms;

type Shapes = [name: string, shape: readonly number[]][];

function layerShapes(c: ModelConfig, p: string): Shapes {
  const linear = (name: string, out: number, inner: number, bias: Biased): Shapes => [
    [`${p}${name}.weight`, [out, inner]],
    ...(hasBias(c, bias) ? ([[`${p}${name}.bias`, [out]]] as Shapes) : []),
  ];
  const norm = (name: string, size: number): Shapes => [[`${p}${name}.weight`, [size]]];
  const wide = c.heads * c.headDim;
  return [
    ...norm('input_layernorm', c.hidden),
    ...linear('self_attn.q_proj', wide, c.hidden, 'qkv'),
    ...linear('self_attn.k_proj', c.kvHeads * c.headDim, c.hidden, 'qkv'),
    ...linear('self_attn.v_proj', c.kvHeads * c.headDim, c.hidden, 'qkv'),
    ...(hasHeadNorms(c) ? [...norm('self_attn.q_norm', c.headDim), ...norm('self_attn.k_norm', c.headDim)] : []),
    ...linear('self_attn.o_proj', c.hidden, wide, 'o'),
    ...norm('post_attention_layernorm', c.hidden),
    ...linear('mlp.gate_proj', c.intermediate, c.hidden, 'mlp'),
    ...linear('mlp.up_proj', c.intermediate, c.hidden, 'mlp'),
    ...linear('mlp.down_proj', c.hidden, c.intermediate, 'mlp'),
  ];
}

/** Names and shapes ([out, in]; biases [out]; norms [size]) of every weight, as Hugging Face calls them, in a fixed order. */
export function weightShapes(c: ModelConfig): ReadonlyMap<string, readonly number[]> {
  return new Map<string, readonly number[]>([
    ['model.embed_tokens.weight', [c.vocab, c.hidden]],
    ...Array.from({ length: c.layers }, (_, l) => layerShapes(c, `model.layers.${l}.`)).flat(),
    ['model.norm.weight', [c.hidden]],
    ...(c.tied ? [] : ([['lm_head.weight', [c.vocab, c.hidden]]] as Shapes)),
  ]);
}
