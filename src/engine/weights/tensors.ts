// What a weights file must hold for a configuration, whatever its format: every tensor that the architecture needs, in its shape, in an
// encoding that we read, finite. Extra tensors (old rotary buffers) are ignored, except those that would change what the model computes.
import { ModelError } from '../../errors.ts';
import { type ModelConfig, weightShapes } from '../architecture.ts';

export interface TensorEntry {
  /** The file it lies in. */
  readonly file: string;
  /** Row-major. */
  readonly shape: readonly number[];
  /** As the file calls it: F32, BF16, Q8_0, I16… */
  readonly dtype: string;
  /** Bytes from the start of the file. */
  readonly begin: number;
  readonly end: number;
}

/** Throws ModelError at the first needed tensor that is missing, misshapen or of a type we do not read. Names are Hugging Face's. */
export function checkTensors(
  file: string,
  config: ModelConfig,
  tensors: ReadonlyMap<string, TensorEntry>,
  accepted: readonly string[],
): void {
  if (config.layers > tensors.size)
    throw new ModelError(file, `${config.layers} layers are announced, but only ${tensors.size} tensors are there`);
  const needed = weightShapes(config);
  for (const [name, shape] of needed) checkTensor(file, name, shape, tensors.get(name), accepted);
  for (const [name, entry] of tensors) {
    if (!needed.has(name) && changesTheModel.test(name))
      throw new ModelError(entry.file, `holds ${name}, for which this architecture (${config.architecture}) has no place`);
  }
}

// Biases and q/k norms that the configuration does not announce, scales of quantised weights, adapters: to drop them silently would be to run another model. Of GGUF's layers
// (blk.N, which have a Hugging Face name where we know one) only the old rotary buffers may be dropped.
const changesTheModel = /^model\.layers\.\d+\..*(\.bias|[qk]_norm\.weight|_scale(_inv)?|lora_[AB].*)$|^blk\.\d+\.(?!attn_rot_embd)/;

function checkTensor(
  file: string,
  name: string,
  shape: readonly number[],
  entry: TensorEntry | undefined,
  accepted: readonly string[],
): void {
  if (entry === undefined) throw new ModelError(file, `the tensor ${name} is missing`);
  if (!accepted.includes(entry.dtype))
    throw new ModelError(entry.file, `${name} is stored as ${entry.dtype}; accepted are ${accepted.join(', ')}`);
  if (entry.shape.join() !== shape.join()) {
    throw new ModelError(entry.file, `${name} has shape [${entry.shape.join(', ')}], but the configuration asks for [${shape.join(', ')}]`);
  }
}

/** Throws ModelError naming the tensor when a value is NaN or infinite. */
export function checkFinite(file: string, name: string, values: Float32Array): void {
  const at = firstNonFinite(values);
  if (at >= 0) throw new ModelError(file, `${name} holds ${values[at]} at position ${at}: the file is damaged, or the model diverged`);
}

/** Index of the first NaN or infinity, -1 when there is none. */
export function firstNonFinite(values: Float32Array): number {
  let zero = 0;
  for (let i = 0; i < values.length; i++) zero += values[i]! * 0; // 0 for finite values, NaN otherwise; no branch in the loop
  return zero === 0 ? -1 : values.findIndex(value => !Number.isFinite(value));
}
