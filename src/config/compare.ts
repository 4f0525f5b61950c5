// A comparison of methods as settings of ordinary runs: the same task, model, problems and fit for all, the method of each as its preset says, cut to one
// budget of tokens. What a configuration says of ITS method (method, arms, iterations, sampling) is left out: here every arm is a preset.
//
// The rule: a method may sample `budget` tokens to learn from (sampleTokens keeps it to the token). A completion takes L tokens on average: as the
// base writes them, or, for a method that starts from SFT, as people do. So a problem can have T = budget / (problems · L) completions. A
// method keeps its number of iterations where that leaves 8 completions each, or has fewer; T is spread evenly over them.
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Complaint, ConfigError } from '../errors.ts';
import { drawsOfProblem } from '../loop/rounds.ts';
import type { Method } from '../methods/method.ts';
import { METHODS } from '../methods/table.ts';
import { show } from './complaints.ts';
import { camelKeys, nearestName } from './keys.ts';
import { type LoadOptions, laidOver, loadConfig } from './load.ts';
import { methodsOf } from './method.ts';
import { parseSettings, type Settings } from './parse.ts';
import type { Setting } from './set.ts';

/** The control: ReST-EM's rounds with as many rows, drawn from all samples, right or wrong. */
export const CONTROL = 'random';
export const REFERENCE = 'rest-em';

const COMPARED: readonly string[] = Object.keys(METHODS).filter(name => name !== CONTROL);

/** 'all', or names with commas between; the control always stands beside them, last. Throws ConfigError with all wrong names. */
export function armNames(argument: string): string[] {
  const asked = argument.trim() === 'all' ? COMPARED : argument.split(',').map(name => name.trim());
  const complaints = asked.flatMap((name, i): Complaint[] => {
    if (name !== CONTROL && !COMPARED.includes(name)) return [{ field: '--methods', message: unknownMethod(name) }];
    return asked.indexOf(name) < i ? [{ field: '--methods', message: `names ${name} twice` }] : [];
  });
  if (complaints.length > 0) throw new ConfigError(complaints);
  return [...asked.filter(name => name !== CONTROL), CONTROL];
}

function unknownMethod(name: string): string {
  const near = nearestName(name, COMPARED);
  return `got ${show(name)}; ${near ? `did you mean ${near}?` : `accepted: all, or names of ${COMPARED.join(', ')}`}`;
}

/** How long completions are, in tokens. */
export interface Lengths {
  readonly base: number;
  /** Of human solutions; null where there are none. */
  readonly solutions: number | null;
}

export interface Shape {
  readonly iterations: number;
  /** null: the method draws no number of its own. */
  readonly samplesPerProblem: number | null;
}

/** Fewer completions than this say little of a problem: an iteration less is the better cut. */
const FEWEST = 8;

/** How many iterations and samples a budget buys. */
export function shapeOf(name: string, budget: number, problems: number, lengths: Lengths): Shape {
  const { propose, iterations, start } = presetOf(name);
  const length = start === 'sft' ? (lengths.solutions ?? lengths.base) : lengths.base;
  const total = budget / (problems * length);
  if (propose.kind === 'sample' || propose.kind === 'search') {
    const rounds = within(Math.floor(total / FEWEST), iterations);
    return { iterations: rounds, samplesPerProblem: Math.max(1, Math.floor(total / rounds)) };
  }
  const draws = drawsOfProblem(propose);
  return { iterations: draws === 0 ? iterations : within(Math.floor(total / draws), iterations), samplesPerProblem: null };
}

const within = (wanted: number, most: number): number => Math.max(1, Math.min(wanted, most));

const presetOf = (name: string): Method => METHODS[(name === CONTROL ? REFERENCE : name) as keyof typeof METHODS];

/** What a task is compared on where nothing else is said. */
const DEFAULTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  minimath: {
    model: join(dirname(fileURLToPath(import.meta.url)), '../../models/tiny-s'),
    trainProblems: 200,
    testProblems: 200,
    fit: { learningRate: 5e-4, batchSize: 32 },
    evaluate: { samples: 8, k: [1, 2, 4, 8] },
  },
};

export interface ArmOptions extends LoadOptions {
  readonly task: string;
  readonly seed: number;
  readonly budget: number;
}

const OF_A_METHOD = ['iterations', 'samplesPerProblem', 'temperature', 'topK', 'topP', 'keepPerProblem'];

/** The settings of one arm; without `shape` as many iterations and samples as its preset has. Throws ConfigError. */
export async function armSettings(
  name: string,
  { task, seed, budget, ...lay }: ArmOptions,
  shape?: Shape,
): Promise<{ readonly settings: Settings; readonly file?: string }> {
  const own: Readonly<Record<string, unknown>> = {
    ...{ name, seed, arms: [], sampleTokens: budget, method: name === CONTROL ? controlMethod() : name },
    ...(shape && { iterations: shape.iterations }),
    ...(shape?.samplesPerProblem ? { samplesPerProblem: shape.samplesPerProblem } : {}),
  };
  const also: Setting[] = [
    ...OF_A_METHOD.map(field => ({ path: [field], value: undefined })),
    ...Object.entries(own).map(([field, value]) => ({ path: [field], value })),
    { path: ['evaluate', 'policies'], value: 'last' },
    ...(lay.also ?? []),
  ];
  if (extname(task) !== '') return loadConfig(task, { ...lay, also });
  return { settings: parseSettings(laidOver(camelKeys({ ...DEFAULTS[task], task }), { ...lay, also })) };
}

const controlMethod = () => ({
  extends: REFERENCE,
  name: CONTROL,
  title: 'Random control',
  weigh: { kind: 'random', keepPerProblem: keptBy(METHODS[REFERENCE]) },
});

const keptBy = ({ weigh }: Method): number => ('keepPerProblem' in weigh ? weigh.keepPerProblem : 0);

/** Equal for two arms whose first E-step samples the same; null where no other arm's can be the same. */
export function firstSamplesKey(settings: Settings): string | null {
  const { propose, start, batchProblems } = methodsOf(settings).method;
  if (propose.kind !== 'sample' || start !== 'base' || batchProblems > 0) return null;
  return JSON.stringify([settings.seed, settings.sampleTokens, propose]);
}
