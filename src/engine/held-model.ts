// A model the engine works with: what its files say, and its weights as far as they are needed. A program that samples holds the matrices itself, so
// those of a large model are let go of here meanwhile and read again when something else wants them.
import { stat } from 'node:fs/promises';
import type { ModelConfig } from './architecture.ts';
import { type Parameters, toParameters } from './parameters.ts';
import type { WeightSource } from './sampler.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';
import { openModel } from './weights/open.ts';

/** Matrices of fewer bytes than this in all are kept: reading them again would not be worth it. */
const KEPT_BYTES = 100e6;

/** Whether a program that holds its weights is given this parameter all the same: rows of the embedding are looked up, norms and biases are small. */
const isLight = (name: string, data: Float32Array, c: ModelConfig): boolean =>
  name === 'embedding' || data.length <= 4 * (c.hidden + c.intermediate);

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
  private isWhole = true;

  private constructor(path: string, version: string, source: Pick<HeldModel, 'config' | 'tokenizer' | 'sidecars'>, held: Parameters) {
    this.path = path;
    this.version = version;
    this.config = source.config;
    this.tokenizer = source.tokenizer;
    this.sidecars = source.sidecars;
    this.held = held;
  }

  /** Throws ModelError. */
  static async open(path: string): Promise<HeldModel> {
    const version = await versionOf(path);
    const source = await openModel(path);
    try {
      return new HeldModel(path, version, source, await toParameters(source.config, name => source.read(name)));
    } finally {
      await source.close();
    }
  }

  async all(): Promise<Parameters> {
    if (!this.isWhole) this.held = (await HeldModel.open(this.path)).held;
    this.isWhole = true;
    return this.held;
  }

  light(): Parameters {
    return new Map([...this.held].filter(([name, data]) => isLight(name, data, this.config)));
  }

  letGo(): void {
    const bytes = [...this.held.values()].reduce((sum, data) => sum + data.byteLength, 0);
    if (bytes < KEPT_BYTES) return;
    const light = this.light();
    for (const [name, data] of this.held) if (!light.has(name)) (data.buffer as ArrayBuffer).transfer(0);
    this.held = light;
    this.isWhole = false;
  }
}
