// What a verifier found out about one completion. `failed` means that OUR checker broke: such a verdict has no reward,
// stays out of training and metrics, and is counted in plain sight. A wrong, cut-off or crashing completion is data, never an error.

export type Verdict =
  | {
      readonly kind: 'correct' | 'incorrect' | 'unparsable';
      readonly reward: number;
      readonly answer: string | null;
      readonly reason: string;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** What holds the programs that a task judges by running them. */
export interface SandboxInUse {
  /** 'bwrap', 'deno-pyodide', 'quickjs' */
  readonly backend: string;
  /** What it was seen to enforce, one phrase each. */
  readonly enforced: readonly string[];
}

/** Judges one completion against the reference of its problem. Must not throw for any text; may be asynchronous (a sandbox). */
export type Verifier = (reference: string, completion: string) => Verdict | Promise<Verdict>;

export const correct = (answer: string | null, reason: string, reward = 1): Verdict => ({ kind: 'correct', reward, answer, reason });
export const incorrect = (answer: string | null, reason: string, reward = 0): Verdict => ({ kind: 'incorrect', reward, answer, reason });
export const unparsable = (reason: string): Verdict => ({ kind: 'unparsable', reward: 0, answer: null, reason });
export const failed = (reason: string): Verdict => ({ kind: 'failed', reason });

/** The reward of a verdict, in [0, 1]; null where our checker failed. */
export const rewardOf = (verdict: Verdict): number | null => (verdict.kind === 'failed' ? null : verdict.reward);
