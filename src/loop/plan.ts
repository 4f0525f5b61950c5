// A run, resolved: every default filled in, every name looked up, every file found. The command line makes it from a configuration; the loop only reads it.
import type { Method } from '../methods/method.ts';
import type { FitSettings } from '../policy/policy.ts';
import type { Task } from '../tasks/task.ts';

export interface EvaluationSettings {
  /** Completions per problem for pass@k and maj@k; 0 measures greedy only. */
  readonly samples: number;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  /** The k of pass@k and maj@k; those above `samples` are refused. */
  readonly ks: readonly number[];
  /** How many training problems are measured as well (0: none). */
  readonly trainProblems: number;
  /** On how many problems of a split samples are scored again for the bound and for KL (dynamics.json); absent or 0: not at all. */
  readonly dynamics?: number;
  /** 'last': of the method's iterations only the last is measured, and no arm. */
  readonly policies?: 'all' | 'last';
}

export interface Plan {
  readonly name: string;
  readonly dir: string;
  readonly seed: number;
  /** The base model: a folder or file. */
  readonly model: string;
  readonly task: Task;
  readonly method: Method;
  /** Further methods measured on the same problems, each from the base: 'sft', 'random', … */
  readonly arms: readonly Method[];
  /** How many problems of a split are used (the first ones in an order drawn from the seed); null: all. */
  readonly problems: { readonly train: number | null; readonly test: number | null };
  /** Share of the training problems set aside as D_val for early stopping, never trained on; 0: no early stopping. */
  readonly validation: number;
  readonly fit: Omit<FitSettings, 'seed'>;
  readonly evaluation: EvaluationSettings;
  readonly maxTokens: number;
  /** Tokens that a method may sample to learn from, in all its rounds; absent: as many as it takes. Measuring and D_val are not counted. */
  readonly sampleTokens?: number;
  /** Completions per wave, in whole problems: sampled, judged, written and synced as one. */
  readonly waveCompletions: number;
  /** The resolved configuration as plain JSON: written to config.json, compared when a directory is taken up again. */
  readonly config: unknown;
}
