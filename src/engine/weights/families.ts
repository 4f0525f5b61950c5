// The architectures we can compute, one row each: what config.json calls them, and how GGUF stores them. A new family is a new row here and in
// ModelConfig['architecture'] (and its tensors in weightShapes); everything else asks the row. What has no row is refused by name.
import type { ModelConfig } from '../architecture.ts';

export type Architecture = ModelConfig['architecture'];

export interface Family {
  /** The class that transformers loads the checkpoint with. */
  readonly transformersClass: string;
  /** GGUF interleaves the rows of q and k per head (0, d/2, 1, d/2+1, …) for a RoPE over neighbours; ours pairs i with i + d/2. */
  readonly ggufInterleavesRows: boolean;
  /** Hugging Face module → GGUF module, inside a layer. */
  readonly ggufLayerNames: Readonly<Record<string, string>>;
}

export const families: Readonly<Record<Architecture, Family>> = {
  llama: {
    transformersClass: 'LlamaForCausalLM',
    ggufInterleavesRows: true,
    ggufLayerNames: {
      input_layernorm: 'attn_norm',
      'self_attn.q_proj': 'attn_q',
      'self_attn.k_proj': 'attn_k',
      'self_attn.v_proj': 'attn_v',
      'self_attn.o_proj': 'attn_output',
      post_attention_layernorm: 'ffn_norm',
      'mlp.gate_proj': 'ffn_gate',
      'mlp.up_proj': 'ffn_up',
      'mlp.down_proj': 'ffn_down',
    },
  },
};

export const architectureNames = Object.keys(families).join(', ');

export function isArchitecture(name: unknown): name is Architecture {
  return typeof name === 'string' && Object.hasOwn(families, name);
}
