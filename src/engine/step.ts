// One token for every active row. A row looks at its problem's prompt (kept once a problem, met in one product by all its rows), at the tokens
// it has generated (its own cache), and at the token itself, under one softmax. Rows of a problem stand in a grid for the prompt's sake only:
// everything else runs on active rows, so rows that have ended cost nothing.
import type { ModelConfig } from './architecture.ts';
import { bestWords, logSumExp } from './best-words.ts';
import { type Attend, decoder, decoderInputs, finalNorm } from './decoder.ts';
import { type Dim, symbol, times } from './graph/dims.ts';
import { concat, matmul, reshape, split, transpose } from './graph/emit.ts';
import { Graph, type Tensor } from './graph/graph.ts';
import { Program, type ProgramOptions } from './graph/program.ts';
import { Tape } from './graph/tape.ts';
import { holdingOf, type Settled } from './settled.ts';

const ROWS = symbol('rows');
/** Problems that have rows, and the most rows any of them has. */
const SLOTS = symbol('slots');
const WIDTH = symbol('width');
const PREFIX = symbol('prefix');
/** Columns of the rows' own cache. */
const OWN = symbol('own');

export interface StepOptions extends ProgramOptions {
  /** Best words returned for each row. */
  readonly shortlist: number;
  /** Whether the words are ranked by a distribution at another temperature than 1 (input `inverse_temperature`, [rows, 1]). */
  readonly tempered: boolean;
  /** Weights the program holds; the rest are inputs. */
  readonly settled: Settled;
}

function stepAttention(tape: Tape, c: ModelConfig): Attend {
  const g = tape.graph;
  const groups = c.heads / c.kvHeads;
  const d = c.headDim;
  const grid: Dim = times(SLOTS, WIDTH);
  const toGrid = g.input('grid_rows', 'int64', [grid]);
  const fromGrid = g.input('row_places', 'int64', [ROWS]);
  const promptMask = g.input('prompt_mask', 'float32', [SLOTS, 1, 1, PREFIX]);
  const ownMask = g.input('own_mask', 'float32', [ROWS, 1, 1, OWN]);
  const pick = (x: Tensor, places: Tensor) => g.op('Gather', [x, places], [places.shape[0]!, ...x.shape.slice(1)], { axis: 0 });
  /** [rows, kvHeads, groups, n] to [slots, kvHeads, width groups, n], and back. */
  const intoGrid = (x: Tensor): Tensor => {
    const n = x.shape[3]!;
    const bySlot = reshape(g, pick(x, toGrid), [SLOTS, WIDTH, c.kvHeads, times(groups, n)]);
    return reshape(g, transpose(g, bySlot, [0, 2, 1, 3]), [SLOTS, c.kvHeads, times(WIDTH, groups), n]);
  };
  const outOfGrid = (x: Tensor): Tensor => {
    const n = x.shape[3]!;
    const bySlot = transpose(g, reshape(g, x, [SLOTS, c.kvHeads, WIDTH, times(groups, n)]), [0, 2, 1, 3]);
    return pick(reshape(g, bySlot, [grid, c.kvHeads, groups, n]), fromGrid);
  };
  return (layer, qkv) => {
    const promptK = g.input(`prompt k ${layer}`, 'float32', [SLOTS, c.kvHeads, PREFIX, d]);
    const promptV = g.input(`prompt v ${layer}`, 'float32', [SLOTS, c.kvHeads, PREFIX, d]);
    const ownK = g.input(`own k ${layer}`, 'float32', [ROWS, c.kvHeads, OWN, d]);
    const ownV = g.input(`own v ${layer}`, 'float32', [ROWS, c.kvHeads, OWN, d]);
    const [qWide, k, v] = split(g, qkv, 2, [groups * d, d, d]) as [Tensor, Tensor, Tensor];
    g.output(`k ${layer}`, k);
    g.output(`v ${layer}`, v);
    const q = reshape(g, qWide, [ROWS, c.kvHeads, groups, d]);
    const newK = reshape(g, k, [ROWS, c.kvHeads, 1, d]);
    const newV = reshape(g, v, [ROWS, c.kvHeads, 1, d]);
    const alpha = 1 / Math.sqrt(d);
    const masked = (scores: Tensor, mask: Tensor) => g.op('Add', [scores, mask], scores.shape);
    const scores = [
      outOfGrid(masked(matmul(g, intoGrid(q), promptK, { transB: true, alpha }), promptMask)),
      masked(matmul(g, q, ownK, { transB: true, alpha }), ownMask),
      matmul(g, q, newK, { transB: true, alpha }),
    ];
    const all = concat(g, scores, 3);
    const [onPrompt, onOwn, onNew] = split(g, g.op('Softmax', [all], all.shape, { axis: -1 }), 3, [PREFIX, OWN, 1]) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const parts = [outOfGrid(matmul(g, intoGrid(onPrompt), promptV)), matmul(g, onOwn, ownV), g.op('Mul', [onNew, newV], q.shape)];
    return reshape(g, g.op('Sum', parts, q.shape), [ROWS, c.heads * d]);
  };
}

/** Outputs: `words` int64 and `ranked` [rows, shortlist] (log-probabilities they are ranked by), `logprobs` of the same words at temperature 1, and each layer's new keys and values. */
export async function openStepProgram(c: ModelConfig, options: StepOptions): Promise<Program> {
  const g = new Graph();
  const tape = new Tape(g);
  const holding = holdingOf(g, c, options.settled);
  const inputs = decoderInputs(g, c, ROWS, holding.declare);
  const hidden = finalNorm(tape, c, inputs, decoder(tape, c, inputs, stepAttention(tape, c), { linear: holding.linear }));
  const logits = holding.logits(hidden, inputs);
  const scaled = options.tempered ? g.op('Mul', [logits, g.input('inverse_temperature', 'float32', [ROWS, 1])], logits.shape) : logits;
  const best = bestWords(g, scaled, options.shortlist);
  const shape = [ROWS, options.shortlist];
  const less = (x: Tensor, all: Tensor) => g.op('Sub', [x, logSumExp(g, all)], shape);
  const ranked = less(best.logits, scaled);
  g.output('ranked', ranked);
  g.output('words', best.words);
  g.output('logprobs', options.tempered ? less(g.op('GatherElements', [logits, best.words], shape, { axis: 1 }), logits) : ranked);
  return Program.open(g, options);
}
