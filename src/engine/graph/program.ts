// A graph made runnable by onnxruntime-node, on the CPU or another device (devices/devices.ts). Arrays go in and out by name; symbolic sizes are bound at each run.
// Facts of onnxruntime-node 1.30 this file rests on (measured): inputs are not copied, outputs are; a preallocated output is written
// in place and then copied once more; `run` blocks the thread for its whole length, so all of this lives in a worker.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ort from 'onnxruntime-node';
import { EngineError } from '../../errors.ts';
import { DEVICES, type Device } from '../devices/devices.ts';
import { type Bindings, evaluate } from './dims.ts';
import { Graph, type Tensor } from './graph.ts';

export type Data = Float32Array | BigInt64Array | Int8Array | Uint8Array;
export type Feeds = ReadonlyMap<string, Data>;

export interface ProgramOptions {
  /** Threads of one operation. Results depend on it to the last bit, so it belongs to a run's configuration. */
  readonly threads: number;
  /** Called once the attached constants lie in files: their arrays are not read again. */
  readonly onWritten?: () => void;
  /** Whether memory of one run is kept for the next: quicker; not for a program that runs seldom. */
  readonly keepsMemory?: boolean;
  /** Where it runs (default: cpu). What the device cannot run, onnxruntime runs on the CPU. */
  readonly device?: Device;
  /** A folder for onnxruntime's profile of every program, complete once it is closed. Profiled programs are slower. */
  readonly profiles?: string;
}

/** What every program of an engine is opened with. */
export type Running = Pick<ProgramOptions, 'threads' | 'device' | 'profiles'>;

const UNCONVERTIBLE = 'nothing_to_convert';
/** What the binding says of an output that is no tensor, once the work is done. */
const CANNOT_CONVERT = /non tensor type/i;

const tensorOf = (t: Tensor, data: Data, bindings: Bindings): ort.Tensor => {
  const dims = t.shape.map(d => evaluate(d, bindings));
  const size = dims.reduce((a, b) => a * b, 1);
  if (data.length !== size) throw new EngineError(`${t.name} takes ${size} numbers [${dims.join(', ')}], got ${data.length}`);
  return new ort.Tensor(t.type, data as never, dims);
};

/**
 * Opens a graph with attached constants. They go through files of the temporary folder, because onnxruntime maps files and lets go of them once it has
 * packed what is in them; handed over in memory they are copied first, which took 230 MB more with SmolLM2-135M.
 */
async function openFromFiles(
  graph: Graph,
  bytes: Uint8Array,
  settings: ort.InferenceSession.SessionOptions,
  onWritten: ProgramOptions['onWritten'],
): Promise<ort.InferenceSession> {
  const dir = await mkdtemp(join(tmpdir(), 'rest-em-'));
  try {
    for (const [file, data] of graph.attached)
      await writeFile(join(dir, file), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    graph.attached.clear();
    onWritten?.();
    await writeFile(join(dir, 'graph.onnx'), bytes);
    return await ort.InferenceSession.create(join(dir, 'graph.onnx'), settings);
  } finally {
    await rm(dir, { recursive: true, force: true, maxRetries: 2 });
  }
}

export class Program {
  private readonly session: ort.InferenceSession;
  private readonly graph: Graph;
  private readonly names: ReadonlyMap<string, string>;
  private readonly device: Device;
  private constructor(session: ort.InferenceSession, graph: Graph, device: Device) {
    this.session = session;
    this.graph = graph;
    this.device = device;
    this.names = graph.outputNames();
  }

  static async open(graph: Graph, options: ProgramOptions): Promise<Program> {
    const { device = 'cpu' } = options;
    const { providers, rewrites } = DEVICES[device];
    const settings: ort.InferenceSession.SessionOptions = {
      executionProviders: providers,
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      // Patterns reserve the peak of every shape seen; without them training peaks a quarter lower and is no slower.
      enableMemPattern: false,
      logSeverityLevel: 3,
      enableCpuMemArena: options.keepsMemory ?? true,
    };
    if (options.profiles !== undefined) {
      settings.enableProfiling = true;
      settings.profileFilePrefix = join(await mkdtemp(join(options.profiles, 'program-')), 'profile');
    }
    const bytes = graph.bytes(rewrites);
    const session = await (graph.attached.size > 0
      ? openFromFiles(graph, bytes, settings, options.onWritten)
      : ort.InferenceSession.create(bytes, settings));
    return new Program(session, graph, device);
  }

  /** Prepares a graph for `runInPlace`: call before `open`. */
  static prepareInPlace(graph: Graph): void {
    graph.addUnconvertibleOutput(UNCONVERTIBLE);
  }

  private feeds(data: Feeds, bindings: Bindings): Record<string, ort.Tensor> {
    const feeds: Record<string, ort.Tensor> = {};
    const sizes = this.graph.sizeValues(bindings);
    for (const [name, tensor] of this.graph.inputs) {
      const given = sizes.get(name) ?? data.get(name);
      if (!given) throw new EngineError(`the graph wants an input ${name}`);
      feeds[name] = tensorOf(tensor, given, bindings);
    }
    return feeds;
  }

  /** Outputs as new arrays: all, or those whose names are wanted. */
  async run(data: Feeds, bindings: Bindings = {}, isWanted: (name: string) => boolean = () => true): Promise<Map<string, Data>> {
    const names = [...this.names].filter(([name]) => isWanted(name));
    const results = await this.session.run(
      this.feeds(data, bindings),
      names.map(([, internal]) => internal),
    );
    return new Map(names.map(([name, internal]) => [name, results[internal]!.data as Data]));
  }

  /**
   * All outputs into the given arrays, which may be inputs of the same run: weights are updated where they lie and nothing is copied.
   * The first output is one that the binding cannot convert, so `run` rejects after the work is done and before it would copy. That rests on this
   * version of the binding; where the trial (`dodgesCopies`) fails, outputs are copied, which is slower and takes more memory.
   */
  async runInPlace(data: Feeds, into: Feeds, bindings: Bindings = {}): Promise<void> {
    const feeds = this.feeds(data, bindings);
    if (!(await dodgesCopies(this.device))) {
      const results = await this.session.run(feeds, [...this.names.values()]);
      for (const [name, internal] of this.names) into.get(name)!.set(results[internal]!.data as never);
      return;
    }
    await this.runUnconverted(feeds, into, bindings);
  }

  private async runUnconverted(feeds: Record<string, ort.Tensor>, into: Feeds, bindings: Bindings): Promise<void> {
    const fetches: Record<string, ort.Tensor | null> = { [UNCONVERTIBLE]: null };
    for (const [name, internal] of this.names) fetches[internal] = tensorOf(this.graph.outputs.get(name)!, into.get(name)!, bindings);
    try {
      await this.session.run(feeds, fetches as never);
    } catch (cause) {
      if (cause instanceof Error && CANNOT_CONVERT.test(cause.message)) return;
      throw new EngineError(`onnxruntime failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }

  /** Whether x <- x + 1, asked for in place, is done in place. */
  static async tryInPlace(device: Device = 'cpu'): Promise<boolean> {
    const g = new Graph();
    const x = g.input('x', 'float32', [2]);
    g.output('x', g.op('Add', [x, g.scalar(1)], [2]));
    Program.prepareInPlace(g);
    const program = await Program.open(g, { threads: 1, device });
    const data = Float32Array.of(1, 2);
    try {
      await program.runUnconverted(program.feeds(new Map([['x', data]]), {}), new Map([['x', data]]), {});
      return data[0] === 2 && data[1] === 3;
    } catch {
      return false; // another binding, another way of refusing: copy
    } finally {
      await program.close();
    }
  }

  async close(): Promise<void> {
    await this.session.release();
  }
}

const trials = new Map<Device, Promise<boolean>>();

/** Tried once a device. */
function dodgesCopies(device: Device): Promise<boolean> {
  const trial = trials.get(device) ?? Program.tryInPlace(device);
  trials.set(device, trial);
  return trial;
}
