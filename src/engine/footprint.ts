// How much memory a fit takes, and how many tokens a training batch may have within what is free. A formula, not a trial: a run writes down what was
// chosen, and goes on with that after it was stopped, because the cutting into batches changes the last digits.
//   bytes = 4 (all weights + 4 trained weights) + 4 vocabulary hidden + 450 MB + tokens * 4 layers (5 hidden + 2 qkv + 2 intermediate)
// Beside the weights stand sums of gradients, two moments and the best epoch's weights.
import { type ModelConfig, weightShapes } from './architecture.ts';

const FLOAT = Float32Array.BYTES_PER_ELEMENT;
/** The program itself, and a few copies of one chunk of logits. */
const BESIDES = 450e6;
/** Share of the free memory that a fit may take. */
const SHARE = 0.8;

const sizeOf = (c: ModelConfig): number => [...weightShapes(c).values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);

/** Bytes that one token of a batch takes. */
function bytesPerToken({ layers, hidden, heads, kvHeads, headDim, intermediate }: ModelConfig): number {
  const qkv = (heads + 2 * kvHeads) * headDim;
  return FLOAT * layers * (5 * hidden + 2 * qkv + 2 * intermediate);
}

/** Bytes of a fit with batches of so many tokens. `trained`: how many numbers are trained (default: all weights). */
export function bytesOfFit(c: ModelConfig, maxTokens: number, trained: number = sizeOf(c)): number {
  return FLOAT * (sizeOf(c) + 4 * trained + c.vocab * c.hidden) + BESIDES + maxTokens * bytesPerToken(c);
}

/** Tokens of a batch where memory is no question: more are no quicker. */
export const USUAL_TOKENS = 2048;

/** Whether one product of a batch keeps all threads busy. */
export const isLarge = ({ layers, hidden }: ModelConfig): boolean => layers * hidden >= 8192;

const FEWEST = 128;

/** The usual number, halved until a fit keeps within its share of the free memory. What is longer than that is trained in pieces (plan.ts). */
export function tokensWithin(c: ModelConfig, freeBytes: number, trained?: number): number {
  let tokens = USUAL_TOKENS;
  while (tokens > FEWEST && bytesOfFit(c, tokens, trained) > SHARE * freeBytes) tokens /= 2;
  return tokens;
}
