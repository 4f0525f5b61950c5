// What an M-step chooses from: a judged completion, and those of them that stand for their likes once the same ones are one.
import type { SampleRow } from '../runs/rows.ts';

/** What is known of a sample when it is weighed. `completion` is empty where `distinct` does not ask for it; `prompt` is the training prompt. */
export interface Candidate extends Pick<SampleRow, 'id' | 'problem_id' | 'iteration' | 'draw' | 'verdict' | 'reward' | 'completion'> {
  readonly prompt: string;
}

/** A sample that stands for itself and for those that are the same. */
export interface Standing {
  readonly sample: Candidate;
  /** Ids of the others. */
  readonly same: readonly string[];
}
