// The decoder once more, written plainly in float64 over Hugging Face's weights [out, in], one token after the other: what the graphs are held
// against where no reference of transformers is at hand. No tests in here: it is called .test.ts to stay out of the package.
import { hasBias, hasHeadNorms, type ModelConfig } from './architecture.ts';
import { frequencies } from './rope.ts';

export type Weights = ReadonlyMap<string, Float32Array>;
type Vector = readonly number[];

const add = (a: Vector, b: ArrayLike<number>): number[] => a.map((x, i) => x + b[i]!);
const dot = (a: ArrayLike<number>, b: Vector, from = 0): number => b.reduce((sum, x, i) => sum + a[from + i]! * x, 0);
const product = (w: Float32Array, x: Vector): number[] => Array.from({ length: w.length / x.length }, (_, r) => dot(w, x, r * x.length));

const norm = (x: Vector, w: Float32Array, epsilon: number): number[] => {
  const scale = 1 / Math.sqrt(dot(x, x) / x.length + epsilon);
  return x.map((v, i) => v * scale * w[i]!);
};

/** Turns the pairs (i, i + d/2). */
function turn(x: Vector, position: number, turns: Vector): number[] {
  const half = x.length / 2;
  return x.map((v, i) => {
    const angle = position * turns[i % half]!;
    return v * Math.cos(angle) + (i < half ? -x[i + half]! : x[i - half]!) * Math.sin(angle);
  });
}

function softmax(x: Vector): number[] {
  const most = Math.max(...x);
  const e = x.map(v => Math.exp(v - most));
  const total = e.reduce((a, b) => a + b, 0);
  return e.map(v => v / total);
}

/** log p(tokens[t + 1] | tokens[..t]). */
export function plainLogprobs(c: ModelConfig, weights: Weights, tokens: readonly number[]): number[] {
  const w = (name: string) => weights.get(name)!;
  const table = w('model.embed_tokens.weight');
  const turns = frequencies(c);
  const heads = (x: Vector) => Array.from({ length: x.length / c.headDim }, (_, h) => x.slice(h * c.headDim, (h + 1) * c.headDim));
  let xs: number[][] = tokens.map(id => Array.from(table.subarray(id * c.hidden, (id + 1) * c.hidden)));
  for (let l = 0; l < c.layers; l++) {
    const p = `model.layers.${l}.`;
    const linear = (x: Vector, name: string, bias: 'qkv' | 'o' | 'mlp') => {
      const y = product(w(`${p}${name}.weight`), x);
      return hasBias(c, bias) ? add(y, w(`${p}${name}.bias`)) : y;
    };
    const normed = (x: Vector, name: string) => (hasHeadNorms(c) ? norm(x, w(`${p}self_attn.${name}.weight`), c.rmsEpsilon) : x);
    const before = xs.map(x => norm(x, w(`${p}input_layernorm.weight`), c.rmsEpsilon));
    const qs = before.map((x, t) => heads(linear(x, 'self_attn.q_proj', 'qkv')).map(h => turn(normed(h, 'q_norm'), t, turns)));
    const ks = before.map((x, t) => heads(linear(x, 'self_attn.k_proj', 'qkv')).map(h => turn(normed(h, 'k_norm'), t, turns)));
    const vs = before.map(x => heads(linear(x, 'self_attn.v_proj', 'qkv')));
    xs = xs.map((x, t) => {
      const mixed = qs[t]!.flatMap((q, h) => {
        const kv = Math.floor(h / (c.heads / c.kvHeads));
        const seen = ks.slice(0, t + 1).map(k => dot(q, k[kv]!) / Math.sqrt(c.headDim));
        const shares = softmax(seen);
        return q.map((_, i) => shares.reduce((sum, share, s) => sum + share * vs[s]![kv]![i]!, 0));
      });
      const middle = add(x, linear(mixed, 'self_attn.o_proj', 'o'));
      const inner = norm(middle, w(`${p}post_attention_layernorm.weight`), c.rmsEpsilon);
      const up = linear(inner, 'mlp.up_proj', 'mlp');
      const wide = linear(inner, 'mlp.gate_proj', 'mlp').map((g, i) => (g / (1 + Math.exp(-g))) * up[i]!);
      return add(middle, linear(wide, 'mlp.down_proj', 'mlp'));
    });
  }
  const head = c.tied ? table : w('lm_head.weight');
  return tokens.slice(1).map((next, t) => {
    const logits = product(head, norm(xs[t]!, w('model.norm.weight'), c.rmsEpsilon));
    return Math.log(softmax(logits)[next]!);
  });
}
