// Where things lie in a run directory. Names only: nothing here reads or writes.
//
//   config.json  events.jsonl  summary.json  report.html  audit.json  lock.json (while somebody writes)
//   base/  base-best-prompt/  iteration-1/ …  sft/  random/     one folder per policy measured, named like it
//     samples-train.jsonl            the E-step: what the policy before this one said
//     samples-train-hinted.jsonl     what it said where that was wrong, asked with the answer (STaR)
//     dataset.jsonl                  what the M-step saw
//     samples-validation-1.jsonl …   D_val, greedy, after each epoch
//     fit.json                       epochs run, the one kept, losses, rewards on D_val
//     checkpoint/                    Hugging Face layout
//     part-1/ …                      the fits of an iteration before its last one: the same files; a checkpoint goes when the next one is there
//     dynamics.json                  the bound that EM raises, distance from the base, variety of the solutions
//     samples-test-greedy.jsonl  samples-test.jsonl  samples-train-greedy.jsonl  samples-train-eval.jsonl   and  eval.json
import { join } from 'node:path';

/** What a body of samples was drawn for; part of a file's name, of every sample's id and of its seed. */
export type Phase = 'train' | 'train-hinted' | `validation-${number}` | 'test-greedy' | 'test' | 'train-greedy' | 'train-eval';

export interface Layout {
  readonly config: string;
  readonly events: string;
  readonly lock: string;
  readonly summary: string;
  readonly report: string;
  readonly audit: string;
  /** The folder of one policy: 'base', 'iteration-1', 'sft', … */
  policy(name: string): PolicyLayout;
}

export interface PolicyLayout {
  readonly dir: string;
  readonly dataset: string;
  readonly fit: string;
  readonly checkpoint: string;
  readonly evaluation: string;
  readonly dynamics: string;
  samples(phase: Phase): string;
}

export const layoutOf = (dir: string): Layout => ({
  config: join(dir, 'config.json'),
  events: join(dir, 'events.jsonl'),
  lock: join(dir, 'lock.json'),
  summary: join(dir, 'summary.json'),
  report: join(dir, 'report.html'),
  audit: join(dir, 'audit.json'),
  policy: name => policyLayout(join(dir, name)),
});

const policyLayout = (dir: string): PolicyLayout => ({
  dir,
  dataset: join(dir, 'dataset.jsonl'),
  fit: join(dir, 'fit.json'),
  checkpoint: join(dir, 'checkpoint'),
  evaluation: join(dir, 'eval.json'),
  dynamics: join(dir, 'dynamics.json'),
  samples: phase => join(dir, `samples-${phase}.jsonl`),
});

/** 'iteration-1' */
export const iterationName = (iteration: number): string => `iteration-${iteration}`;

/** 'iteration-1/part-03': one of `parts` fits of an iteration. */
export const partName = (iteration: string, part: number, parts: number): string =>
  `${iteration}/part-${String(part).padStart(String(parts).length, '0')}`;

/** Whether a policy is a part of an iteration and not its end. */
export const isPart = (name: string): boolean => /\/part-\d+$/.test(name);

/** 'iteration-1' of 'iteration-1' and of its parts. */
export const iterationOf = (name: string): string => name.split('/')[0]!;

/** The id of a sample says which file it lies in: POLICY/PHASE/PROBLEM/DRAW is in POLICY/samples-PHASE.jsonl. */
export const sampleId = (policy: string, phase: Phase, problemId: string, draw: number): string =>
  `${policy}/${phase}/${problemId}/${draw}`;
