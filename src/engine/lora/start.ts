// Where a LoRA fit starts: a new adapter beside a model that has none, and where the model is an adapter with its base already, that adapter goes on
// beside the same base. So a policy is always one base and one adapter, whatever weights its M-step started from.
import { ModelError } from '../../errors.ts';
import { seedOf } from '../../random.ts';
import type { LoraSettings } from '../../requests.ts';
import type { ModelConfig } from '../architecture.ts';
import { openModel } from '../weights/open.ts';
import type { SourceAdapter } from '../weights/source.ts';
import { type Adapter, type LoraShape, loraShape, modulesOf, nameOfA, nameOfB, newAdapter, scaleOf } from './adapter.ts';

export interface LoraStart {
  /** The model whose weights stay as they are. */
  readonly base: string;
  readonly adapter: Adapter;
}

/** Opens `path` and gives its base and the adapter to train. `seed`: the fit's own. Throws ModelError where the adapter there is of another shape. */
export async function loraStart(path: string, settings: LoraSettings, seed: number): Promise<LoraStart> {
  const shape = loraShape(settings);
  const source = await openModel(path);
  try {
    const { adapter, config } = source;
    if (!adapter) return { base: path, adapter: newAdapter(config, shape, settings.seed ?? seedOf(seed, 'adapter')) };
    const difference = whyNoStart(config, adapter, shape);
    if (difference) throw new ModelError(path, difference);
    const tensors = new Map<string, Float32Array>();
    for (const { name } of modulesOf(config, shape.targets)) {
      const { a, b } = await adapter.read(name);
      tensors.set(nameOfA(name), a).set(nameOfB(name), b);
    }
    return { base: adapter.base, adapter: { ...shape, tensors } };
  } finally {
    await source.close();
  }
}

/** Why an adapter cannot go on with these settings; null where it can. */
export function whyNoStart(config: ModelConfig, { modules }: SourceAdapter, shape: LoraShape): string | null {
  const wanted = modulesOf(config, shape.targets);
  const isSame =
    modules.size === wanted.length &&
    wanted.every(({ name }) => modules.get(name)?.rank === shape.rank && modules.get(name)?.scale === scaleOf(shape));
  if (isSame) return null;
  return `is an adapter already (${adapterWords(modules)}), and goes on only with the same rank, alpha and targets; export it merged to begin a new one`;
}

/** Ranks, alphas and modules of an adapter. */
export function adapterWords(modules: SourceAdapter['modules']): string {
  const ranks = new Set([...modules.values()].map(({ rank, scale }) => `rank ${rank}, alpha ${rank * scale}`));
  const targets = new Set([...modules.keys()].map(name => name.split('.').at(-1)!));
  return [...ranks, [...targets].join(', ')].join('; ');
}
