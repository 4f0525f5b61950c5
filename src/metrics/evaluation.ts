// What is measured of one policy on one split, and the file it is kept in (eval.json). Computed from judged samples alone.

/** A mean over problems with its 95 % bootstrap interval over problems. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** One problem, judged: the greedy completion (null: not measured, or our checker failed) and n sampled ones. */
export interface ProblemOutcome {
  readonly id: string;
  readonly level?: string;
  readonly greedy: boolean | null;
  /** Judged samples in draw order; failed verdicts are left out and counted in `failed`. */
  readonly samples: readonly { readonly correct: boolean; readonly answer: string | null }[];
  readonly failed: number;
}

export interface Measures {
  readonly problems: number;
  readonly greedy: Interval | null;
  /** Unbiased pass@k by k. */
  readonly pass_at_k: Readonly<Record<string, Interval>>;
  readonly maj_at_k: Readonly<Record<string, Interval>>;
}

export interface Evaluation extends Measures {
  readonly split: 'train' | 'test';
  readonly samples_per_problem: number;
  readonly temperature: number;
  readonly top_k: number;
  readonly top_p: number;
  readonly by_level: Readonly<Record<string, Measures>>;
  /** Samples whose verdict is `failed`: out of every figure above. */
  readonly failed: number;
  readonly per_problem: readonly {
    readonly id: string;
    readonly level?: string;
    readonly greedy: boolean | null;
    readonly correct: number;
    readonly samples: number;
  }[];
}

/** eval.json */
export interface EvaluationFile {
  /** 'base', 'base-best-prompt', 'sft', 'random', 'iteration-1', … */
  readonly policy: string;
  readonly evaluations: readonly Evaluation[];
}
