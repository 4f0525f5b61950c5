// Builds one ONNX graph: named inputs, constants, nodes, outputs. It knows shapes (symbolic ones too) and nothing of models or gradients.
// A reshape or split to a symbolic size reads its sizes from a small integer input that `Program` (program.ts) fills in at each run.
import { type Dim, evaluate, type Shape, spell } from './dims.ts';
import { type Chunk, float, integer, join, message, text } from './protobuf.ts';

export type ElementType = 'float32' | 'int32' | 'int64' | 'int8' | 'uint8';
/** Numbers of a constant. */
export type Numbers = Float32Array | BigInt64Array | Int8Array | Uint8Array;
export interface Tensor {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
}

/** Node attributes: integers, text, lists of integers, or floats (which protobuf must be told apart from integers). */
export type Attributes = Readonly<Record<string, number | string | readonly number[] | { readonly float: number }>>;

const OPSET = 17;
const CODES: Record<ElementType, number> = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7 };
export const MICROSOFT = 'com.microsoft';
/** The operation of the output that cannot be converted. */
const SEQUENCE = 'SequenceConstruct';

/** A node as it was asked for. */
export interface Node {
  readonly op: string;
  /** '' for ONNX's own. */
  readonly domain: string;
  readonly inputs: readonly (Tensor | null)[];
  readonly outputs: readonly Tensor[];
  readonly attributes: Attributes;
}

/** For some operations, the nodes that stand for one, with the same outputs. */
export type Rewrites = Readonly<Record<string, (node: Node) => readonly Node[]>>;

const nodeMessage = ({ op, domain, inputs, outputs, attributes }: Node): Chunk =>
  message(1, [
    ...inputs.map(t => text(1, t?.name ?? '')),
    ...outputs.map(t => text(2, t.name)),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => message(5, attribute(name, value))),
    ...(domain === '' ? [] : [text(7, domain)]),
  ]);

function attribute(name: string, value: Attributes[string]): Chunk {
  if (typeof value === 'number') return [text(1, name), integer(3, value), integer(20, 2)];
  if (typeof value === 'string') return [text(1, name), text(4, value), integer(20, 3)];
  if ('float' in value) return [text(1, name), float(2, value.float), integer(20, 1)];
  return [text(1, name), ...value.map(v => integer(8, v)), integer(20, 7)];
}

function valueInfo(name: string, type: ElementType, shape: Shape): Chunk {
  const dims = shape.map(d => message(1, typeof d === 'number' ? integer(1, d) : text(2, spell(d))));
  return [text(1, name), message(2, message(1, [integer(1, CODES[type]), message(2, dims)]))];
}

export class Graph {
  readonly inputs = new Map<string, Tensor>();
  readonly outputs = new Map<string, Tensor>();
  /** Inputs that hold sizes: name to the sizes, in order. */
  readonly sizes = new Map<string, Shape>();
  private readonly nodes: Node[] = [];
  private readonly constants: Chunk[] = [];
  /** Constants whose numbers lie in files beside the graph, by name of the file. */
  readonly attached = new Map<string, Numbers>();
  private readonly made = new Map<string, Tensor>();
  private first: Chunk | null = null;
  private count = 0;

  private fresh(prefix: string): string {
    return `${prefix}_${this.count++}`;
  }

  input(name: string, type: ElementType, shape: Shape): Tensor {
    if (this.inputs.has(name)) throw new Error(`the graph has an input ${name} already`);
    const tensor = { name, type, shape };
    this.inputs.set(name, tensor);
    return tensor;
  }

  constant(type: ElementType, shape: readonly number[], data: Numbers): Tensor {
    const name = this.fresh('constant');
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.constants.push([...shape.map(d => integer(1, d)), integer(2, CODES[type]), text(8, name), message(9, bytes)]);
    return { name, type, shape };
  }

  /** A big constant: onnxruntime reads it once, when a program is opened, and packs it as its products want. */
  attach(name: string, shape: readonly number[], data: Float32Array | Int8Array | Uint8Array): Tensor {
    const type = data instanceof Int8Array ? 'int8' : data instanceof Uint8Array ? 'uint8' : 'float32';
    const file = `${this.attached.size}.bin`;
    this.attached.set(file, data);
    const place = message(13, [text(1, 'location'), text(2, file)]);
    this.constants.push([...shape.map(d => integer(1, d)), integer(2, CODES[type]), text(8, name), place, integer(14, 1)]);
    return { name, type, shape };
  }

  private once(key: string, make: () => Tensor): Tensor {
    const known = this.made.get(key);
    if (known) return known;
    const tensor = make();
    this.made.set(key, tensor);
    return tensor;
  }

  scalar(value: number): Tensor {
    return this.once(`scalar ${value}`, () => this.constant('float32', [], Float32Array.of(value)));
  }

  /** A vector of sizes or axes: a constant where all are numbers, else an input filled in at each run. */
  vector(dims: Shape): Tensor {
    return this.once(`vector ${dims.map(spell).join(' ')}`, () => {
      if (dims.every(d => typeof d === 'number'))
        return this.constant(
          'int64',
          [dims.length],
          BigInt64Array.from(dims, d => BigInt(d)),
        );
      const name = this.fresh('sizes');
      this.sizes.set(name, dims);
      return this.input(name, 'int64', [dims.length]);
    });
  }

  /** One ONNX node with outputs of the given shapes (`type` where they are not float32). */
  node(
    op: string,
    inputs: readonly (Tensor | null)[],
    shapes: readonly Shape[],
    attributes: Attributes = {},
    domain = '',
    types: readonly ElementType[] = [],
  ): Tensor[] {
    const outputs = shapes.map((shape, i) => ({ name: this.fresh(op), type: types[i] ?? ('float32' as const), shape }));
    this.nodes.push({ op, domain, inputs, outputs, attributes });
    return outputs;
  }

  /** One node with one output. */
  op(
    op: string,
    inputs: readonly (Tensor | null)[],
    shape: Shape,
    attributes: Attributes = {},
    domain = '',
    type: ElementType = 'float32',
  ): Tensor {
    return this.node(op, inputs, [shape], attributes, domain, [type])[0]!;
  }

  output(name: string, tensor: Tensor): void {
    this.outputs.set(name, tensor);
  }

  /** A first output of a kind the JavaScript binding cannot convert: see program.ts, `runInPlace`. */
  addUnconvertibleOutput(name: string): void {
    const zero = this.scalar(0);
    const outputs = [{ name, type: 'float32', shape: [] } as const];
    this.nodes.push({ op: SEQUENCE, domain: '', inputs: [zero], outputs, attributes: {} });
    // ValueInfo { name, type { sequence_type { elem_type { tensor_type { elem_type: float } } } } }
    this.first = message(12, [text(1, name), message(2, message(4, message(1, message(1, integer(1, CODES.float32)))))]);
  }

  /** The names of the outputs by the names given to `output`. */
  outputNames(): Map<string, string> {
    return new Map([...this.outputs].map(([name, tensor]) => [name, tensor.name]));
  }

  /** The nodes that an output needs, in their order. onnxruntime would run the others too: gradients of weights that stay as they are, say. */
  private needed(): Node[] {
    const wanted = new Set([...this.outputs.values()].map(t => t.name));
    const kept = this.nodes.toReversed().filter(({ op, inputs, outputs }) => {
      const isWanted = op === SEQUENCE || outputs.some(t => wanted.has(t.name));
      if (isWanted) for (const t of inputs) if (t) wanted.add(t.name);
      return isWanted;
    });
    return kept.reverse();
  }

  /** The graph as ONNX; `rewrites` gives nodes in other words, by operation (devices/rewrite.ts). */
  bytes(rewrites: Rewrites = {}): Uint8Array {
    const graph: Chunk[] = [
      ...this.needed()
        .flatMap(node => rewrites[node.op]?.(node) ?? [node])
        .map(nodeMessage),
      text(2, 'rest-em'),
      ...this.constants.map(c => message(5, c)),
      ...[...this.inputs.values()].map(t => message(11, valueInfo(t.name, t.type, t.shape))),
      ...(this.first ? [this.first] : []),
      ...[...this.outputs.values()].map(t => message(12, valueInfo(t.name, t.type, t.shape))),
    ];
    const opset = (domain: string, version: number) => message(8, [text(1, domain), integer(2, version)]);
    return join([integer(1, 9), message(7, graph), opset('', OPSET), opset(MICROSOFT, 1)]);
  }

  /** Values of all size inputs for one run. */
  sizeValues(bindings: Readonly<Record<string, number>>): Map<string, BigInt64Array> {
    return new Map([...this.sizes].map(([name, dims]) => [name, BigInt64Array.from(dims, (d: Dim) => BigInt(evaluate(d, bindings)))]));
  }
}
