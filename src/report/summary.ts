// summary.json: the figures of a run for programs, one row a policy and split. The same figures as eval.json's, without the problems; times and
// tokens are here and nowhere else but in events.jsonl. The shape is public: names are not changed, only added.
import type { DynamicsFile } from '../metrics/dynamics.ts';
import type { Interval, Measures } from '../metrics/evaluation.ts';
import { writeWhole } from '../runs/atomic.ts';
import type { SandboxInUse } from '../runs/events.ts';
import { layoutOf } from '../runs/layout.ts';
import { type RunFacts, readRun } from './read-run.ts';

export interface SummaryRow {
  /** 'base', 'base-best-prompt', 'sft', 'random', 'iteration-1', … */
  readonly policy: string;
  readonly split: 'train' | 'test';
  readonly problems: number;
  readonly greedy: Interval | null;
  readonly pass_at_k: Readonly<Record<string, Interval>>;
  readonly maj_at_k: Readonly<Record<string, Interval>>;
  readonly by_level: Readonly<Record<string, Measures>>;
}

export interface Summary {
  readonly run: string;
  readonly task: string;
  readonly method: string;
  readonly rows: readonly SummaryRow[];
  /** Time at work, all sessions together. */
  readonly seconds: number;
  /** Tokens sampled, for training and for measuring. */
  readonly tokens: number;
  /** Where programs were judged; empty where the task runs none. */
  readonly sandboxes: readonly SandboxInUse[];
  /** dynamics.json of every policy that has one. */
  readonly dynamics: readonly DynamicsFile[];
}

/** The summary of a run directory, finished or under way. Throws ConfigError where `dir` is no run. */
export const summarise = async (dir: string): Promise<Summary> => summaryOf(await readRun(dir));

export function summaryOf({ run, task, method, policies, events }: RunFacts): Summary {
  const rows = policies.flatMap(({ policy, evaluations }) =>
    evaluations.map(({ split, problems, greedy, pass_at_k, maj_at_k, by_level }) => ({
      policy,
      split,
      problems,
      greedy,
      pass_at_k,
      maj_at_k,
      by_level,
    })),
  );
  const dynamics = policies.flatMap(policy => policy.dynamics ?? []);
  return { run, task, method, rows, seconds: events.seconds, tokens: events.tokens, sandboxes: events.sandboxes, dynamics };
}

/** Writes summary.json into the run directory, whole or not at all. */
export const writeSummary = (dir: string, summary: Summary): Promise<void> =>
  writeWhole(layoutOf(dir).summary, `${JSON.stringify(summary, null, 2)}\n`);
