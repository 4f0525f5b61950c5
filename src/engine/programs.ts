// The graphs the engine runs for whole sequences: gradients of a packed batch, log-probabilities, prompts.
// Each is the one decoder with another end.
import type { ModelConfig } from './architecture.ts';
import { bestWords } from './best-words.ts';
import { decoder, decoderInputs, finalNorm, headOf, type Linear } from './decoder.ts';
import { concat, matmul, reshape, split } from './graph/emit.ts';
import { Graph, type Tensor } from './graph/graph.ts';
import { chunkSizes } from './graph/ops.ts';
import { Program, type ProgramOptions } from './graph/program.ts';
import { Tape } from './graph/tape.ts';
import { completionTokens, type KeepHeads, packedAttention, packedPlaces, packedTokens, prefixTokens } from './layout.ts';
import type { LoraShape } from './lora/adapter.ts';
import { adaptedLinear, adapterInputs } from './lora/linear.ts';
import { type Plan, WHOLE_PLAN } from './plan.ts';

/** Names of the running sums of gradients, inputs and outputs of the gradient program. */
export const sumName = (parameter: string): string => `sum ${parameter}`;

/** `lora`: with an adapter beside the weights, whose tensors are inputs as well. */
function packedDecoder(g: Graph, c: ModelConfig, { pieces, recomputes }: Plan, lora?: LoraShape) {
  const tape = new Tape(g);
  const inputs = decoderInputs(g, c, packedTokens);
  const adapter = lora && adapterInputs(g, c, lora);
  const linear = adapter && adaptedLinear(c, lora, adapter, inputs.parameters);
  const x = decoder(tape, c, inputs, packedAttention(c, packedPlaces(g, c, pieces)), { linear, recomputes });
  const rows = tape.apply('split', [x], { axis: 0, sizes: [prefixTokens, completionTokens] })[1]!;
  return { tape, trained: adapter ?? inputs.parameters, hidden: finalNorm(tape, c, inputs, rows), head: headOf(c, inputs) };
}

/** Loss of a packed batch, and its gradients added to running sums in place: of all weights, or with `lora` of the adapter alone. */
export async function openGradientProgram(c: ModelConfig, plan: Plan, options: ProgramOptions, lora?: LoraShape): Promise<Program> {
  const g = new Graph();
  const { tape, trained, hidden, head } = packedDecoder(g, c, plan, lora);
  const targets = g.input('targets', 'int64', [completionTokens]);
  const weights = g.input('weights', 'float32', [completionTokens]);
  const manner = { chunks: plan.chunks, isHeadFixed: lora !== undefined };
  const loss = tape.one('crossEntropy', [hidden, head, targets, reshape(g, weights, [completionTokens, 1])], manner);
  const wanted = [...trained.values()];
  for (const [i, gradient] of tape.gradients([[loss, g.scalar(1)]], wanted).entries()) {
    const { name, shape } = wanted[i]!;
    g.output(sumName(name), g.op('Add', [g.input(sumName(name), 'float32', shape), gradient], shape));
  }
  g.output('loss', loss);
  Program.prepareInPlace(g);
  return Program.open(g, options);
}

export interface ScoreOptions extends ProgramOptions {
  readonly plan?: Plan;
  readonly best?: number;
}

/**
 * log p of every target token of a packed batch, [completion tokens]. With `best`, `words` int64 and `best` [completion tokens, best] as well: the words of
 * each place that are most likely, best first; the very numbers that a target among them has.
 */
export async function openScoreProgram(c: ModelConfig, { best = 0, plan = WHOLE_PLAN, ...options }: ScoreOptions): Promise<Program> {
  const g = new Graph();
  const { hidden, head } = packedDecoder(g, c, plan);
  const targets = g.input('targets', 'int64', [completionTokens]);
  const sizes = chunkSizes(completionTokens, plan.chunks);
  const parts = [split(g, hidden, 0, sizes), split(g, targets, 0, sizes)] as const;
  const scored = sizes.map((rows, i) => {
    const logits = matmul(g, parts[0][i]!, head, { transB: true });
    const logp = g.op('LogSoftmax', [logits], logits.shape, { axis: -1 });
    const logprobs = g.op('GatherElements', [logp, reshape(g, parts[1][i]!, [rows, 1])], [rows, 1], { axis: 1 });
    return { logprobs, ...(best > 0 && bestWords(g, logp, best)) };
  });
  const joined = (key: 'logprobs' | 'words' | 'logits') =>
    concat(
      g,
      scored.map(s => s[key]!),
      0,
    );
  g.output('logprobs', reshape(g, joined('logprobs'), [completionTokens]));
  if (best > 0) {
    g.output('words', joined('words'));
    g.output('best', joined('logits'));
  }
  return Program.open(g, options);
}

/** Hands out the keys and values of prompts: `prefix k LAYER`, `own k LAYER`, and the same for v. */
export const outputHeads =
  (g: Graph): KeepHeads =>
  (layer, prefix, own) => {
    for (const kind of ['k', 'v'] as const) {
      g.output(`prefix ${kind} ${layer}`, prefix[kind]);
      g.output(`own ${kind} ${layer}`, own[kind]);
    }
  };

/**
 * Keys and values of prompts that share their first tokens, packed as if the rest of each were a completion: `prefix k LAYER` [problems, kvHeads,
 * prefix, headDim], `own k LAYER` [problems, kvHeads, draws length, headDim], and the same for v.
 */
export async function openPromptProgram(c: ModelConfig, { pieces }: Plan, options: ProgramOptions): Promise<Program> {
  const g = new Graph();
  const tape = new Tape(g);
  const inputs = decoderInputs(g, c, packedTokens);
  decoder(tape, c, inputs, packedAttention(c, packedPlaces(g, c, pieces), outputHeads(g)));
  return Program.open(g, options);
}

/** max |x| of every input channel of every matrix over a packed batch, by the matrix's name; 'head' for the output matrix. */
export async function openMaximaProgram(c: ModelConfig, options: ProgramOptions): Promise<Program> {
  const g = new Graph();
  const tape = new Tape(g);
  const inputs = decoderInputs(g, c, packedTokens);
  const watch = (name: string, x: Tensor) =>
    g.output(name, g.op('ReduceMax', [g.op('Abs', [x], x.shape)], [x.shape[1]!], { axes: [0], keepdims: 0 }));
  const linear: Linear = (x, name) => {
    watch(name, x);
    return tape.one('linear', [x, inputs.parameters.get(name)!], {});
  };
  const x = decoder(tape, c, inputs, packedAttention(c, packedPlaces(g, c)), { linear });
  watch('head', finalNorm(tape, c, inputs, x));
  return Program.open(g, options);
}
