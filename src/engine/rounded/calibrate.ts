// What the inputs of a model's matrices look like, channel by channel: the largest absolute values over fixed texts. Read by the smoothing.
import type { ModelConfig } from '../architecture.ts';
import { batchesOf } from '../batches.ts';
import type { Data, Running } from '../graph/program.ts';
import { packBatch } from '../packing.ts';
import type { Parameters } from '../parameters.ts';
import { openMaximaProgram } from '../programs.ts';
import type { InputMaxima } from './int8-weights.ts';

/** Padded tokens of one batch. */
const BATCH_TOKENS = 512;

/** max |x| of every input channel of every matrix over the texts, each at least two tokens. */
export async function inputMaxima(
  c: ModelConfig,
  parameters: Parameters,
  texts: readonly (readonly number[])[],
  options: Running,
): Promise<InputMaxima> {
  const problems = texts.map(ids => ({
    prompt: ids.slice(0, 1),
    completions: [{ tokens: ids.slice(1), weights: ids.slice(1).map(() => 1) }],
  }));
  const maxima = new Map<string, Float32Array>();
  const program = await openMaximaProgram(c, { ...options, keepsMemory: false });
  try {
    for (const batch of batchesOf(problems, BATCH_TOKENS)) {
      const { feeds, bindings } = packBatch(c, batch);
      for (const [name, data] of await program.run(new Map<string, Data>([...feeds, ...parameters]), bindings)) {
        const before = maxima.get(name);
        maxima.set(name, before ? before.map((x, j) => Math.max(x, (data as Float32Array)[j]!)) : Float32Array.from(data as Float32Array));
      }
    }
  } finally {
    await program.close();
  }
  return maxima;
}
