// Weights that stay as they are while a step program is open, held inside it: in fp32, packed once as the kernel wants them (inputs are packed again at every
// step), or as integers of 8 or 4 bits. What is not held is an input of the graph, as everywhere else.
import type { ModelConfig } from './architecture.ts';
import { type DecoderInputs, headOf, type Linear } from './decoder.ts';
import { matmul } from './graph/emit.ts';
import type { Graph, Tensor } from './graph/graph.ts';
import { BYTES } from './own/bytes.ts';
import { EXACT } from './own/exact.ts';
import type { OwnKind } from './own/kind.ts';
import type { Parameters } from './parameters.ts';
import { int4Linear } from './rounded/int4-linear.ts';
import { int8Linear } from './rounded/int8-linear.ts';
import type { RoundedWeights } from './rounded/open.ts';

export type Settled = { readonly kind: 'none' } | { readonly kind: 'fp32'; readonly parameters: Parameters } | RoundedWeights;

/** How a graph gets its weights and multiplies by them. */
export interface Holding {
  /** The tensor of a parameter; null where nothing asks for it by that name. */
  declare(name: string, shape: readonly number[]): Tensor | null;
  readonly linear?: Linear;
  /** [rows, hidden] to [rows, vocab]. */
  logits(hidden: Tensor, inputs: DecoderInputs): Tensor;
}

const isMatrix = (name: string): boolean => /[.](qkv|o|gate_up|down)$/.test(name) || name === 'head';

const HOLD: { readonly [K in Settled['kind']]: (g: Graph, c: ModelConfig, settled: Extract<Settled, { kind: K }>) => Holding } = {
  none: (g, c) => ({
    declare: (name, shape) => g.input(name, 'float32', shape),
    logits: (hidden, inputs) => matmul(g, hidden, headOf(c, inputs), { transB: true }),
  }),
  // The embedding stays an input although the head may be the same matrix: looking up rows packs nothing.
  fp32: (g, c, { parameters }) => ({
    declare: (name, shape) => {
      if (name === 'head') return null;
      return isMatrix(name) ? g.attach(name, shape, parameters.get(name)!) : g.input(name, 'float32', shape);
    },
    logits: hidden => {
      const head = g.attach('settled head', [c.vocab, c.hidden], parameters.get(c.tied ? 'embedding' : 'head')!);
      return matmul(g, hidden, head, { transB: true });
    },
  }),
  int8: (g, _, weights) => {
    const linear = int8Linear(g, weights);
    return {
      declare: (name, shape) => {
        const norm = weights.norms.get(name);
        if (norm) return g.constant('float32', shape, norm);
        return isMatrix(name) ? null : g.input(name, 'float32', shape);
      },
      linear,
      logits: hidden => linear(hidden, 'head'),
    };
  },
  int4: (g, _, weights) => {
    const linear = int4Linear(g, weights);
    return {
      declare: (name, shape) => (isMatrix(name) ? null : g.input(name, 'float32', shape)),
      linear,
      logits: hidden => linear(hidden, 'head'),
    };
  },
};

/** How a graph with these settled weights is to be built. */
export const holdingOf = (g: Graph, c: ModelConfig, settled: Settled): Holding =>
  (HOLD[settled.kind] as (g: Graph, c: ModelConfig, settled: Settled) => Holding)(g, c, settled);

const KEPT: Readonly<Record<Settled['kind'], OwnKind>> = { none: EXACT, fp32: EXACT, int8: BYTES, int4: BYTES };

/** How a program with these settled weights keeps what its rows generate. */
export const ownKindOf = ({ kind }: { readonly kind: Settled['kind'] }): OwnKind => KEPT[kind];
