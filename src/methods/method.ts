// A method is data: how solutions are proposed, what weight each gets, and which weights the M-step starts from. The loop reads
// these rows; nothing here runs. One file a method beside this one, one row in table.ts.

/** How the E-step proposes completions for a problem. */
export type Propose =
  | {
      readonly kind: 'sample';
      readonly samplesPerProblem: number;
      readonly temperature: number;
      readonly topK: number;
      readonly topP: number;
    }
  /** No sampling: the task's human solutions are the rows. */
  | { readonly kind: 'solutions' }
  /** No sampling of its own: the samples of the first iteration of the run it stands beside. Only as an arm. */
  | { readonly kind: 'reuse' };

/** The weight f(r) a sample gets: which rows the M-step sees. */
export type Weigh =
  /** r = 1, at most `keepPerProblem` a problem, chosen by seed (0: no cap). */
  | { readonly kind: 'correct'; readonly keepPerProblem: number }
  /** The control: as many rows a problem as `correct` would keep, drawn from ALL samples, right or wrong. */
  | { readonly kind: 'random'; readonly keepPerProblem: number }
  /** Everything, weight 1 (human solutions). */
  | { readonly kind: 'all' };

export interface Method {
  readonly name: string;
  readonly title: string;
  /** arXiv id and section. */
  readonly paper: string;
  readonly propose: Propose;
  readonly weigh: Weigh;
  /** Which weights each M-step starts from. */
  readonly fitFrom: 'base' | 'previous';
  /**
   * When an M-step ends. `validation`: when the reward on D_val stops rising (after all epochs where there is no D_val).
   * `as-first-iteration`: after as many epochs as the first iteration of the run it stands beside has kept; only as an arm.
   */
  readonly stop: 'validation' | 'as-first-iteration';
  readonly iterations: number;
}
