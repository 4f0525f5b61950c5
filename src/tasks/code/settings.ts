// What every task of programs can be set to, whatever its data set: plain data, so that YAML can hold it. Each kind adds its own to these.
import { z } from 'zod';
import { ConfigError } from '../../errors.ts';

/** How programs are judged. */
export const judgedSettings = {
  name: z.string().min(1).optional(),
  /** 'all': 1 where every test passes, else 0. 'share': the share of tests passed, for methods that weigh rewards. */
  reward: z.enum(['all', 'share']).default('all'),
  /** Ids of training problems left out: those that `reward test` tells to drop or to use for evaluation only. */
  exclude: z.array(z.string()).default([]),
  limits: z
    .strictObject({ cpuSeconds: z.number().positive(), wallSeconds: z.number().positive(), memoryBytes: z.int().positive() })
    .partial()
    .optional(),
  backends: z
    .array(z.enum(['bwrap', 'deno-pyodide', 'quickjs']))
    .min(1)
    .optional(),
  jobs: z.int().min(1).optional(),
};

/** How problems are read from files and asked. */
export const askedSettings = {
  /** Files of rows, .jsonl or .parquet. A benchmark that only measures has no `train`. */
  train: z.string().min(1).optional(),
  test: z.string().min(1).optional(),
  /** Share of a training problem's tests that no reward comes from; `rest-em audit` judges by them. */
  heldOut: z.number().min(0).max(0.9).default(0),
  /** Ask through the model's chat template, for a fenced block, instead of having a text continued. */
  chat: z.boolean().default(false),
  system: z.string().min(1).optional(),
  stop: z.array(z.string().min(1)).optional(),
  maxTokens: z.int().min(1).optional(),
};

const judged = z.strictObject(judgedSettings);
const asked = z.strictObject({ ...judgedSettings, ...askedSettings });

export type JudgedSettings = z.output<typeof judged>;
export type AskedSettings = z.output<typeof asked>;

/** Settings by their schema. Throws one ConfigError with all that is wrong. */
export function parsedSettings<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const { data, error } = schema.safeParse(input);
  if (!error) return data;
  throw new ConfigError(error.issues.map(issue => ({ field: ['task', ...issue.path].join('.'), message: issue.message })));
}
