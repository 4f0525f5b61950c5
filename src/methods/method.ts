// A method is data: how solutions are proposed, what weight each gets, which of past samples stay, and from which weights the M-step starts and
// how far it goes. The loop reads these rows; nothing here runs. One file a method beside this one, one row in table.ts.
// The E-step is q(y|x) ∝ f(r(x, y)) · p_θ(y|x) (`propose`, `weigh`), the M-step argmax_θ Σ w · log p_θ(y|x) (arXiv 2312.06585, Eq. 2 and 3).

/** How the E-step proposes completions for a problem. */
export type Propose =
  | {
      readonly kind: 'sample';
      readonly samplesPerProblem: number;
      readonly temperature: number;
      readonly topK: number;
      readonly topP: number;
    }
  /** The most likely completion; with `hint: 'failed'` a second one where the first was wrong, asked with the answer in the prompt. */
  | { readonly kind: 'greedy'; readonly hint: 'none' | 'failed' }
  /** Tree search over the lines of a solution, as long as it generates no more tokens than `samplesPerProblem` completions would. */
  | {
      readonly kind: 'search';
      readonly samplesPerProblem: number;
      readonly temperature: number;
      readonly topK: number;
      readonly topP: number;
      /** Solutions of a problem begun together, each from the node that the tree of the moment makes the most of. */
      readonly expansions: number;
      /** The constant before the exploration term of PUCT. */
      readonly exploration: number;
    }
  /** No sampling: what people wrote (`memory.solutions`) is all there is. */
  | { readonly kind: 'solutions' }
  /** No sampling of its own: the samples of the first iteration of the run it stands beside. Only as an arm. */
  | { readonly kind: 'reuse' };

/** The weight f(r) a sample gets: which rows the M-step sees, and how much each counts. */
export type Weigh =
  /** 1 where the verdict is correct; at most `keepPerProblem` a problem, chosen by seed (0: no cap). */
  | { readonly kind: 'correct'; readonly keepPerProblem: number }
  /** 1 where r > τ. One M-step a threshold, all on the same samples; the first is `thresholds[0]`. */
  | { readonly kind: 'above'; readonly thresholds: readonly number[] }
  /** exp(r / β), relative to the largest reward there is. `unsolved`: what becomes of problems whose best reward is 0. */
  | { readonly kind: 'exponential'; readonly beta: number; readonly unsolved: 'drop' | 'keep' }
  /** 1 for the one sample of a problem with the highest reward, of several one by seed. */
  | { readonly kind: 'best'; readonly unsolved: 'drop' | 'keep' }
  /** `rowsPerProblem` draws with replacement from the correct ones, each as likely as the others; drawn twice it counts 2. */
  | { readonly kind: 'replay'; readonly rowsPerProblem: number }
  /** The control: as many rows a problem as `correct` would keep, drawn from ALL samples, right or wrong. */
  | { readonly kind: 'random'; readonly keepPerProblem: number }
  /** Everything, weight 1. */
  | { readonly kind: 'all' };

/** Which completions count as the same. Of the same ones a single row is left, before any cap and any weight. */
export type Distinct =
  | { readonly kind: 'none' }
  /** Equal text. `within: 'problem'`, or 'global': equal prompt and text, whatever the problem. Both over all rounds that `memory` holds. */
  | { readonly kind: 'exact'; readonly within: 'problem' | 'global' }
  /** The same, case and white space apart. */
  | { readonly kind: 'normalised'; readonly within: 'problem' | 'global' }
  /** One completion a problem and list of equations, the most unlike the others; one with a false equation is dropped. */
  | { readonly kind: 'equations' };

export interface Memory {
  /** Samples the M-step chooses from: this round's, or those of all rounds up to it (its own problems only). */
  readonly samples: 'round' | 'all';
  /** Human solutions: `added` with weight 1, or `weighed`: judged and weighed like a sample. */
  readonly solutions: 'none' | 'added' | 'weighed';
}

export interface Method {
  readonly name: string;
  readonly title: string;
  /** arXiv id and section. */
  readonly paper: string;
  /** The policy of iteration 0, which the first E-step samples: the base, or SFT on human solutions. */
  readonly start: 'base' | 'sft';
  readonly propose: Propose;
  readonly weigh: Weigh;
  readonly distinct: Distinct;
  /** `rows`: weights as they are; `problems`: those of a problem divided by their sum (1/n each where all are 1), which is exact EM. */
  readonly balance: 'rows' | 'problems';
  readonly memory: Memory;
  /** Problems a mini-batch, each sampled, weighed and fitted before the next, in an order drawn by seed; 0: all at once. */
  readonly batchProblems: number;
  /** Which weights each M-step starts from. */
  readonly fitFrom: 'base' | 'previous';
  /**
   * When an M-step ends. `validation`: when the reward on D_val stops rising (after all epochs where there is no D_val). `epochs`: after
   * all. `steps`: after the optimizer steps of `steps`. `as-first-iteration`: after as many epochs as the first iteration of the run it
   * stands beside has kept; only as an arm.
   */
  readonly stop: 'validation' | 'epochs' | 'steps' | 'as-first-iteration';
  /** Passes over the rows, at most; null: as many as the configuration's `fit` says. */
  readonly epochs: number | null;
  /** Optimizer steps of iteration n: ⌊first · growth^(n-1)⌋. Read with `stop: 'steps'`. */
  readonly steps: { readonly first: number; readonly growth: number } | null;
  /** Each further M-step on the same samples has the learning rate of the one before times this. */
  readonly learningRateFactor: number;
  readonly iterations: number;
  /** The run ends when the reward on D_val has not risen for so many iterations; 0: it has all its iterations. */
  readonly patience: number;
}
