// What the engine needs of a model on disk, whatever its format: a Hugging Face folder (folder.ts), a GGUF file (gguf.ts).
import type { ModelConfig } from '../architecture.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { TensorEntry } from './tensors.ts';

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
  close(): Promise<void>;
}
