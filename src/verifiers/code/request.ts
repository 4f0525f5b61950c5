// What the code judge is asked and what it answers: data only. A request holds a candidate program and the tests of its problem; expected
// outputs stay with the judge (compare-*.ts) and never reach a sandbox, except in assert mode, where the tests run on a side of their own.
import type { Backend, End, Language, Limits, Value } from '../../sandbox/backend.ts';

export interface StdioTest {
  readonly input: string;
  readonly output: string;
}

export interface CallTest {
  readonly args: readonly Value[];
  readonly result: Value;
}

/** How outputs are compared. 'strict' is the default and the only rule a reward may come from; the others reproduce published numbers. */
export interface Comparison {
  readonly rule?: 'strict' | 'lcb' | 'apps-compat';
  /** Of decimals, relative above 1 and absolute below; 1e-6 when left out. */
  readonly tolerance?: number;
  /** The lines (stdio) or the elements of lists (call) may come in any order. Only for a problem that says so. */
  readonly unordered?: boolean;
  /** Call mode: the argument (from 0) that the function changes in place and that is compared instead of its result. */
  readonly inPlace?: number;
}

export type CodeTests =
  | { readonly mode: 'stdio'; readonly tests: readonly StdioTest[] }
  | { readonly mode: 'call'; readonly fn: string; readonly tests: readonly CallTest[] }
  | {
      readonly mode: 'assert';
      /** Each is one test, run in order on the tests' side. */
      readonly asserts: readonly string[];
      /** Trusted code that runs on the tests' side first. */
      readonly setup?: string;
      /** Functions of the program that the tests call; found by the sandbox when left out. */
      readonly names?: readonly string[];
    };

export type CodeRequest = CodeTests & {
  readonly language: Language;
  readonly program: string;
  /** What is left out is as in DEFAULT_LIMITS. */
  readonly limits?: Partial<Limits>;
  readonly compare?: Comparison;
  /** Runs every test and rewards the share that passed; otherwise the first failing test ends it and the reward is 0 or 1. */
  readonly partial?: boolean;
};

/** The candidate's outcome: its fault, except 'pass'. */
export type Outcome = 'pass' | 'wrong_answer' | Exclude<End, 'exit' | 'assertion_failed'>;

/** Our fault, or nobody's: such a verdict is no reward. */
export type Failure = 'sandbox_error' | 'no_tests' | 'unsupported' | 'no_sandbox';

export interface CodeVerdict {
  readonly verdict: 'correct' | 'incorrect' | 'unparsable' | 'failed';
  /** null for 'unparsable': nothing was run. */
  readonly kind: Outcome | Failure | null;
  readonly reason: string;
  /** In [0, 1]; null where the verdict is 'failed', or where the rule of comparison is for reports only. */
  readonly reward: number | null;
  readonly testsRun: number;
  readonly testsTotal: number;
  /** The last 2 KB of what the test that decided wrote. */
  readonly stdout: string;
  readonly stderr: string;
  readonly backend: Backend['name'] | null;
  readonly wallMs: number;
  readonly cpuMs: number;
}
