// The decoder of the Llama family, defined once: RMSNorm, RoPE, grouped-query attention, SwiGLU; biases and norms of heads where the architecture
// has them (families.ts). Scoring, training and sampling differ only in which keys a token may look at, so that part is handed in (`attend`):
// layout.ts for whole sequences, step.ts for one token a row.
import { hasBias, hasHeadNorms, type ModelConfig } from './architecture.ts';
import type { Biased } from './families.ts';
import { type Dim, type Shape, symbol, times } from './graph/dims.ts';
import type { Graph, Tensor } from './graph/graph.ts';
import type { Part, Tape } from './graph/tape.ts';
import { parameterShapes } from './parameters.ts';
import { frequencies } from './rope.ts';

/** What one layer's attention is given: rotated queries, keys and values of every token, [tokens, kvHeads, (groups + 2) headDim]. */
export type Attend = (layer: number, qkv: Tensor, tape: Tape) => Tensor;

export interface DecoderInputs {
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** int64 [tokens] */
  readonly ids: Tensor;
  /** int64 [tokens, kvHeads (groups + 2)]: the position of each head of each token; 0 for values, which are not turned. */
  readonly positions: Tensor;
  readonly cos: Tensor;
  readonly sin: Tensor;
}

/** The tensor of a parameter; null where the graph has another use for it. */
export type Declare = (name: string, shape: readonly number[]) => Tensor | null;

/** Declares the inputs every graph of the decoder has, weights among them, unless `declare` says what they are instead. */
export function decoderInputs(g: Graph, c: ModelConfig, tokens: Dim, declare?: Declare): DecoderInputs {
  const table: Shape = [symbol('positions'), c.headDim / 2];
  const weight: Declare = declare ?? ((name, shape) => g.input(name, 'float32', shape));
  return {
    parameters: new Map(
      parameterShapes(c).flatMap(({ name, shape }) => {
        const tensor = weight(name, shape);
        return tensor ? [[name, tensor] as const] : [];
      }),
    ),
    ids: g.input('ids', 'int64', [tokens]),
    positions: g.input('positions', 'int64', [tokens, slotsPerToken(c)]),
    cos: g.input('cos', 'float32', table),
    sin: g.input('sin', 'float32', table),
  };
}

/** Head-sized pieces of a token's q, k and v together. */
export const slotsPerToken = (c: ModelConfig): number => c.heads + 2 * c.kvHeads;

/** The product of rows [tokens, in] with a matrix of the model, by its name, on the tape of its layer. */
export type Linear = (x: Tensor, name: string, tape: Tape) => Tensor;

export interface DecoderManner {
  /** Another way to multiply (rounded/int8-linear.ts). */
  readonly linear?: Linear | undefined;
  /** Of a layer only its input is kept for the gradient, and the layer worked out again: one forward pass more. */
  readonly recomputes?: boolean;
}

/** Hidden states [tokens, hidden] after the last layer, before the final norm. */
export function decoder(tape: Tape, c: ModelConfig, inputs: DecoderInputs, attend: Attend, manner: DecoderManner = {}): Tensor {
  const { linear, recomputes = false } = manner;
  const product: Linear = linear ?? ((x, name, on) => on.one('linear', [x, inputs.parameters.get(name)!], {}));
  let x = tape.one('gather', [inputs.parameters.get('embedding')!, inputs.ids], {});
  for (let l = 0; l < c.layers; l++) {
    const layer: Part = (on, [from]) => layerOf(on, c, inputs, l, from!, attend, product);
    x = recomputes ? tape.recomputed([x], layer) : layer(tape, [x]);
  }
  return x;
}

function layerOf(tape: Tape, c: ModelConfig, inputs: DecoderInputs, l: number, x: Tensor, attend: Attend, product: Linear): Tensor {
  const tokens = inputs.ids.shape[0]!;
  const pieces = slotsPerToken(c);
  const p = `model.layers.${l}.`;
  const parameter = (name: string): Tensor => inputs.parameters.get(p + name)!;
  const withBias = (on: Tape, from: Tensor, name: string, bias: Biased): Tensor => {
    const y = product(from, p + name, on);
    return hasBias(c, bias) ? on.one('add', [y, parameter(`${name}_bias`)], {}) : y;
  };
  /** A product of rows that cost little to work out: they are, once more for the gradient, and only what they come from is kept. */
  const ofCheap = (from: Tensor, cheap: (on: Tape, x: Tensor) => Tensor, name: string, bias: Biased): Tensor =>
    tape.recomputed([from], (on, [x]) => withBias(on, cheap(on, x!), name, bias));
  const norm = (name: string) => (on: Tape, x: Tensor) => on.one('rmsNorm', [x, parameter(name)], { epsilon: c.rmsEpsilon });
  const qkv = ofCheap(x, norm('norm1'), 'qkv', 'qkv');
  const normed = hasHeadNorms(c) ? normHeads(tape, c, qkv, parameter('q_norm'), parameter('k_norm')) : qkv;
  const heads = tape.one('reshape', [normed], { to: [tokens, pieces, c.headDim] });
  const turned = tape.one('rotary', [heads, inputs.positions, inputs.cos, inputs.sin], {});
  const mixed = attend(l, tape.one('reshape', [turned], { to: [tokens, c.kvHeads, (pieces / c.kvHeads) * c.headDim] }), tape);
  const between = tape.one('add', [x, withBias(tape, mixed, 'o', 'o')], {});
  const wide = ofCheap(between, norm('norm2'), 'gate_up', 'mlp');
  const narrow = ofCheap(wide, (on, x) => on.one('swiglu', [x], {}), 'down', 'mlp');
  return tape.one('add', [between, narrow], {});
}

/** Norms every head of q and k, each kind with a weight of its own [headDim]; v stays as it is. [tokens, kvHeads (groups + 2) headDim] both ways. */
function normHeads(tape: Tape, c: ModelConfig, qkv: Tensor, q: Tensor, k: Tensor): Tensor {
  const groups = c.heads / c.kvHeads;
  const heads = times(qkv.shape[0]!, c.kvHeads);
  const apart = tape.one('reshape', [qkv], { to: [heads, (groups + 2) * c.headDim] });
  const sizes = [groups * c.headDim, c.headDim, c.headDim];
  const [qs, ks, vs] = tape.apply('split', [apart], { axis: 1, sizes }) as [Tensor, Tensor, Tensor];
  const flat = tape.one('reshape', [qs], { to: [times(heads, groups), c.headDim] });
  const normedQ = tape.one('reshape', [tape.one('rmsNorm', [flat, q], { epsilon: c.rmsEpsilon })], { to: qs.shape });
  const normedK = tape.one('rmsNorm', [ks, k], { epsilon: c.rmsEpsilon });
  const together = tape.one('concat', [normedQ, normedK, vs], { axis: 1 });
  return tape.one('reshape', [together], { to: qkv.shape });
}

export const finalNorm = (tape: Tape, c: ModelConfig, inputs: DecoderInputs, x: Tensor): Tensor =>
  tape.one('rmsNorm', [x, inputs.parameters.get('norm')!], { epsilon: c.rmsEpsilon });

/** The output matrix [vocab, hidden]: the embedding where they are tied. */
export const headOf = (c: ModelConfig, inputs: DecoderInputs): Tensor => inputs.parameters.get(c.tied ? 'embedding' : 'head')!;

/** cos and sin of position times frequency, [positions, headDim / 2] each; angles in float64. */
export function rotaryTables(c: ModelConfig, atLeast: number): { cos: Float32Array; sin: Float32Array; positions: number } {
  // The node takes a token's heads for a sequence and wants a row of the table for each, though it reads only the positions asked for.
  const positions = Math.max(atLeast, slotsPerToken(c));
  const half = c.headDim / 2;
  const turns = frequencies(c);
  const cos = new Float32Array(positions * half);
  const sin = new Float32Array(positions * half);
  for (let p = 0; p < positions; p++)
    for (let i = 0; i < half; i++) {
      const angle = p * turns[i]!;
      cos[p * half + i] = Math.cos(angle);
      sin[p * half + i] = Math.sin(angle);
    }
  return { cos, sin, positions };
}

/** Fills the positions of one token: `position` for its queries and keys, 0 for its values. */
export function writePosition(into: BigInt64Array, token: number, c: ModelConfig, position: number): void {
  const pieces = slotsPerToken(c);
  const perHead = pieces / c.kvHeads;
  for (let i = 0; i < pieces; i++) into[token * pieces + i] = i % perHead === perHead - 1 ? 0n : BigInt(position);
}
