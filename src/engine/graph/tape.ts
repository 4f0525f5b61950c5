// Applies operations and remembers them; then walks the memory backwards. Reverse mode with an explicit stack, nothing more:
// what an operation does and what its gradient is stand in ops.ts. A part may be forgotten instead and worked out again on the way back
// (arXiv 1604.06174), which bounds what a deep model keeps.

import { after, zeros } from './emit.ts';
import type { Graph, Tensor } from './graph.ts';
import { type Op, type OpAttributes, type OpName, ops } from './ops.ts';

type Gradient = Tensor | null;

interface Entry {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly accumulates: boolean;
  /** Gradients of the inputs; `isNeeded` tells which are asked for. */
  readonly backward: (dys: readonly Tensor[], before: (input: number) => Gradient, isNeeded: (t: Tensor) => boolean) => readonly Gradient[];
}

/** Part of a computation: what it makes of its inputs, on the tape it is given. */
export type Part = (tape: Tape, inputs: readonly Tensor[]) => Tensor;

export class Tape {
  private readonly entries: Entry[] = [];
  readonly graph: Graph;
  constructor(graph: Graph) {
    this.graph = graph;
  }

  apply<K extends OpName>(name: K, inputs: readonly Tensor[], attributes: OpAttributes[K]): Tensor[] {
    const op = ops[name] as unknown as Op<K>;
    const shapes = op.shapes(
      inputs.map(t => t.shape),
      attributes,
    );
    const { outputs, saved = [] } = op.forward(this.graph, inputs, attributes, shapes);
    // A reshape to the same shape, or a split in one piece, is its input: as an entry it would add that input's gradient to itself.
    if (outputs.length === 1 && inputs.includes(outputs[0]!)) return [...outputs];
    const applied = { inputs, outputs, saved, attributes };
    const accumulates = op.accumulates ?? false;
    this.entries.push({ inputs, outputs, accumulates, backward: (dys, before) => op.backward(this.graph, applied, dys, before) });
    return [...outputs];
  }

  /** An operation with one output. */
  one<K extends OpName>(name: K, inputs: readonly Tensor[], attributes: OpAttributes[K]): Tensor {
    return this.apply(name, inputs, attributes)[0]!;
  }

  /**
   * What `part` makes of `inputs`; nothing in between is kept for the way back, where it is worked out again. All of it that is large must depend on the
   * first input: that one waits for the gradient, so that onnxruntime neither works it out early nor takes the first working for the second.
   */
  recomputed(inputs: readonly Tensor[], part: Part): Tensor {
    const g = this.graph;
    const first = new Tape(g);
    const output = part(first, inputs);
    const captured = first.captured(inputs);
    const backward: Entry['backward'] = ([dy], _, isNeeded) => {
      const again = new Tape(g);
      const from = [after(g, inputs[0]!, [dy!]), ...inputs.slice(1)];
      const redone = part(again, from);
      const all = [...inputs, ...captured];
      const wanted = [...from, ...captured].filter((_t, i) => isNeeded(all[i]!));
      const found = again.gradients([[redone, dy!]], wanted);
      return all.map(t => (isNeeded(t) ? found.shift()! : null));
    };
    this.entries.push({ inputs: [...inputs, ...captured], outputs: [output], accumulates: false, backward });
    return output;
  }

  /** What the operations use besides `inputs` and what they made themselves: weights, masks. */
  private captured(inputs: readonly Tensor[]): Tensor[] {
    const own = new Set(inputs.map(t => t.name));
    const found = new Map<string, Tensor>();
    for (const entry of this.entries) {
      for (const t of entry.inputs) if (!own.has(t.name)) found.set(t.name, t);
      for (const t of entry.outputs) own.add(t.name);
    }
    return [...found.values()];
  }

  /**
   * For each of `wanted`, the gradient of sum over `seeds` of <y, dy>; a loss has the seed 1. Tensors off the way cost nothing.
   */
  gradients(seeds: readonly (readonly [y: Tensor, dy: Tensor])[], wanted: readonly Tensor[]): Tensor[] {
    const needed = this.dependants(wanted);
    const isNeeded = (t: Tensor): boolean => needed.has(t.name);
    const total = new Map<string, Tensor>(seeds.map(([y, dy]) => [y.name, dy]));
    const add = (to: Tensor, dy: Tensor): void => {
      const before = total.get(to.name);
      total.set(to.name, before ? this.graph.op('Add', [before, dy], to.shape) : dy);
    };
    const stack = [...this.entries];
    for (let entry = stack.pop(); entry; entry = stack.pop()) {
      const { inputs, outputs, accumulates } = entry;
      if (!outputs.some(t => isNeeded(t) && total.has(t.name))) continue;
      const dys = outputs.map(t => total.get(t.name) ?? zeros(this.graph, t.shape));
      const before = (i: number): Gradient => total.get(inputs[i]!.name) ?? null;
      for (const [i, dy] of entry.backward(dys, before, isNeeded).entries()) {
        const to = inputs[i]!;
        if (!dy || !isNeeded(to)) continue;
        if (accumulates) total.set(to.name, dy);
        else add(to, dy);
      }
    }
    return wanted.map(t => total.get(t.name) ?? zeros(this.graph, t.shape));
  }

  private dependants(roots: readonly Tensor[]): Set<string> {
    const found = new Set(roots.map(t => t.name));
    for (const { inputs, outputs } of this.entries) if (inputs.some(t => found.has(t.name))) for (const t of outputs) found.add(t.name);
    return found;
  }
}
