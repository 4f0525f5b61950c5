// What a decoder-only model of the Llama family is, in numbers. Read from config.json or GGUF metadata, checked once at the door.
// Qwen2's biases, Qwen3's q/k norm and Llama 3's RoPE scaling have no place here yet: they are refused by name.

export interface ModelConfig {
  readonly architecture: 'llama';
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly intermediate: number;
  readonly vocab: number;
  readonly ropeTheta: number;
  readonly rmsEpsilon: number;
  /** The output matrix is the embedding matrix. */
  readonly tied: boolean;
  readonly maxPositions: number;
}

/** Names and shapes ([out, in]; norms [hidden]) of every weight, as Hugging Face calls them, in a fixed order. */
export function weightShapes(c: ModelConfig): ReadonlyMap<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>([['model.embed_tokens.weight', [c.vocab, c.hidden]]]);
  for (let l = 0; l < c.layers; l++) {
    const p = `model.layers.${l}.`;
    shapes.set(`${p}input_layernorm.weight`, [c.hidden]);
    shapes.set(`${p}self_attn.q_proj.weight`, [c.heads * c.headDim, c.hidden]);
    shapes.set(`${p}self_attn.k_proj.weight`, [c.kvHeads * c.headDim, c.hidden]);
    shapes.set(`${p}self_attn.v_proj.weight`, [c.kvHeads * c.headDim, c.hidden]);
    shapes.set(`${p}self_attn.o_proj.weight`, [c.hidden, c.heads * c.headDim]);
    shapes.set(`${p}post_attention_layernorm.weight`, [c.hidden]);
    shapes.set(`${p}mlp.gate_proj.weight`, [c.intermediate, c.hidden]);
    shapes.set(`${p}mlp.up_proj.weight`, [c.intermediate, c.hidden]);
    shapes.set(`${p}mlp.down_proj.weight`, [c.hidden, c.intermediate]);
  }
  shapes.set('model.norm.weight', [c.hidden]);
  if (!c.tied) shapes.set('lm_head.weight', [c.vocab, c.hidden]);
  return shapes;
}
