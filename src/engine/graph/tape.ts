// Applies operations and remembers them; then walks the memory backwards. Reverse mode with an explicit stack, nothing more:
// what an operation does and what its gradient is stand in ops.ts.
import { zeros } from './emit.ts';
import type { Graph, Tensor } from './graph.ts';
import { type Applied, type Op, type OpAttributes, type OpName, ops } from './ops.ts';

interface Entry {
  readonly op: Op<OpName>;
  readonly applied: Applied<OpName>;
}

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
    this.entries.push({ op: op as unknown as Op<OpName>, applied: { inputs, outputs, saved, attributes } });
    return [...outputs];
  }

  /** An operation with one output. */
  one<K extends OpName>(name: K, inputs: readonly Tensor[], attributes: OpAttributes[K]): Tensor {
    return this.apply(name, inputs, attributes)[0]!;
  }

  /**
   * For each of `wanted`, the gradient of sum over `seeds` of <y, dy>; a loss has the seed 1. Tensors off the way cost nothing.
   */
  gradients(seeds: readonly (readonly [y: Tensor, dy: Tensor])[], wanted: readonly Tensor[]): Tensor[] {
    const needed = this.dependants(wanted);
    const total = new Map<string, Tensor>(seeds.map(([y, dy]) => [y.name, dy]));
    const add = (to: Tensor, dy: Tensor): void => {
      const before = total.get(to.name);
      total.set(to.name, before ? this.graph.op('Add', [before, dy], to.shape) : dy);
    };
    const stack = [...this.entries];
    for (let entry = stack.pop(); entry; entry = stack.pop()) {
      const { op, applied } = entry;
      if (!applied.outputs.some(t => needed.has(t.name) && total.has(t.name))) continue;
      const dys = applied.outputs.map(t => total.get(t.name) ?? zeros(this.graph, t.shape));
      const before = (i: number): Tensor | null => total.get(applied.inputs[i]!.name) ?? null;
      for (const [i, dy] of op.backward(this.graph, applied, dys, before).entries()) {
        const to = applied.inputs[i]!;
        if (!dy || !needed.has(to.name)) continue;
        if (op.accumulates) total.set(to.name, dy);
        else add(to, dy);
      }
    }
    return wanted.map(t => total.get(t.name) ?? zeros(this.graph, t.shape));
  }

  private dependants(roots: readonly Tensor[]): Set<string> {
    const found = new Set(roots.map(t => t.name));
    for (const { applied } of this.entries)
      if (applied.inputs.some(t => found.has(t.name))) for (const t of applied.outputs) found.add(t.name);
    return found;
  }
}
