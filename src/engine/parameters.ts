// Weights as the engine holds them: matrices [in, out], q, k and v side by side per key/value head, gate beside up, and their biases likewise.
// Hugging Face has them apart and [out, in]. The way there and back moves numbers and never changes one, so a checkpoint reads back to the bit.
import { hasBias, hasHeadNorms, type ModelConfig, weightShapes } from './architecture.ts';
import type { Biased } from './families.ts';

export interface ParameterShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Where one Hugging Face matrix lies in an engine parameter: rows of the file become columns from `column` on. A bias is a matrix of one column. */
interface Part {
  readonly weight: string;
  /** Maps row r of the [out, in] matrix to a column of the [in, out] parameter. */
  readonly column: (row: number) => number;
}

interface Parameter extends ParameterShape {
  /** 'same': kept as in the file (norms, embeddings, head). */
  readonly parts: 'same' | readonly Part[];
}

function layerParameters(c: ModelConfig, l: number): Parameter[] {
  const p = `model.layers.${l}.`;
  const groups = c.heads / c.kvHeads;
  const width = (groups + 2) * c.headDim;
  const d = c.headDim;
  // [q q q k v] for each key/value head
  const q = (row: number) => Math.floor(row / d / groups) * width + (row % (groups * d));
  const k = (row: number) => Math.floor(row / d) * width + groups * d + (row % d);
  const v = (row: number) => Math.floor(row / d) * width + (groups + 1) * d + (row % d);
  const columns: Readonly<Record<string, Part['column']>> = {
    'self_attn.q_proj': q,
    'self_attn.k_proj': k,
    'self_attn.v_proj': v,
    'mlp.up_proj': row => c.intermediate + row,
  };
  const parts = (modules: readonly string[], kind: string): readonly Part[] =>
    modules.map(module => ({ weight: `${p}${module}.${kind}`, column: columns[module] ?? (row => row) }));
  /** The product with these modules' matrices side by side, and its bias. */
  const linear = (name: string, inner: number, out: number, bias: Biased, modules: readonly string[]): Parameter[] => [
    { name: p + name, shape: [inner, out], parts: parts(modules, 'weight') },
    ...(hasBias(c, bias) ? [{ name: `${p}${name}_bias`, shape: [out], parts: parts(modules, 'bias') }] : []),
  ];
  const norm = (name: string, size: number): Parameter => ({ name: p + name, shape: [size], parts: 'same' });
  return [
    norm('norm1', c.hidden),
    ...linear('qkv', c.hidden, c.kvHeads * width, 'qkv', ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj']),
    ...(hasHeadNorms(c) ? [norm('q_norm', d), norm('k_norm', d)] : []),
    ...linear('o', c.heads * d, c.hidden, 'o', ['self_attn.o_proj']),
    norm('norm2', c.hidden),
    ...linear('gate_up', c.hidden, 2 * c.intermediate, 'mlp', ['mlp.gate_proj', 'mlp.up_proj']),
    ...linear('down', c.intermediate, c.hidden, 'mlp', ['mlp.down_proj']),
  ];
}

function parametersOf(c: ModelConfig): Parameter[] {
  return [
    { name: 'embedding', shape: [c.vocab, c.hidden], parts: 'same' },
    ...Array.from({ length: c.layers }, (_, l) => layerParameters(c, l)).flat(),
    { name: 'norm', shape: [c.hidden], parts: 'same' },
    ...(c.tied ? [] : [{ name: 'head', shape: [c.vocab, c.hidden], parts: 'same' as const }]),
  ];
}

const SAME: Readonly<Record<string, string>> = {
  embedding: 'model.embed_tokens.weight',
  norm: 'model.norm.weight',
  head: 'lm_head.weight',
  norm1: 'input_layernorm.weight',
  norm2: 'post_attention_layernorm.weight',
  q_norm: 'self_attn.q_norm.weight',
  k_norm: 'self_attn.k_norm.weight',
};

function sameName(name: string): string {
  const short = name.slice(name.lastIndexOf('.') + 1);
  return name.startsWith('model.layers.') ? name.slice(0, -short.length) + SAME[short]! : SAME[short]!;
}

/** The engine's parameters in a fixed order. */
export const parameterShapes = (c: ModelConfig): readonly ParameterShape[] => parametersOf(c).map(({ name, shape }) => ({ name, shape }));

/** The engine's parameters by name. */
export type Parameters = Map<string, Float32Array>;

const TILE = 32;

/** Moves between [out, in] rows and columns of [in, width]; in tiles, because one side always strides. */
function moveTransposed(
  file: Float32Array,
  parameter: Float32Array,
  inner: number,
  width: number,
  column: Part['column'],
  back: boolean,
): void {
  const out = file.length / inner;
  for (let r0 = 0; r0 < out; r0 += TILE)
    for (let c0 = 0; c0 < inner; c0 += TILE)
      for (let r = r0; r < Math.min(out, r0 + TILE); r++) {
        const at = column(r);
        for (let c = c0; c < Math.min(inner, c0 + TILE); c++) {
          if (back) file[r * inner + c] = parameter[c * width + at]!;
          else parameter[c * width + at] = file[r * inner + c]!;
        }
      }
}

/** Reads all weights, or those of the names given, into the engine's layout. `read` gives a weight by its Hugging Face name, [out, in]. */
export async function toParameters(
  c: ModelConfig,
  read: (name: string) => Promise<Float32Array>,
  only?: ReadonlySet<string>,
): Promise<Parameters> {
  const parameters: Parameters = new Map();
  for (const { name, shape, parts } of parametersOf(c)) {
    if (only && !only.has(name)) continue;
    if (parts === 'same') {
      parameters.set(name, await read(sameName(name)));
      continue;
    }
    const width = shape.at(-1)!;
    const inner = shape.length > 1 ? shape[0]! : 1;
    const data = new Float32Array(inner * width);
    for (const part of parts) moveTransposed(await read(part.weight), data, inner, width, part.column, false);
    parameters.set(name, data);
  }
  return parameters;
}

/** The weights by Hugging Face name, [out, in], one at a time, in the order of `weightShapes`. */
export function* toWeights(c: ModelConfig, parameters: Parameters): Generator<[string, Float32Array]> {
  const where = new Map<string, { readonly parameter: Parameter; readonly part: Part | null }>();
  for (const parameter of parametersOf(c)) {
    if (parameter.parts === 'same') where.set(sameName(parameter.name), { parameter, part: null });
    else for (const part of parameter.parts) where.set(part.weight, { parameter, part });
  }
  for (const [weight, shape] of weightShapes(c)) {
    const { parameter, part } = where.get(weight)!;
    const data = parameters.get(parameter.name)!;
    if (!part) {
      yield [weight, data];
      continue;
    }
    const [out, inner = 1] = shape as readonly [number, number?];
    const file = new Float32Array(out * inner);
    moveTransposed(file, data, inner, parameter.shape.at(-1)!, part.column, true);
    yield [weight, file];
  }
}
