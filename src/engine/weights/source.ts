// What the engine needs of a model on disk, whatever its format: a Hugging Face folder (folder.ts), a GGUF file (gguf.ts), an adapter
// beside one of them (adapted.ts).
import type { ModelConfig } from '../architecture.ts';
import type { LowRank } from '../lora/merge.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { TensorEntry } from './tensors.ts';

/** What stands beside the weights of an adapted model; `ModelSource.read` gives them with it. */
export interface SourceAdapter {
  /** Where the base lies. */
  readonly base: string;
  /** Of every module that has a pair, by its name: model.layers.0.self_attn.q_proj. */
  readonly modules: ReadonlyMap<string, Pick<LowRank, 'rank' | 'scale'>>;
  /** Throws ModelError (NaN, truncated). */
  read(module: string): Promise<LowRank>;
}

export interface ModelSource {
  readonly path: string;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  /** The tensors as they lie in the files: weights by their Hugging Face names, and what else is there. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** One weight by its Hugging Face name: float32, row-major [out, in], q and k rows in Hugging Face order. Throws ModelError (NaN, truncated). */
  read(name: string): Promise<Float32Array>;
  /** The files beside the weights, for writing a checkpoint: config.json, generation_config.json, tokenizer files. */
  readonly sidecars: ReadonlyMap<string, string>;
  /** Absent: the weights are the model's own. */
  readonly adapter?: SourceAdapter;
  close(): Promise<void>;
}
