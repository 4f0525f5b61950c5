// Every differentiable operation as one row: shape rule, forward, gradient. The table is total over `OpAttributes`, so an operation
// without a gradient does not compile; its samples for the finite-difference test live in ops.test.ts under the same keys.
// Gradients are written in terms of ONNX nodes, so forward and backward end in one graph.
import { type Dim, equal, minus, plus, type Shape, symbol, times } from './dims.ts';
import { addRows, after, concat, matmul, multiply, must, reshape, same, split, sum, sumTo, transpose, zeros } from './emit.ts';
import { type Graph, MICROSOFT, type Tensor } from './graph.ts';

/** The operations and what each must be told besides its inputs. */
export interface OpAttributes {
  /** [a, b]: a + b, b broadcast to a's shape. */
  add: object;
  /** [table [V, D], ids int64 [M]] to [M, D]. */
  gather: object;
  /** [x [M, in], w [in, out]] to [M, out]; `transposed`: w is [out, in]. */
  linear: { readonly transposed?: boolean };
  /** [x [M, in], w [in, out], a [R, in], b [out, R]]: x w + scale (x a') b', a linear map with a low-rank part beside it (LoRA). */
  adapted: { readonly scale: number };
  /** [x [M, D], weight [D]]: x / sqrt(mean(x^2) + epsilon) * weight. */
  rmsNorm: { readonly epsilon: number };
  /** [x [M, heads, d], positions int64 [M, heads], cos [P, d/2], sin [P, d/2]]: rotates each head's two halves (RoPE). */
  rotary: object;
  reshape: { readonly to: Shape };
  transpose: { readonly order: readonly number[] };
  split: { readonly axis: number; readonly sizes: Shape };
  concat: { readonly axis: number };
  /** [gate|up [M, 2F]]: silu(gate) * up. */
  swiglu: object;
  /**
   * [x [M, D], from int64 [M], places int64 [G] of each grid] to grids [G, D]: row i of a grid is row places[i] of x. Each row of x has one place,
   * from[row] in all grids one after the other; a row without a place has the number behind the last one. Places that are padding show such a row:
   * what comes out of them must not matter, for their gradient is not counted.
   */
  intoGrids: object;
  /** [from, places of each grid, grids [G, D]]: the way back, to [M, D]. A row without a place is zero, and must have the gradient zero. */
  outOfGrids: object;
  /** [q, k, v, mask (the scalar 0: none)] for each block of keys: one softmax over all blocks. `rows` is the shape of the output without its last axis. */
  attend: { readonly rows: Shape; readonly scale: number };
  /**
   * [hidden [M, D], head [V, D], targets int64 [M], weights [M, 1]] to a scalar: -sum w log softmax(hidden head')[target].
   * `isHeadFixed`: nobody asks for the head's gradient, and it is zero.
   */
  crossEntropy: { readonly chunks: number; readonly isHeadFixed?: boolean };
}
export type OpName = keyof OpAttributes;

export interface Applied<K extends OpName> {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** What the forward pass kept for the backward pass. */
  readonly saved: readonly Tensor[];
  readonly attributes: OpAttributes[K];
}

export interface Op<K extends OpName> {
  /** Shapes of the outputs; throws where the inputs do not fit. */
  shapes(inputs: readonly Shape[], attributes: OpAttributes[K]): readonly Shape[];
  forward(
    g: Graph,
    inputs: readonly Tensor[],
    attributes: OpAttributes[K],
    shapes: readonly Shape[],
  ): { readonly outputs: readonly Tensor[]; readonly saved?: readonly Tensor[] };
  /** The gradient of each input (null: has none), given those of the outputs. With `accumulates`, what was there before is included. */
  backward(g: Graph, record: Applied<K>, dys: readonly Tensor[], before: (input: number) => Tensor | null): readonly (Tensor | null)[];
  readonly accumulates?: boolean;
}

const add: Op<'add'> = {
  shapes: ([a, b]) => {
    must(a!.length >= b!.length, 'the second summand is the one that is broadcast', [a!, b!]);
    return [a!];
  },
  forward: (g, [a, b], _, [shape]) => ({ outputs: [g.op('Add', [a!, b!], shape!)] }),
  backward: (g, { inputs: [a, b] }, [dy]) => [sumTo(g, dy!, a!.shape), sumTo(g, dy!, b!.shape)],
};

const gather: Op<'gather'> = {
  shapes: ([table, ids]) => {
    must(table!.length === 2 && ids!.length === 1, 'gather takes a table [V, D] and ids [M]', [table!, ids!]);
    return [[ids![0]!, table![1]!]];
  },
  forward: (g, [table, ids], _, [shape]) => ({ outputs: [g.op('Gather', [table!, ids!], shape!, { axis: 0 })] }),
  backward: (g, { inputs: [table, ids] }, [dy], before) => [addRows(g, before(0) ?? zeros(g, table!.shape), ids!, dy!), null],
  accumulates: true,
};

// y = x w: dx = dy w', dw = x' dy
const linear: Op<'linear'> = {
  shapes: ([x, w], { transposed }) => {
    must(equal(x![1]!, w![transposed ? 1 : 0]!), 'a linear map needs the input size it was made for', [x!, w!]);
    return [[x![0]!, w![transposed ? 0 : 1]!]];
  },
  forward: (g, [x, w], { transposed }) => ({ outputs: [matmul(g, x!, w!, { transB: transposed === true })] }),
  backward: (g, { inputs: [x, w], attributes: { transposed } }, [dy]) => [
    matmul(g, dy!, w!, { transB: !transposed }),
    transposed ? matmul(g, dy!, x!, { transA: true }) : matmul(g, x!, dy!, { transA: true }),
  ],
};

// y = x w + s (x a') b': dx = dy w' + s (dy b) a, da = s (dy b)' x, db = s dy' (x a')
const adapted: Op<'adapted'> = {
  shapes: ([x, w, a, b]) => {
    must(equal(x![1]!, w![0]!) && equal(x![1]!, a![1]!), 'both parts of an adapted map read the same input', [x!, w!, a!]);
    must(equal(b![0]!, w![1]!) && equal(a![0]!, b![1]!), 'the low-rank part gives what the other gives', [w!, a!, b!]);
    return [[x![0]!, w![1]!]];
  },
  forward: (g, [x, w, a, b], { scale }, [shape]) => {
    const inner = matmul(g, x!, a!, { transB: true });
    const y = g.op('Gemm', [inner, b!, matmul(g, x!, w!)], shape!, { transB: 1, alpha: { float: scale } });
    return { outputs: [y], saved: [inner] };
  },
  backward: (g, { inputs: [x, w, a, b], saved: [inner], attributes: { scale } }, [dy]) => {
    const dInner = matmul(g, dy!, b!, { alpha: scale });
    return [
      g.op('Gemm', [dInner, a!, matmul(g, dy!, w!, { transB: true })], x!.shape),
      matmul(g, x!, dy!, { transA: true }),
      matmul(g, dInner, x!, { transA: true }),
      matmul(g, dy!, inner!, { transA: true, alpha: scale }),
    ];
  },
};

// y = x r w with r = 1 / rms(x): dx = r dy w - x r^3 ((dy x) w) / D, dw = r' (dy x). Both sums are products with a vector: no pass over a normed x.
const rmsNorm: Op<'rmsNorm'> = {
  shapes: ([x, w]) => {
    must(x!.length === 2 && w!.length === 1 && equal(x![1]!, w![0]!), 'a norm weighs the columns of rows', [x!, w!]);
    return [x!];
  },
  forward: (g, [x, w], { epsilon }, [shape]) => {
    const [y, inverse] = g.node('SimplifiedLayerNormalization', [x!, w!], [shape!, [shape![0]!, 1]], {
      axis: -1,
      epsilon: { float: epsilon },
    });
    return { outputs: [y!], saved: [inverse!] };
  },
  backward: (g, { inputs: [x, w], saved: [inverse] }, [dy]) => {
    const width = w!.shape[0] as number;
    const both = multiply(g, dy!, x!);
    const sums = matmul(g, both, reshape(g, w!, [width, 1]), { alpha: 1 / width });
    const cube = multiply(g, multiply(g, inverse!, inverse!), inverse!);
    const straight = multiply(g, multiply(g, dy!, w!), inverse!);
    const dx = g.op('Sub', [straight, multiply(g, x!, multiply(g, sums, cube))], x!.shape);
    return [dx, reshape(g, matmul(g, inverse!, both, { transA: true }), w!.shape)];
  },
};

// A rotation's gradient is the rotation back: the same node with the sine negated.
const rotate = (g: Graph, [x, positions, cos, sin]: readonly Tensor[]): Tensor =>
  g.op('RotaryEmbedding', [x!, positions!, cos!, sin!], x!.shape, {}, MICROSOFT);
const rotary: Op<'rotary'> = {
  shapes: ([x, positions, cos]) => {
    must(x!.length === 3 && same(x!.slice(0, 2), positions!), 'every head has a position', [x!, positions!]);
    must(equal(x![2]!, times(2, cos![1]!)), 'the tables hold half a head', [x!, cos!]);
    return [x!];
  },
  forward: (g, inputs) => ({ outputs: [rotate(g, inputs)] }),
  backward: (g, { inputs: [, positions, cos, sin] }, [dy]) => [
    rotate(g, [dy!, positions!, cos!, g.op('Neg', [sin!], sin!.shape)]),
    null,
    null,
    null,
  ],
};

const reshaped: Op<'reshape'> = {
  shapes: (_, { to }) => [to],
  forward: (g, [x], { to }) => ({ outputs: [reshape(g, x!, to)] }),
  backward: (g, { inputs: [x] }, [dy]) => [reshape(g, dy!, x!.shape)],
};

const transposed: Op<'transpose'> = {
  shapes: ([x], { order }) => [order.map(i => x![i]!)],
  forward: (g, [x], { order }) => ({ outputs: [transpose(g, x!, order)] }),
  backward: (g, { attributes: { order } }, [dy]) => [
    transpose(
      g,
      dy!,
      order.map((_, i) => order.indexOf(i)),
    ),
  ],
};

const cut: Op<'split'> = {
  shapes: ([x], { axis, sizes }) => {
    must(equal(x![axis]!, plus(...sizes)), 'the pieces of a split make up the whole', [x!, sizes]);
    return sizes.map(d => x!.with(axis, d));
  },
  forward: (g, [x], { axis, sizes }) => ({ outputs: split(g, x!, axis, sizes) }),
  backward: (g, { attributes: { axis } }, dys) => [concat(g, dys, axis)],
};

const joined: Op<'concat'> = {
  shapes: (xs, { axis }) => [xs[0]!.with(axis, plus(...xs.map(x => x[axis]!)))],
  forward: (g, xs, { axis }) => ({ outputs: [concat(g, xs, axis)] }),
  backward: (g, { inputs, attributes: { axis } }, [dy]) =>
    split(
      g,
      dy!,
      axis,
      inputs.map(x => x.shape[axis]!),
    ),
};

// s = sigmoid(gate), a = gate s: d gate = dy up (s + a (1 - s)), d up = dy a
const swiglu: Op<'swiglu'> = {
  shapes: ([x]) => {
    const width = x![1]!;
    if (typeof width !== 'number' || width % 2 !== 0) throw new Error('swiglu takes gate and up side by side');
    return [[x![0]!, width / 2]];
  },
  forward: (g, [x], _, [shape]) => {
    const [gate, up] = split(g, x!, 1, [shape![1]!, shape![1]!]) as [Tensor, Tensor];
    const sigmoid = g.op('Sigmoid', [gate], shape!);
    const active = multiply(g, gate, sigmoid);
    return { outputs: [multiply(g, active, up)], saved: [up, sigmoid, active] };
  },
  backward: (g, { saved: [up, sigmoid, active] }, [dy]) => {
    const rest = multiply(g, active!, g.op('Sub', [g.scalar(1), sigmoid!], sigmoid!.shape));
    const slope = g.op('Add', [sigmoid!, rest], sigmoid!.shape);
    return [concat(g, [multiply(g, multiply(g, dy!, up!), slope), multiply(g, dy!, active!)], 1)];
  },
};

const pick = (g: Graph, x: Tensor, places: Tensor): Tensor => g.op('Gather', [x, places], [places.shape[0]!, x.shape[1]!], { axis: 0 });
const pickAll = (g: Graph, grids: readonly Tensor[], from: Tensor): Tensor =>
  pick(g, concat(g, [...grids, zeros(g, [1, grids[0]!.shape[1]!])], 0), from);

// Rows are unique, so the gradient of a gather is a gather the other way, and nothing is scattered.
const intoGrids: Op<'intoGrids'> = {
  shapes: ([x, from, ...places]) => {
    must(equal(x![0]!, from![0]!), 'every row has a place', [x!, from!]);
    return places.map(([size]) => [size!, x![1]!]);
  },
  forward: (g, [x, , ...places]) => ({ outputs: places.map(p => pick(g, x!, p)) }),
  backward: (g, { inputs: [, from, ...places] }, dys) => [pickAll(g, dys, from!), null, ...places.map(() => null)],
};

const outOfGrids: Op<'outOfGrids'> = {
  shapes: ([from, ...rest]) => [[from![0]!, rest.at(-1)![1]!]],
  forward: (g, [from, ...rest]) => ({ outputs: [pickAll(g, rest.slice(rest.length / 2), from!)] }),
  backward: (g, { inputs: [, ...rest] }, [dy]) => {
    const places = rest.slice(0, rest.length / 2);
    return [null, ...places.map(() => null), ...places.map(p => pick(g, dy!, p))];
  },
};

interface Block {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  readonly mask: Tensor;
}
const blocksOf = (inputs: readonly Tensor[]): Block[] =>
  Array.from({ length: inputs.length / 4 }, (_, i) => ({
    q: inputs[4 * i]!,
    k: inputs[4 * i + 1]!,
    v: inputs[4 * i + 2]!,
    mask: inputs[4 * i + 3]!,
  }));

// O = P V with P = softmax(Q K' scale + mask) over the keys of all blocks. dS = P (dO V' - rowsum(dO O)): the row sum needs the small
// product only. Each block views the same queries with batch axes of its own, so completions meet a shared prompt in one product.
const attend: Op<'attend'> = {
  shapes: (inputs, { rows }) => [[...rows, inputs[0]!.at(-1)!]],
  forward: (g, inputs, { rows, scale }, [shape]) => {
    const blocks = blocksOf(inputs);
    const keys = blocks.map(b => b.k.shape.at(-2)!);
    const scores = blocks.map(({ q, k, mask }, i) => {
      const s = matmul(g, q, k, { transB: true, alpha: scale });
      const masked = mask.name === g.scalar(0).name ? s : g.op('Add', [s, mask], s.shape);
      return reshape(g, masked, [...rows, keys[i]!]);
    });
    const all = concat(g, scores, rows.length);
    const weights = split(g, g.op('Softmax', [all], all.shape, { axis: -1 }), rows.length, keys);
    const views = blocks.map(({ q }, i) => reshape(g, weights[i]!, q.shape.with(-1, keys[i]!)));
    const parts = blocks.map(({ v }, i) => reshape(g, matmul(g, views[i]!, v), shape!));
    return { outputs: [parts.reduce((a, b) => g.op('Add', [a, b], shape!))], saved: views };
  },
  backward: (g, { inputs, outputs: [o], saved: views, attributes: { rows, scale } }, [dy]) => {
    const inner = sum(g, multiply(g, dy!, o!), [rows.length], true);
    return blocksOf(inputs).flatMap(({ q, k, v }, i) => {
      const p = views[i]!;
      const d = reshape(g, dy!, q.shape);
      const dp = matmul(g, d, v, { transB: true });
      const ds = multiply(g, p, g.op('Sub', [dp, reshape(g, inner, q.shape.with(-1, 1))], p.shape));
      return [
        matmul(g, ds, k, { alpha: scale }),
        matmul(g, ds, q, { transA: true, alpha: scale }),
        matmul(g, p, d, { transA: true }),
        null,
      ];
    });
  },
};

// dh = w (P E - E[target]), dE = P' (w h) - (w h at the targets). Worked out in the forward pass, chunk of rows by chunk, so that
// the probabilities [rows, V] of one chunk live at a time and no one-hot ever does; the backward pass only scales.
const crossEntropy: Op<'crossEntropy'> = {
  shapes: ([h, head, targets, weights]) => {
    must(equal(h![1]!, head![1]!), 'the head reads hidden states', [h!, head!]);
    must(equal(h![0]!, targets![0]!) && equal(h![0]!, weights![0]!), 'every row has a target and a weight', [h!, targets!, weights!]);
    return [[]];
  },
  forward: (g, [h, head, targets, weights], { chunks, isHeadFixed = false }) => {
    const [rows, width] = h!.shape as [Dim, Dim];
    const sizes = chunkSizes(rows, chunks);
    const hs = split(g, h!, 0, sizes);
    const ts = split(g, targets!, 0, sizes);
    const ws = split(g, weights!, 0, sizes);
    let dHead: Tensor | null = null;
    const losses: Tensor[] = [];
    const dhs: Tensor[] = [];
    for (const [i, size] of sizes.entries()) {
      // A chunk waits for all that needs the one before: onnxruntime would leave sums over chunks for the end, and keep the probabilities till then.
      const mine: Tensor = i === 0 ? hs[0]! : after(g, hs[i]!, [dhs[i - 1]!]);
      const logits = matmul(g, mine, head!, { transB: true });
      const logp = g.op('LogSoftmax', [logits], logits.shape, { axis: -1 });
      const picked = g.op('GatherElements', [logp, reshape(g, ts[i]!, [size, 1])], [size, 1], { axis: 1 });
      losses.push(multiply(g, picked, ws[i]!));
      const p = g.op('Exp', [logp], logp.shape);
      const rowOfTarget = g.op('Gather', [head!, ts[i]!], [size, width], { axis: 0 });
      const dh = multiply(g, g.op('Sub', [matmul(g, p, head!), rowOfTarget], [size, width]), ws[i]!);
      const wh = multiply(g, hs[i]!, ws[i]!);
      if (!isHeadFixed) dHead = g.op('Gemm', dHead ? [p, wh, dHead] : [p, wh], head!.shape, { transA: 1 });
      dhs.push(after(g, dh, [losses[i]!, ...(dHead ? [dHead] : [])]));
    }
    const wh = multiply(g, h!, weights!);
    const loss = g.op('Neg', [sum(g, concat(g, losses, 0), [0, 1], false)], []);
    const ofHead = dHead ? addRows(g, dHead, targets!, g.op('Neg', [wh], wh.shape)) : null;
    return { outputs: [loss], saved: [concat(g, dhs, 0), ...(ofHead ? [ofHead] : [])] };
  },
  backward: (g, { saved: [dh, dHead] }, [dy]) => {
    // A loss is seeded with 1, and a product with it would be one more [V, D] in memory.
    const scaled = (x: Tensor) => (dy!.name === g.scalar(1).name ? x : multiply(g, x, dy!));
    return [scaled(dh!), dHead ? scaled(dHead) : null, null, null];
  },
};

/** Rows per chunk of `crossEntropy` (the last one takes the rest): bound it to floor(rows / chunks) at each run. */
export const CHUNK: Dim = symbol('chunk');

/** Rows of each of the chunks. */
export function chunkSizes(rows: Dim, chunks: number): Dim[] {
  const each: Dim = chunks === 1 ? rows : CHUNK;
  return Array.from({ length: chunks }, (_, i) => (i < chunks - 1 ? each : minus(rows, times(chunks - 1, each))));
}

export const ops: { readonly [K in OpName]: Op<K> } = {
  add,
  gather,
  linear,
  adapted,
  rmsNorm,
  rotary,
  reshape: reshaped,
  transpose: transposed,
  split: cut,
  concat: joined,
  swiglu,
  intoGrids,
  outOfGrids,
  attend,
  crossEntropy,
};
