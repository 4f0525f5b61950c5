// A low-rank adapter (LoRA, arXiv 2106.09685, equation 3): beside a matrix W that stays as it is stand A [rank, in] and B [out, rank], and the layer
// computes W x + scale B A x with scale = alpha / rank. Held as PEFT has them, one pair a module; the engine's matrices hold several modules side by
// side (parameters.ts), so each module says which of their columns are its own. A begins uniform, as PEFT's does, and B with zeros: no change at first.

import { rngOf, seedOf } from '../../random.ts';
import type { LoraSettings, LoraTarget } from '../../requests.ts';
import { LORA_TARGETS } from '../../requests.ts';
import type { ModelConfig } from '../architecture.ts';
import type { ParameterShape, Parameters } from '../parameters.ts';

/** What decides an adapter's shape and what it does; targets in the order of the table. */
export interface LoraShape {
  readonly rank: number;
  readonly alpha: number;
  readonly targets: readonly LoraTarget[];
}

export interface Adapter extends LoraShape {
  /** By the names of `adapterShapes`. */
  readonly tensors: Parameters;
}

/** Where a module's outputs lie in the engine's matrix of a layer: in each of `blocks` blocks of `width` columns, `size` columns from `offset` on. */
export interface Place {
  /** The engine's matrix: qkv, o, gate_up, down. */
  readonly matrix: string;
  readonly inner: number;
  readonly blocks: number;
  readonly width: number;
  readonly offset: number;
  readonly size: number;
}

const MODULES: Readonly<Record<LoraTarget, { readonly path: string; readonly place: (c: ModelConfig) => Place }>> = {
  q_proj: { path: 'self_attn.q_proj', place: c => qkv(c, 0, c.heads / c.kvHeads) },
  k_proj: { path: 'self_attn.k_proj', place: c => qkv(c, c.heads / c.kvHeads, 1) },
  v_proj: { path: 'self_attn.v_proj', place: c => qkv(c, c.heads / c.kvHeads + 1, 1) },
  o_proj: { path: 'self_attn.o_proj', place: c => alone('o', c.heads * c.headDim, c.hidden) },
  gate_proj: { path: 'mlp.gate_proj', place: c => ({ ...alone('gate_up', c.hidden, c.intermediate), width: 2 * c.intermediate }) },
  up_proj: {
    path: 'mlp.up_proj',
    place: c => ({ ...alone('gate_up', c.hidden, c.intermediate), width: 2 * c.intermediate, offset: c.intermediate }),
  },
  down_proj: { path: 'mlp.down_proj', place: c => alone('down', c.intermediate, c.hidden) },
};

/** Some heads of the [q q q k v] of each key/value head. */
function qkv(c: ModelConfig, head: number, heads: number): Place {
  const width = (c.heads / c.kvHeads + 2) * c.headDim;
  return { matrix: 'qkv', inner: c.hidden, blocks: c.kvHeads, width, offset: head * c.headDim, size: heads * c.headDim };
}

const alone = (matrix: string, inner: number, out: number): Place => ({ matrix, inner, blocks: 1, width: out, offset: 0, size: out });

export interface Module {
  /** As transformers calls it: model.layers.3.self_attn.q_proj. */
  readonly name: string;
  /** The engine's matrix it is a part of: model.layers.3.qkv. */
  readonly parameter: string;
  readonly place: Place;
}

/** The modules that an adapter stands beside, layer by layer. */
export const modulesOf = (c: ModelConfig, targets: readonly LoraTarget[]): readonly Module[] =>
  Array.from({ length: c.layers }, (_, l) =>
    targets.map(target => {
      const { path, place } = MODULES[target];
      const at = place(c);
      return { name: `model.layers.${l}.${path}`, parameter: `model.layers.${l}.${at.matrix}`, place: at };
    }),
  ).flat();

export const nameOfA = (module: string): string => `${module}.lora_A`;
export const nameOfB = (module: string): string => `${module}.lora_B`;

/** The adapter's tensors in a fixed order: A [rank, in] and B [out, rank] of every module. */
export const adapterShapes = (c: ModelConfig, { rank, targets }: LoraShape): readonly ParameterShape[] =>
  modulesOf(c, targets).flatMap(({ name, place: { inner, blocks, size } }) => [
    { name: nameOfA(name), shape: [rank, inner] },
    { name: nameOfB(name), shape: [blocks * size, rank] },
  ]);

export const scaleOf = ({ alpha, rank }: LoraShape): number => alpha / rank;

/** The settings with their targets spelled out, each once. */
export const loraShape = ({ rank, alpha, targets }: LoraSettings): LoraShape => ({
  rank,
  alpha,
  targets: LORA_TARGETS.filter(target => targets === 'all-linear' || targets.includes(target)),
});

/** An adapter that changes nothing yet: A uniform in ±1/√in (kaiming_uniform with a = √5, as PEFT begins), B zero. */
export function newAdapter(c: ModelConfig, shape: LoraShape, seed: number): Adapter {
  const tensors: Parameters = new Map();
  for (const { name, place } of modulesOf(c, shape.targets)) {
    const rng = rngOf(seedOf(seed, 'lora', name));
    const bound = 1 / Math.sqrt(place.inner);
    tensors.set(
      nameOfA(name),
      Float32Array.from({ length: shape.rank * place.inner }, () => bound * (2 * rng.next() - 1)),
    );
    tensors.set(nameOfB(name), new Float32Array(place.blocks * place.size * shape.rank));
  }
  return { ...shape, tensors };
}
