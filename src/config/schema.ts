// The one schema of a configuration, for TypeScript, YAML and --set alike: every default is written here and nowhere else.
// Strict: an unknown key is a complaint. What a preset says (src/methods) stays unsaid here unless the user overrides it.
import { z } from 'zod';
import { LORA_TARGETS, PRECISIONS } from '../requests.ts';
import { mathSchema } from '../tasks/math/settings.ts';
import { PROGRAM_KINDS, type ProgramInput } from '../tasks/table.ts';
import type { Task } from '../tasks/task.ts';
import { wordProblemsSchema } from '../tasks/word-problems.ts';
import { above, atLeast, between, fraction, listOf, oneOf, says, text, whole } from './accepted.ts';
import { DEVICE_CHOICES } from './device.ts';
import { armSchema, folderName, methodSchema, shortcuts } from './method-schema.ts';

/** A task that is code: made by defineTask, in the configuration file itself or imported there. */
const isTask = (value: unknown): value is Task =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, 'problems') === 'function';

/** How a saved configuration names a task that is code: the file it came from. */
const taskFile = z.strictObject({ kind: z.literal('code'), name: text(), file: text() });

const programSchemas = Object.values(PROGRAM_KINDS).map(({ schema }) => schema);

/** Low-rank adapters instead of all weights; `{}` is these defaults. */
const lora = z.strictObject({
  rank: whole(1).default(16),
  alpha: above(0).default(32),
  targets: z
    .union(
      [z.literal('all-linear'), listOf(oneOf(LORA_TARGETS), 'modules').min(1)],
      says(`all-linear, or a list of ${LORA_TARGETS.join(', ')}`),
    )
    .default('all-linear'),
  /** Of A's first values; absent: drawn from the run's seed. */
  seed: whole(0).optional(),
  dropout: z.literal(0, says('0, because adapters are trained without dropout here')).optional(),
});

const fit = z.strictObject({
  /** Absent: all weights are trained. */
  lora: lora.nullable().optional(),
  learningRate: above(0).default(5e-5),
  /** Absent: what the method says, and 3 where it says nothing (resolve.ts). */
  epochs: whole(1).optional(),
  batchSize: whole(1).default(16),
  warmup: between(0, 1).default(0.05),
  schedule: oneOf(['constant', 'linear', 'cosine']).default('cosine'),
  weightDecay: atLeast(0).default(0),
  clip: atLeast(0).default(1),
  beta1: fraction().default(0.9),
  beta2: fraction().default(0.999),
  epsilon: above(0).default(1e-8),
  reduction: oneOf(['token-mean', 'row-mean', 'sum']).default('token-mean'),
});

const evaluate = z.strictObject({
  samples: whole(0).default(0),
  temperature: between(0, 10).default(1),
  topK: whole(0).default(0),
  topP: above(0, 1).default(0.95),
  k: listOf(whole(1), 'whole numbers').optional(),
  trainProblems: whole(0).default(0),
  dynamics: whole(0).default(32),
  policies: oneOf(['all', 'last']).default('all'),
});

const engine = z.strictObject({
  /** Absent: as many as the machine has physical cores. */
  threads: whole(1).optional(),
  rows: whole(1).default(128),
  waveCompletions: whole(1).default(1024),
  /** Tokens of a training batch. Absent: what free memory allows when a run begins, written down with it (engine/footprint.ts). */
  maxTokens: whole(1).optional(),
  /** What models are sampled in to learn from it; `auto`: int8 where that is near enough. Training, scoring and evaluation are fp32. */
  precision: oneOf(PRECISIONS).default('auto'),
  /** Where it computes; 'auto' tries what there is (device.ts). */
  device: oneOf(DEVICE_CHOICES).default('cpu'),
});

export const configSchema = z.strictObject({
  name: folderName.optional(),
  seed: whole(0).default(1),
  model: text('the path of a Hugging Face folder or a GGUF file'),
  task: z.union(
    [text(), z.custom<Task>(isTask), wordProblemsSchema, mathSchema, ...programSchemas, taskFile],
    says('the name of a built-in task, settings such as { kind: word-problems, … } or { kind: math, … }, or what defineTask gives'),
  ),
  method: methodSchema.default('rest-em'),
  arms: listOf(armSchema, 'method names').default([]),
  iterations: whole(1).optional(),
  samplesPerProblem: shortcuts.samplesPerProblem.optional(),
  temperature: shortcuts.temperature.optional(),
  topK: shortcuts.topK.optional(),
  topP: shortcuts.topP.optional(),
  keepPerProblem: shortcuts.keepPerProblem.optional(),
  maxTokens: whole(1).optional(),
  /** Tokens that a method may sample to learn from, in all its iterations. */
  sampleTokens: whole(1).optional(),
  trainProblems: whole(1).optional(),
  testProblems: whole(1).optional(),
  validation: fraction().default(0.1),
  fit: fit.prefault({}),
  evaluate: evaluate.prefault({}),
  engine: engine.prefault({}),
});

/** A configuration with every default filled in. */
export type Settings = z.output<typeof configSchema>;
type Input = z.input<typeof configSchema>;
type WordProblemsInput = z.input<typeof wordProblemsSchema>;
type MathInput = z.input<typeof mathSchema>;

/** What a configuration file may say. `model` and the files of a task are required, here or by --set. */
export type Config = Omit<Input, 'model' | 'task'> & {
  readonly model?: string;
  readonly task?:
    | string
    | Task
    | (Pick<WordProblemsInput, 'kind'> & Partial<WordProblemsInput>)
    | (Pick<MathInput, 'kind'> & Partial<MathInput>)
    | ProgramInput
    | DataSetTask;
};

/** A data set by its name, with settings of its task laid over what the set says. */
export interface DataSetTask {
  readonly set: string;
  readonly [setting: string]: unknown;
}

/** Names a configuration's type for the editor. The identity function. */
export const defineConfig = (config: Config): Config => config;
