// The products of a model with an adapter beside them, in the training graph. Adapters of modules that share a matrix become one: their A's below each
// other, their B's side by side with zeros in the columns of the others. That is done with the small tensors, so the wide ones are gone through once.
import type { ModelConfig } from '../architecture.ts';
import type { Linear } from '../decoder.ts';
import { zeros } from '../graph/emit.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import type { Tape } from '../graph/tape.ts';
import { adapterShapes, type LoraShape, type Module, modulesOf, nameOfA, nameOfB, scaleOf } from './adapter.ts';

export type AdapterInputs = ReadonlyMap<string, Tensor>;

/** Declares an adapter's tensors as inputs. */
export const adapterInputs = (g: Graph, c: ModelConfig, lora: LoraShape): AdapterInputs =>
  new Map(adapterShapes(c, lora).map(({ name, shape }) => [name, g.input(name, 'float32', shape)]));

/** The decoder's products, of `parameters` and of what stands beside them. */
export function adaptedLinear(c: ModelConfig, lora: LoraShape, adapter: AdapterInputs, parameters: ReadonlyMap<string, Tensor>): Linear {
  const byMatrix = Map.groupBy(modulesOf(c, lora.targets), module => module.parameter);
  return (x, name, tape) => {
    const w = parameters.get(name)!;
    const modules = byMatrix.get(name);
    if (!modules) return tape.one('linear', [x, w], {});
    const a = modules.map(module => adapter.get(nameOfA(module.name))!);
    const b = modules.map(module => inItsColumns(tape, module, adapter.get(nameOfB(module.name))!, lora.rank));
    const together = [tape.one('concat', a, { axis: 0 }), tape.one('concat', b, { axis: 1 })];
    return tape.one('adapted', [x, w, ...together], { scale: scaleOf(lora) });
  };
}

/** B [out, rank] as [columns of the matrix, rank], zero in those of the other modules. */
function inItsColumns(tape: Tape, { place: { blocks, width, offset, size } }: Module, b: Tensor, rank: number): Tensor {
  const after = width - offset - size;
  const gap = (columns: number): Tensor[] => (columns > 0 ? [zeros(tape.graph, [blocks, columns, rank])] : []);
  const byBlock = tape.one('reshape', [b], { to: [blocks, size, rank] });
  const padded = tape.one('concat', [...gap(offset), byBlock, ...gap(after)], { axis: 1 });
  return tape.one('reshape', [padded], { to: [blocks * width, rank] });
}
