// All of a model's matrices as 8-bit integers, smoothed and some of them spread. A division of a matrix's inputs goes where it costs nothing: into the weights of the norm
// before qkv, gate|up and the head, into the scales of up's columns before down. Before o (and before down where
// up has a bias) it is a product of its own.
import { hasBias, type ModelConfig } from '../architecture.ts';
import type { Parameters } from '../parameters.ts';
import { multiplyRows, type QuantisedMatrix, quantise, smoothing, turned } from './quantise.ts';
import { blockOf, spreadRows } from './spread.ts';

/** max |x| of every input channel of every matrix, by the matrix's name ('head' for the output matrix, tied or not). */
export type InputMaxima = ReadonlyMap<string, Float32Array>;

export interface Int8Weights {
  readonly kind: 'int8';
  readonly matrices: ReadonlyMap<string, QuantisedMatrix>;
  /** The norms' weights with the divisions of what follows them. */
  readonly norms: ReadonlyMap<string, Float32Array>;
  /** What the inputs of a matrix are multiplied by, where nothing before it could take that over. */
  readonly factors: ReadonlyMap<string, Float32Array>;
}

const divided = (x: Float32Array, by: Float32Array): Float32Array => x.map((value, j) => value / by[j]!);

/** Quantises the model's matrices. */
export function int8Weights(c: ModelConfig, parameters: Parameters, maxima: InputMaxima): Int8Weights {
  const matrices = new Map<string, QuantisedMatrix>();
  const norms = new Map<string, Float32Array>();
  const factors = new Map<string, Float32Array>();
  /** Quantises one matrix and gives the divisors of its inputs. */
  const take = (name: string, copy: Float32Array = parameters.get(name)!.slice()): Float32Array => {
    const divisors = smoothing(maxima.get(name)!, copy);
    const inner = divisors.length;
    multiplyRows(copy, divisors);
    matrices.set(name, quantise(spreadRows(copy, copy.length / inner, blockOf(name, inner)), inner));
    return divisors;
  };
  const behindNorm = (norm: string, name: string, copy?: Float32Array) => norms.set(norm, divided(parameters.get(norm)!, take(name, copy)));
  const behindFactor = (name: string) =>
    factors.set(
      name,
      take(name).map(s => 1 / s),
    );
  for (let l = 0; l < c.layers; l++) {
    const p = `model.layers.${l}.`;
    behindNorm(`${p}norm1`, `${p}qkv`);
    behindFactor(`${p}o`);
    behindNorm(`${p}norm2`, `${p}gate_up`);
    if (hasBias(c, 'mlp')) behindFactor(`${p}down`);
    else {
      const up = matrices.get(`${p}gate_up`)!.scales.subarray(c.intermediate);
      for (const [j, s] of take(`${p}down`).entries()) up[j]! /= s;
    }
  }
  behindNorm('norm', 'head', turned(parameters.get(c.tied ? 'embedding' : 'head')!, c.hidden));
  return { kind: 'int8', matrices, norms, factors };
}
