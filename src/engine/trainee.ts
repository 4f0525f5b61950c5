// What a fit trains of a model, and how it leaves again: all weights, saved as a model, or an adapter beside weights that stay, saved as a PEFT adapter.
// trainer.ts moves the numbers, fit.ts says when; neither asks which of the two it is.
import type { ModelConfig } from './architecture.ts';
import type { Adapter } from './lora/adapter.ts';
import { merged } from './lora/merge.ts';
import { type Parameters, toWeights } from './parameters.ts';
import { writeCheckpoint } from './weights/checkpoint.ts';
import { writeAdapter } from './weights/peft-write.ts';

export interface Trainee {
  readonly adapter?: Adapter;
  /** The whole model's weights, given what was trained. */
  weights(trained: Parameters): Parameters;
  /** Writes a new folder. Throws EngineError. */
  save(dir: string, trained: Parameters): Promise<void>;
}

export interface TraineeModel {
  readonly config: ModelConfig;
  readonly sidecars: ReadonlyMap<string, string>;
  readonly parameters: Parameters;
}

export const wholeModel = ({ config, sidecars }: TraineeModel): Trainee => ({
  weights: trained => trained,
  save: (dir, trained) => writeCheckpoint(dir, { config, sidecars, tensors: toWeights(config, trained), dtype: 'F32' }),
});

/** `base`: the path of the model. */
export const besideModel = ({ config, sidecars, parameters }: TraineeModel, adapter: Adapter, base: string): Trainee => ({
  adapter,
  weights: tensors => merged(config, parameters, { ...adapter, tensors }),
  save: (dir, tensors) => writeAdapter(dir, { config, sidecars, base, adapter: { ...adapter, tensors } }),
});
