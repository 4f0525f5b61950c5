// Nodes in other words, for execution providers that lack one: the same numbers up to rounding. Applied when a graph is written out (graph.ts), so what
// builds graphs knows nothing of devices.
import type { Node, Rewrites, Tensor } from '../graph/graph.ts';

const swapped = (shape: Tensor['shape']): Tensor['shape'] => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];

/** The operand as a product wants it, and the node that makes it so. */
function turned(x: Tensor, isTurned: boolean, name: string): { readonly x: Tensor; readonly nodes: readonly Node[] } {
  if (!isTurned) return { x, nodes: [] };
  const perm = [...x.shape.keys()].slice(0, -2);
  const rank = x.shape.length;
  const y = { name, type: x.type, shape: swapped(x.shape) };
  return { x: y, nodes: [{ op: 'Transpose', domain: '', inputs: [x], outputs: [y], attributes: { perm: [...perm, rank - 1, rank - 2] } }] };
}

/** FusedMatMul, onnxruntime's own: a Gemm for two matrices, else Transpose, MatMul and Mul. WebGPU's provider (onnxruntime 1.30) has no kernel for it. */
export const withoutFusedProducts: Rewrites[string] = ({ inputs, outputs, attributes }) => {
  const [a, b] = inputs as readonly [Tensor, Tensor];
  const out = outputs[0]!;
  if (a.shape.length === 2 && b.shape.length === 2) return [{ op: 'Gemm', domain: '', inputs: [a, b], outputs, attributes }];
  const left = turned(a, attributes.transA === 1, `${out.name} left`);
  const right = turned(b, attributes.transB === 1, `${out.name} right`);
  const product = { ...out, name: `${out.name} product` };
  const factor: Tensor = { name: `${out.name} alpha`, type: 'float32', shape: [] };
  return [
    ...left.nodes,
    ...right.nodes,
    { op: 'MatMul', domain: '', inputs: [left.x, right.x], outputs: [product], attributes: {} },
    { op: 'Constant', domain: '', inputs: [], outputs: [factor], attributes: { value_float: attributes.alpha! } },
    { op: 'Mul', domain: '', inputs: [product, factor], outputs, attributes: {} },
  ];
};
