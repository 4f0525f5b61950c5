// The weights a model starts from: norms are ones, everything else normal. Matrices that write into the residual stream start smaller with
// depth (GPT-2's rule), so that the stream's variance does not grow with the number of layers.
import { type ModelConfig, weightShapes } from '../src/engine/architecture.ts';
import { type Rng, rngOf, seedOf } from '../src/random.ts';

/** Standard normal, by Box and Muller. */
const normal = (rng: Rng): number => Math.sqrt(-2 * Math.log(1 - rng.next())) * Math.cos(2 * Math.PI * rng.next());

function deviation(name: string, inputs: number, config: ModelConfig): number {
  if (name.includes('embed_tokens')) return 0.05;
  const isResidual = name.includes('o_proj') || name.includes('down_proj');
  return (0.6 / Math.sqrt(inputs)) * (isResidual ? 1 / Math.sqrt(2 * config.layers) : 1);
}

/** Every weight by its name, in the order of `weightShapes`; each tensor's numbers depend on seed and name alone. */
export function firstWeights(config: ModelConfig, seed: number): Map<string, Float32Array> {
  const weights = new Map<string, Float32Array>();
  for (const [name, shape] of weightShapes(config)) {
    const values = new Float32Array(shape.reduce((product, n) => product * n, 1));
    const rng = rngOf(seedOf('first weights', seed, name));
    const scale = deviation(name, shape.at(-1)!, config);
    weights.set(name, shape.length === 1 ? values.fill(1) : values.map(() => scale * normal(rng)));
  }
  return weights;
}
