// A model the engine works with: what its files say, and its weights as far as they are needed. A program that samples holds the matrices itself, so
// those of a large model are let go of here meanwhile and read again when something else wants them.
import { stat } from 'node:fs/promises';
import type { ModelConfig } from './architecture.ts';
import { type ParameterShape, type Parameters, parameterShapes, toParameters } from './parameters.ts';
import type { WeightSource } from './sampler.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';
import { openModel } from './weights/open.ts';

/** Matrices of fewer bytes than this in all are kept: reading them again would not be worth it. */
const KEPT_BYTES = 100e6;

/** Whether a program that holds its weights is given this parameter all the same: rows of the embedding are looked up, norms and biases are small. */
const isLight = ({ name, shape }: ParameterShape): boolean => name === 'embedding' || shape.length === 1;

/** Tells a file or folder from another that lay there before. */
export async function versionOf(path: string): Promise<string> {
  const { mtimeMs, ino } = await stat(path);
  return `${path} ${ino} ${mtimeMs}`;
}

export class HeldModel implements WeightSource {
  readonly path: string;
  readonly version: string;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly sidecars: ReadonlyMap<string, string>;
  private held: Parameters;
  private isWhole: boolean;

  private constructor(
    path: string,
    version: string,
    source: Pick<HeldModel, 'config' | 'tokenizer' | 'sidecars'>,
    held: Parameters,
    isWhole: boolean,
  ) {
    this.path = path;
    this.version = version;
    this.config = source.config;
    this.tokenizer = source.tokenizer;
    this.sidecars = source.sidecars;
    this.held = held;
    this.isWhole = isWhole;
  }

  /** With all its weights. Throws ModelError. */
  static open(path: string): Promise<HeldModel> {
    return HeldModel.read(path, () => true);
  }

  /** Without its matrices, until `all` is asked for. Throws ModelError. */
  static openLight(path: string): Promise<HeldModel> {
    return HeldModel.read(path, isLight);
  }

  private static async read(path: string, isWanted: (shape: ParameterShape) => boolean): Promise<HeldModel> {
    const version = await versionOf(path);
    const source = await openModel(path);
    try {
      const { config } = source;
      const wanted = parameterShapes(config).filter(shape => isWanted(shape));
      const names = new Set(wanted.map(({ name }) => name));
      const held = await toParameters(config, name => source.read(name), names);
      return new HeldModel(path, version, source, held, wanted.length === parameterShapes(config).length);
    } finally {
      await source.close();
    }
  }

  /** Bytes of the matrices in fp32. */
  get matrixBytes(): number {
    return parameterShapes(this.config)
      .filter(shape => !isLight(shape))
      .reduce((sum, { shape }) => sum + Float32Array.BYTES_PER_ELEMENT * shape.reduce((a, b) => a * b, 1), 0);
  }

  /** Bytes of what a program holds of the weights, its matrices with so many bits a number, and of the embedding, whose rows it looks up. */
  heldBytes(bits: number): number {
    const { tied, vocab, hidden } = this.config;
    const embedding = Float32Array.BYTES_PER_ELEMENT * vocab * hidden;
    const matrices = this.matrixBytes + (tied ? embedding : 0);
    return embedding + (matrices * bits) / 32;
  }

  async all(): Promise<Parameters> {
    if (!this.isWhole) this.held = (await HeldModel.open(this.path)).held;
    this.isWhole = true;
    return this.held;
  }

  /** Every parameter, one at a time: read anew where it is not held, and not kept. */
  async *each(): AsyncGenerator<readonly [name: string, Float32Array]> {
    yield* this.held;
    if (this.isWhole) return;
    const source = await openModel(this.path);
    try {
      for (const { name } of parameterShapes(this.config))
        if (!this.held.has(name)) yield* await toParameters(this.config, weight => source.read(weight), new Set([name]));
    } finally {
      await source.close();
    }
  }

  light(): Parameters {
    return new Map(parameterShapes(this.config).flatMap(shape => (isLight(shape) ? [[shape.name, this.held.get(shape.name)!]] : [])));
  }

  letGo(): void {
    if (!this.isWhole || this.matrixBytes < KEPT_BYTES) return;
    const light = this.light();
    for (const [name, data] of this.held) if (!light.has(name)) (data.buffer as ArrayBuffer).transfer(0);
    this.held = light;
    this.isWhole = false;
  }
}
