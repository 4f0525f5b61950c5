// The architectures we can compute, one row each: what tells one from the next, what its config.json means where it is silent, and how GGUF
// stores it. The decoder, the parameters' names and both readers ask the row; nothing else knows an architecture by name. What has no row is
// refused by name. SmolLM2 and TinyLlama call themselves llama, and are.

/** Products of a layer that may add a vector: q, k and v together; the attention's output; gate, up and down. */
export type Biased = 'qkv' | 'o' | 'mlp';

export interface Family {
  /** The class that transformers loads the checkpoint with. */
  readonly transformersClass: string;
  /** Every head of q and of k is normed (RMSNorm over the head) before it is turned. */
  readonly headNorms: boolean;
  /** Biases that every model of the architecture has. */
  readonly biases: readonly Biased[];
  /** Keys of config.json that add biases where they are true. The others' keys are not looked at, as in transformers. */
  readonly biasKeys: Readonly<Record<string, readonly Biased[]>>;
  /** What config.json means where a key is absent: the defaults of the class in transformers. No row for a key: worked out from the others. */
  readonly defaults: { readonly num_key_value_heads?: number; readonly head_dim?: number; readonly max_position_embeddings: number };
  /** Whether `sliding_window` counts: never, always (and what it is where it is absent), or where `use_sliding_window` is true. */
  readonly window: 'never' | 'on request' | { readonly absent: number };
  readonly gguf: {
    /** What GGUF calls it. */
    readonly name: string;
    /** GGUF interleaves the rows of q and k per head (0, d/2, 1, d/2+1, …) for a RoPE over neighbours; ours pairs i with i + d/2. */
    readonly interleavesRows: boolean;
    /** Biases that llama.cpp reads, besides those that the architecture has. */
    readonly biases: readonly Biased[];
    /** Whether llama.cpp divides RoPE's frequencies by the tensor rope_freqs.weight. */
    readonly hasRopeFactors: boolean;
  };
}

export const families = {
  llama: {
    transformersClass: 'LlamaForCausalLM',
    headNorms: false,
    biases: [],
    biasKeys: { attention_bias: ['qkv', 'o'], mlp_bias: ['mlp'] },
    defaults: { max_position_embeddings: 2048 },
    window: 'never',
    gguf: { name: 'llama', interleavesRows: true, biases: ['qkv', 'o', 'mlp'], hasRopeFactors: true },
  },
  mistral: {
    transformersClass: 'MistralForCausalLM',
    headNorms: false,
    biases: [],
    biasKeys: {},
    defaults: { num_key_value_heads: 8, max_position_embeddings: 131072 },
    window: { absent: 4096 },
    gguf: { name: 'llama', interleavesRows: true, biases: ['qkv', 'o', 'mlp'], hasRopeFactors: true },
  },
  qwen2: {
    transformersClass: 'Qwen2ForCausalLM',
    headNorms: false,
    biases: ['qkv'],
    biasKeys: {},
    defaults: { num_key_value_heads: 32, max_position_embeddings: 32768 },
    window: 'on request',
    gguf: { name: 'qwen2', interleavesRows: false, biases: [], hasRopeFactors: false },
  },
  qwen3: {
    transformersClass: 'Qwen3ForCausalLM',
    headNorms: true,
    biases: [],
    biasKeys: { attention_bias: ['qkv', 'o'] },
    defaults: { num_key_value_heads: 32, head_dim: 128, max_position_embeddings: 32768 },
    window: 'on request',
    gguf: { name: 'qwen3', interleavesRows: false, biases: [], hasRopeFactors: false },
  },
} as const satisfies Readonly<Record<string, Family>>;

export type Architecture = keyof typeof families;

export const familyOf = (architecture: Architecture): Family => families[architecture];

export const architectureNames = Object.keys(families).join(', ');

export function isArchitecture(name: unknown): name is Architecture {
  return typeof name === 'string' && Object.hasOwn(families, name);
}

/** Hugging Face module → GGUF module, inside a layer, for all of them. */
export const ggufLayerNames: Readonly<Record<string, string>> = {
  input_layernorm: 'attn_norm',
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.o_proj': 'attn_output',
  'self_attn.q_norm': 'attn_q_norm',
  'self_attn.k_norm': 'attn_k_norm',
  post_attention_layernorm: 'ffn_norm',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
};
