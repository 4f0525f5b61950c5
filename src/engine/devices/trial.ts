// A device tried in this process: how fast it multiplies; and the trial model scored, fitted for one step and sampled on it, and the same on the CPU.
// A driver that breaks may take the process with it, or never answer; so this runs in a process of its own (trial-child.ts), started by try-device.ts.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Graph } from '../graph/graph.ts';
import { Program, type Running } from '../graph/program.ts';
import type { Parameters } from '../parameters.ts';
import { givenWeights, Sampler } from '../sampler.ts';
import { type ScorePair, Scorer } from '../scorer.ts';
import { Trainer } from '../trainer.ts';
import { DEVICES, type Device } from './devices.ts';
import { type Placement, readPlacement } from './placement.ts';
import { TRIAL_MODEL, TRIAL_PROBLEMS, trialParameters } from './trial-model.ts';

/** Milliseconds for the same products. */
export interface Race {
  readonly device: number;
  readonly cpu: number;
}

export interface Trial {
  readonly placement: Placement;
  /** Largest differences from the CPU's numbers: of log-probabilities, and of gradients and updated weights as shares of their largest. */
  readonly differences: { readonly logprobs: number; readonly gradients: number; readonly weights: number };
  /** Whether outputs are written over inputs (program.ts, `runInPlace`); else they are copied. */
  readonly inPlace: boolean;
}

const ADAMW = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, clip: 1 };
const RATE = 1e-3;
const RULES = { temperature: 1, topK: 0, topP: 1, maxTokens: 6, endIds: [0] };
const MAX_TOKENS = 64;

interface Numbers {
  readonly logprobs: readonly number[];
  readonly gradients: Parameters;
  readonly weights: Parameters;
}

async function scored(pairs: readonly ScorePair[], running: Running): Promise<number[]> {
  const scorer = await Scorer.open(TRIAL_MODEL, { ...running, maxTokens: MAX_TOKENS });
  try {
    return (await scorer.score(trialParameters(), pairs)).flat();
  } finally {
    await scorer.close();
  }
}

async function fitted(running: Running): Promise<Omit<Numbers, 'logprobs'>> {
  const trainer = await Trainer.open(TRIAL_MODEL, trialParameters(), { ...running, maxTokens: MAX_TOKENS });
  try {
    await trainer.accumulate(TRIAL_PROBLEMS);
    const gradients = new Map([...trainer.gradients()].map(([name, data]) => [name, data.slice()]));
    await trainer.apply(RATE, ADAMW);
    return { gradients, weights: trainer.parameters };
  } finally {
    await trainer.close();
  }
}

/** Completions with the log-probabilities they were drawn with, once with weights as inputs and once with weights held by the program. */
async function sampled(running: Running): Promise<{ readonly pairs: ScorePair[]; readonly logprobs: number[] }> {
  const sampler = new Sampler(TRIAL_MODEL, running);
  const weights = givenWeights(trialParameters());
  const jobs = TRIAL_PROBLEMS.map(({ prompt }) => ({ prompt, seeds: [1, 2] }));
  try {
    const loose = await sampler.sample(weights, 'inputs', jobs, RULES, 4);
    const held = await sampler.sample(weights, 'fp32', jobs, RULES, 4);
    const all = [loose, held].flatMap(of => of.flatMap((row, j) => row.map(c => ({ ...c, prompt: jobs[j]!.prompt }))));
    return { pairs: all.map(c => ({ prompt: c.prompt, completion: c.tokens })), logprobs: all.flatMap(c => c.logprobs) };
  } finally {
    await sampler.close();
  }
}

const GIVEN: readonly ScorePair[] = TRIAL_PROBLEMS.flatMap(({ prompt, completions }) =>
  completions.map(({ tokens }) => ({ prompt, completion: tokens })),
);

/** The largest |a - b|; infinite where one is no number. */
const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, x, i) => (Number.isFinite(x - b[i]!) ? Math.max(most, Math.abs(x - b[i]!)) : Number.POSITIVE_INFINITY), 0);

/** The largest difference of any array, as a share of that array's largest number. */
const shareApart = (exact: Parameters, other: Parameters): number =>
  Math.max(...[...exact].map(([name, data]) => apart(data, other.get(name)!) / data.reduce((most, x) => Math.max(most, Math.abs(x)), 0)));

interface Products {
  readonly rows: number;
  readonly width: number;
  readonly inner: number;
}

/** What is timed: as much as a layer of a small model has to do, then sixteen times as much where the device stands a chance. */
const FEW: Products = { rows: 64, width: 512, inner: 2048 };
const MANY: Products = { rows: 256, width: 1024, inner: 4096 };
/** A device so much slower than the CPU at a few products will not be quicker at many. */
const HOPELESS = 8;

/** Milliseconds of two products with weights that the program holds: the better of two runs after one that does not count. */
async function timed(running: Running, { rows, width, inner }: Products): Promise<number> {
  const g = new Graph();
  const held = (name: string, shape: readonly [number, number]) => g.attach(name, shape, new Float32Array(shape[0] * shape[1]).fill(1e-3));
  const wide = g.op('MatMul', [g.input('x', 'float32', [rows, width]), held('up', [width, inner])], [rows, inner]);
  g.output('y', g.op('MatMul', [wide, held('down', [inner, width])], [rows, width]));
  const program = await Program.open(g, running);
  const x = new Float32Array(rows * width).fill(1);
  const once = async () => {
    const start = performance.now();
    await program.run(new Map([['x', x]]));
    return performance.now() - start;
  };
  try {
    await once();
    return Math.min(await once(), await once());
  } finally {
    await program.close();
  }
}

/** How long the device and the CPU take for the same products. Throws what onnxruntime throws where the device cannot be had. */
export async function race(device: Device, threads: number): Promise<Race> {
  const both = async (products: Products) => ({
    device: await timed({ threads, device }, products),
    cpu: await timed({ threads }, products),
  });
  const few = await both(FEW);
  return few.device > HOPELESS * few.cpu ? few : both(MANY);
}

/** Tries what a model needs. Throws what onnxruntime throws where it cannot be had. */
export async function trial(device: Device, threads: number): Promise<Trial> {
  const cpu: Running = { threads };
  const profiles = await mkdtemp(join(tmpdir(), 'rest-em-trial-'));
  const running: Running = { threads, device, profiles };
  try {
    const inPlace = await Program.tryInPlace(device);
    const drawn = await sampled(running);
    const there = { logprobs: [...(await scored(GIVEN, running)), ...drawn.logprobs], ...(await fitted(running)) };
    const here = { logprobs: await scored([...GIVEN, ...drawn.pairs], cpu), ...(await fitted(cpu)) };
    return {
      placement: await readPlacement(profiles, DEVICES[device].provider),
      differences: {
        logprobs: apart(here.logprobs, there.logprobs),
        gradients: shareApart(here.gradients, there.gradients),
        weights: shareApart(here.weights, there.weights),
      },
      inPlace,
    };
  } finally {
    await rm(profiles, { recursive: true, force: true });
  }
}
