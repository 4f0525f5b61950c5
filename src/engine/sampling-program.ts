// The program that samples: it reads prompts and gives every row its next token. Both parts stand in one graph, so that the weights are held once; in a
// call either may be empty, and a product with no rows costs nothing. Read prompts lie as layout.ts has them, rows as step.ts does.
import type { ModelConfig } from './architecture.ts';
import { bestWords, logOfSum } from './best-words.ts';
import { decoder, decoderInputs, finalNorm } from './decoder.ts';
import { plus } from './graph/dims.ts';
import { concat, split } from './graph/emit.ts';
import { Graph, type Tensor } from './graph/graph.ts';
import { type Data, Program, type ProgramOptions } from './graph/program.ts';
import { Tape } from './graph/tape.ts';
import type { BesideRows } from './idle-prompt.ts';
import { packedAttention, packedPlaces, packedTokens } from './layout.ts';
import { NEW, ROWS } from './own/kind.ts';
import { causalMask } from './packing.ts';
import { outputHeads } from './programs.ts';
import { holdingOf, ownKindOf, type Settled } from './settled.ts';
import { rowAttention } from './step.ts';

export interface SamplingOptions extends ProgramOptions {
  /** Best words returned for each row. */
  readonly shortlist: number;
  /** Whether the words are ranked by a distribution at another temperature than 1 (input `inverse_temperature`, [rows, 1]). */
  readonly tempered: boolean;
  /** Weights the program holds; the rest are inputs. */
  readonly settled: Settled;
}

/** What a call is asked for: all that a step gives; the distributions besides; the keys and values of prompts. */
const STEP = new RegExp(`^(ranked|words|logprobs|${NEW} .*)$`);
export const isOfStep = (name: string): boolean => STEP.test(name);
export const isOfPrompts = (name: string): boolean => /^(prefix|own) [kv] \d+$/.test(name);

/** What the graph is told where no prompt is read. */
export function noPrompts(c: ModelConfig): BesideRows {
  const mask = causalMask(1, c.heads / c.kvHeads);
  return {
    ids: new BigInt64Array(0),
    positions: new BigInt64Array(0),
    feeds: [
      ['prompt_mask', new Float32Array(0)],
      ['prefix_mask', mask],
      ['completion_mask', mask],
      ...['prefix_places', 'completion_places', 'token_places'].map((name): [string, Data] => [name, new BigInt64Array(0)]),
    ],
    bindings: { problems: 0, draws: 1, prefix: 1, length: 1, prefix_piece: 1, length_piece: 1, prefix_tokens: 0, completion_tokens: 0 },
  };
}

/**
 * Outputs for rows: `words` int64 and `ranked` [rows, shortlist] (log-probabilities they are ranked by), `logprobs` of the same words at temperature 1,
 * `logits` [rows, vocab], and each layer's new keys and values. For prompts that share their first tokens, packed as if the rest of each were a
 * completion: `prefix k LAYER` [problems, kvHeads, prefix, headDim], `own k LAYER` [problems, kvHeads, draws length, headDim], and the same for v.
 */
export async function openSamplingProgram(c: ModelConfig, options: SamplingOptions): Promise<Program> {
  const g = new Graph();
  const tape = new Tape(g);
  const holding = holdingOf(g, c, options.settled);
  const inputs = decoderInputs(g, c, plus(ROWS, packedTokens), holding.declare);
  const step = rowAttention(g, c, ownKindOf(options.settled));
  const read = packedAttention(c, packedPlaces(g, c), outputHeads(g));
  const apart = (x: Tensor) => split(g, x, 0, [ROWS, packedTokens]) as [Tensor, Tensor];
  const x = decoder(
    tape,
    c,
    inputs,
    (layer, qkv, on) => {
      const [rows, prompts] = apart(qkv);
      return concat(g, [step(layer, rows, on), read(layer, prompts, on)], 0);
    },
    { linear: holding.linear },
  );
  const logits = holding.logits(finalNorm(tape, c, inputs, apart(x)[0]), inputs);
  outputWords(g, logits, options);
  g.output('logits', logits);
  return Program.open(g, options);
}

function outputWords(g: Graph, logits: Tensor, { shortlist, tempered }: SamplingOptions): void {
  const scaled = tempered ? g.op('Mul', [logits, g.input('inverse_temperature', 'float32', [ROWS, 1])], logits.shape) : logits;
  const best = bestWords(g, scaled, shortlist);
  const shape = [ROWS, shortlist];
  const less = (x: Tensor, all: Tensor) => g.op('Sub', [x, all], shape);
  const ranked = less(best.logits, logOfSum(g, scaled, best.logits));
  g.output('ranked', ranked);
  g.output('words', best.words);
  if (!tempered) {
    g.output('logprobs', ranked);
    return;
  }
  const plain = g.op('GatherElements', [logits, best.words], shape, { axis: 1 });
  g.output('logprobs', less(plain, logOfSum(g, logits, plain)));
}
