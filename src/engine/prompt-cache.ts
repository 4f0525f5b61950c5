// Keys and values of prompts, one slot a problem, in arrays that are handed to onnxruntime as inputs. What rows have generated lies in own/cache.ts.
import type { ModelConfig } from './architecture.ts';
import type { Data } from './graph/program.ts';
import { MASKED } from './packing.ts';

type Arrays = Map<string, Float32Array>;

const namesOf = (c: ModelConfig): string[] => Array.from({ length: c.layers }, (_, l) => [`k ${l}`, `v ${l}`]).flat();

/** Gives an array's memory back now, not at the next garbage collection: caches are hundreds of megabytes. */
const letGo = (array: Float32Array): void => void (array.buffer as ArrayBuffer).transfer(0);

/** Where one prompt's keys and values lie in the outputs of the prompt program (programs.ts). */
export interface PromptState {
  readonly outputs: ReadonlyMap<string, Data>;
  /** Its problem and draw in the packed batch, and the sizes that batch was padded to. */
  readonly problem: number;
  readonly draw: number;
  readonly bindings: { readonly draws: number; readonly prefix: number; readonly length: number };
  /** Prefix tokens shared with others, and all tokens before the prompt's last. */
  readonly shared: number;
  readonly known: number;
}

/** Prompts of the problems that have rows: arrays [slots, kvHeads, prefix, headDim] a layer. */
export class PromptCache {
  private readonly config: ModelConfig;
  private prefix: number;
  private readonly arrays: Arrays = new Map();
  private mask = new Float32Array(0);
  private readonly taken: boolean[] = [];

  constructor(config: ModelConfig, prefix: number) {
    this.config = config;
    this.prefix = prefix;
  }

  private get slotSize(): number {
    return this.config.kvHeads * this.prefix * this.config.headDim;
  }

  private grow(slots: number): void {
    const enlarged = (old: Float32Array | undefined, size: number): Float32Array<ArrayBuffer> => {
      const data = new Float32Array(size);
      if (old) {
        data.set(old);
        letGo(old);
      }
      return data;
    };
    for (const name of namesOf(this.config)) this.arrays.set(name, enlarged(this.arrays.get(name), slots * this.slotSize));
    this.mask = enlarged(this.mask, slots * this.prefix);
  }

  /** Makes room for longer prompts, or gives back what only prompts that are gone needed. */
  resize(prefix: number): void {
    const slots = this.mask.length / this.prefix;
    const kept = Math.min(prefix, this.prefix);
    const resized = (old: Float32Array, blocks: number, width: number, fill: number): Float32Array<ArrayBuffer> => {
      const data = new Float32Array(blocks * prefix * width).fill(fill);
      for (let i = 0; i < blocks; i++)
        data.set(old.subarray(i * this.prefix * width, (i * this.prefix + kept) * width), i * prefix * width);
      letGo(old);
      return data;
    };
    const { kvHeads, headDim } = this.config;
    for (const [name, old] of this.arrays) this.arrays.set(name, resized(old, slots * kvHeads, headDim, 0));
    this.mask = resized(this.mask, slots, 1, MASKED);
    this.prefix = prefix;
  }

  /** Tokens there is room for in a slot. */
  get width(): number {
    return this.prefix;
  }

  /** Puts a prompt into the lowest free slot and tells which. */
  add(state: PromptState): number {
    const free = this.taken.indexOf(false);
    const slot = free >= 0 ? free : this.taken.length;
    if (slot * this.prefix >= this.mask.length) this.grow(Math.max(1, 2 * slot));
    this.taken[slot] = true;
    const { kvHeads, headDim } = this.config;
    const { problem, draw, shared, known } = state;
    const { draws, prefix, length } = state.bindings;
    for (const name of namesOf(this.config)) {
      const common = state.outputs.get(`prefix ${name}`) as Float32Array;
      const own = state.outputs.get(`own ${name}`) as Float32Array;
      const target = this.arrays.get(name)!;
      for (let h = 0; h < kvHeads; h++) {
        const head = problem * kvHeads + h;
        const to = (slot * kvHeads + h) * this.prefix;
        const copy = (source: Float32Array, from: number, count: number, at: number) =>
          target.set(source.subarray(from * headDim, (from + count) * headDim), (to + at) * headDim);
        copy(common, head * prefix, shared, 0);
        copy(own, head * draws * length + draw * length, known - shared, shared);
      }
    }
    this.mask.fill(0, slot * this.prefix, slot * this.prefix + known);
    this.mask.fill(MASKED, slot * this.prefix + known, (slot + 1) * this.prefix);
    return slot;
  }

  release(slot: number): void {
    this.taken[slot] = false;
    while (this.taken.at(-1) === false) this.taken.pop();
  }

  /** Slots up to the last one taken. */
  get slots(): number {
    return this.taken.length;
  }

  feeds(): [string, Data][] {
    return [
      ['cached_mask', this.mask.subarray(0, this.slots * this.prefix)],
      ...[...this.arrays].map(([name, data]): [string, Data] => [`cached ${name}`, data.subarray(0, this.slots * this.slotSize)]),
    ];
  }
}
