// A prompt that nobody asked for, read beside the rows of a step: for devices whose kernels refuse empty tensors, as WebGPU's do ("Invalid dispatch group
// size (0, 1, 1)", onnxruntime 1.30). It costs three tokens a step, so the CPU does without (sampling-program.ts, `noPrompts`).
import type { ModelConfig } from './architecture.ts';
import type { Data } from './graph/program.ts';
import { packBatch } from './packing.ts';

/** What a sampling program is told of prompts while rows take steps. */
export interface BesideRows {
  /** Tokens that come after those of the rows, and their positions. */
  readonly ids: BigInt64Array;
  readonly positions: BigInt64Array;
  readonly feeds: readonly (readonly [string, Data])[];
  readonly bindings: Readonly<Record<string, number>>;
}

/** The shortest prompt there is: a token before the last, and the last. */
export function idlePrompt(c: ModelConfig): BesideRows {
  const { feeds, bindings } = packBatch(c, [{ prompt: [0, 0], completions: [{ tokens: [0], weights: [1] }] }]);
  const { ids, positions, ...rest } = Object.fromEntries(feeds) as Record<string, Data>;
  return { ids: ids as BigInt64Array, positions: positions as BigInt64Array, feeds: Object.entries(rest), bindings };
}
