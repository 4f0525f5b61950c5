// audit.json: what became of the accepted samples of a run when they were judged again by tests that no reward came from. Written by
// checks/audit.ts, read by the report.
import type { Interval } from '../metrics/evaluation.ts';

export interface AuditRow {
  /** The policy that was trained on them: 'iteration-1', … */
  readonly policy: string;
  /** Samples in its dataset.jsonl that the verifier had found correct. */
  readonly accepted: number;
  /** Of these, those whose problem has held-out tests that could be run. */
  readonly judged: number;
  /** Of these, those that fail them. */
  readonly false_positives: number;
  /** Their share of those judged, with Wilson's 95 % interval; null where none was judged. */
  readonly share: Interval | null;
  /** Different texts among those judged: the same program counts once here, and as often as it was kept above. */
  readonly distinct: number;
  readonly distinct_false_positives: number;
  /** The held-out tests could not be run. */
  readonly failed: number;
}

export interface AuditFile {
  readonly task: string;
  readonly rows: readonly AuditRow[];
  /** Some false positives, to look at (`rest-em why`). */
  readonly examples: readonly { readonly sample: string; readonly problem: string; readonly reason: string; readonly completion: string }[];
}
