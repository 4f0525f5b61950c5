// The decoder of the Llama family, defined once: RMSNorm, RoPE, grouped-query attention, SwiGLU. Scoring, training and sampling differ only in
// which keys a token may look at, so that part is handed in (`attend`): layout.ts for whole sequences, step.ts for one token a row.
import type { ModelConfig } from './architecture.ts';
import { type Dim, type Shape, symbol } from './graph/dims.ts';
import type { Graph, Tensor } from './graph/graph.ts';
import type { Tape } from './graph/tape.ts';
import { type Parameters, parameterShapes } from './parameters.ts';

/** What one layer's attention is given: rotated queries, keys and values of every token, [tokens, kvHeads, (groups + 2) headDim]. */
export type Attend = (layer: number, qkv: Tensor) => Tensor;

export interface DecoderInputs {
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** int64 [tokens] */
  readonly ids: Tensor;
  /** int64 [tokens, kvHeads (groups + 2)]: the position of each head of each token; 0 for values, which are not turned. */
  readonly positions: Tensor;
  readonly cos: Tensor;
  readonly sin: Tensor;
}

/** Declares the inputs every graph of the decoder has, weights among them; the layers' matrices of `settled` become constants of the graph. */
export function decoderInputs(g: Graph, c: ModelConfig, tokens: Dim, settled?: Parameters): DecoderInputs {
  const table: Shape = [symbol('positions'), c.headDim / 2];
  // Norms are not packed, and neither is `o`: a twelfth of the weights that would take SmolLM2 past a memory of 1.5 GB.
  const isSettled = (name: string) => /[.](qkv|gate_up|down)$/.test(name);
  const declare = (name: string, shape: readonly number[]) =>
    settled && isSettled(name) ? g.attach(name, shape, settled.get(name)!) : g.input(name, 'float32', shape);
  return {
    parameters: new Map(parameterShapes(c).map(({ name, shape }) => [name, declare(name, shape)])),
    ids: g.input('ids', 'int64', [tokens]),
    positions: g.input('positions', 'int64', [tokens, slotsPerToken(c)]),
    cos: g.input('cos', 'float32', table),
    sin: g.input('sin', 'float32', table),
  };
}

/** Head-sized pieces of a token's q, k and v together. */
export const slotsPerToken = (c: ModelConfig): number => c.heads + 2 * c.kvHeads;

/** The product of rows [tokens, in] with a matrix of the model, by its name. */
export type Linear = (x: Tensor, name: string) => Tensor;

/** Hidden states [tokens, hidden] after the last layer, before the final norm. `linear`: another way to multiply (int8/linear.ts). */
export function decoder(tape: Tape, c: ModelConfig, inputs: DecoderInputs, attend: Attend, linear?: Linear): Tensor {
  const parameter = (name: string): Tensor => inputs.parameters.get(name)!;
  const product: Linear = linear ?? ((x, name) => tape.one('linear', [x, parameter(name)], {}));
  const tokens = inputs.ids.shape[0]!;
  const pieces = slotsPerToken(c);
  let x = tape.one('gather', [parameter('embedding'), inputs.ids], {});
  for (let l = 0; l < c.layers; l++) {
    const p = `model.layers.${l}.`;
    const norm = (name: string) => tape.one('rmsNorm', [x, parameter(p + name)], { epsilon: c.rmsEpsilon });
    const qkv = product(norm('norm1'), `${p}qkv`);
    const heads = tape.one('reshape', [qkv], { to: [tokens, pieces, c.headDim] });
    const turned = tape.one('rotary', [heads, inputs.positions, inputs.cos, inputs.sin], {});
    const mixed = attend(l, tape.one('reshape', [turned], { to: [tokens, c.kvHeads, (pieces / c.kvHeads) * c.headDim] }));
    x = tape.one('add', [x, product(mixed, `${p}o`)], {});
    const wide = tape.one('swiglu', [product(norm('norm2'), `${p}gate_up`)], {});
    x = tape.one('add', [x, product(wide, `${p}down`)], {});
  }
  return x;
}

export const finalNorm = (tape: Tape, c: ModelConfig, inputs: DecoderInputs, x: Tensor): Tensor =>
  tape.one('rmsNorm', [x, inputs.parameters.get('norm')!], { epsilon: c.rmsEpsilon });

/** The output matrix [vocab, hidden]: the embedding where they are tied. */
export const headOf = (c: ModelConfig, inputs: DecoderInputs): Tensor => inputs.parameters.get(c.tied ? 'embedding' : 'head')!;

/** The same as a constant of the graph; the embedding stays an input besides, because looking up rows packs nothing. */
export const settledHead = (g: Graph, c: ModelConfig, settled: Parameters): Tensor =>
  g.attach('settled head', [c.vocab, c.hidden], settled.get(c.tied ? 'embedding' : 'head')!);

/** cos and sin of position times frequency, [positions, headDim / 2] each; angles in float64 (RoPE, arXiv 2104.09864). */
export function rotaryTables(c: ModelConfig, atLeast: number): { cos: Float32Array; sin: Float32Array; positions: number } {
  // The node takes a token's heads for a sequence and wants a row of the table for each, though it reads only the positions asked for.
  const positions = Math.max(atLeast, slotsPerToken(c));
  const half = c.headDim / 2;
  const cos = new Float32Array(positions * half);
  const sin = new Float32Array(positions * half);
  for (let p = 0; p < positions; p++)
    for (let i = 0; i < half; i++) {
      const angle = p * c.ropeTheta ** (-i / half);
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
