// Nodes in other words, for execution providers that lack one: the same numbers up to rounding. Applied when a graph is written out (graph.ts), so what
// builds graphs knows nothing of devices.
import type { Attributes, Node, Rewrites, Tensor } from '../graph/graph.ts';

const plain = (op: string, inputs: readonly Tensor[], output: Tensor, attributes: Attributes = {}): Node => ({
  op,
  domain: '',
  inputs,
  outputs: [output],
  attributes,
});

const scalarOf = (name: string, value: Attributes[string]): { readonly tensor: Tensor; readonly node: Node } => {
  const tensor: Tensor = { name, type: 'float32', shape: [] };
  return { tensor, node: plain('Constant', [], tensor, { value_float: value }) };
};

const swapped = (shape: Tensor['shape']): Tensor['shape'] => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];

/** The operand as a product wants it, and the node that makes it so. */
function turned(x: Tensor, isTurned: boolean, name: string): { readonly x: Tensor; readonly nodes: readonly Node[] } {
  if (!isTurned) return { x, nodes: [] };
  const perm = [...x.shape.keys()].slice(0, -2);
  const rank = x.shape.length;
  const y = { name, type: x.type, shape: swapped(x.shape) };
  return { x: y, nodes: [plain('Transpose', [x], y, { perm: [...perm, rank - 1, rank - 2] })] };
}

/** FusedMatMul, onnxruntime's own: a Gemm for two matrices, else Transpose, MatMul and Mul. WebGPU's provider (onnxruntime 1.30) has no kernel for it. */
export const withoutFusedProducts: Rewrites[string] = ({ inputs, outputs, attributes }) => {
  const [a, b] = inputs as readonly [Tensor, Tensor];
  const out = outputs[0]!;
  if (a.shape.length === 2 && b.shape.length === 2) return [plain('Gemm', [a, b], out, attributes)];
  const left = turned(a, attributes.transA === 1, `${out.name} left`);
  const right = turned(b, attributes.transB === 1, `${out.name} right`);
  const product = { ...out, name: `${out.name} product` };
  const alpha = scalarOf(`${out.name} alpha`, attributes.alpha!);
  return [
    ...left.nodes,
    ...right.nodes,
    plain('MatMul', [left.x, right.x], product),
    alpha.node,
    plain('Mul', [product, alpha.tensor], out),
  ];
};

/**
 * A norm that computes 1 / sqrt(mean(x^2) + epsilon) itself. WebGPU's provider (onnxruntime 1.30) takes SimplifiedLayerNormalization and leaves that second
 * output unwritten, without a word: every gradient that went through a norm was wrong. Where nothing asks for it, onnxruntime drops these nodes.
 */
export const withInverseApart: Rewrites[string] = node => {
  const [x] = node.inputs as readonly [Tensor];
  const [y, inverse] = node.outputs as readonly [Tensor, Tensor];
  const named = (what: string, shape: Tensor['shape']): Tensor => ({ name: `${inverse.name} ${what}`, type: 'float32', shape });
  const squares = named('squares', x.shape);
  const [mean, raised, root] = ['mean', 'raised', 'root'].map(what => named(what, inverse.shape)) as [Tensor, Tensor, Tensor];
  const epsilon = scalarOf(`${inverse.name} epsilon`, node.attributes.epsilon!);
  return [
    { ...node, outputs: [y] },
    plain('Mul', [x, x], squares),
    plain('ReduceMean', [squares], mean, { axes: [-1], keepdims: 1 }),
    epsilon.node,
    plain('Add', [mean, epsilon.tensor], raised),
    plain('Sqrt', [raised], root),
    plain('Reciprocal', [root], inverse),
  ];
};
