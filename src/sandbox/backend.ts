// What a sandbox can do, whatever holds it: it runs one candidate program and reports observations. It decides nothing: expected outputs never
// come here (except assert mode, where the tests run on a side of their own), and comparing is the verifier's work (src/verifiers/code).

export type Language = 'python' | 'javascript';

export interface Limits {
  /** Seconds of CPU for one test (assert mode: for all asserts together). */
  readonly cpuSeconds: number;
  /** Backstop, seconds: a loaded machine makes wall time noisy. */
  readonly wallSeconds: number;
  readonly memoryBytes: number;
}

/** A value of the candidate's language as it crossed the border: exact builtin data, or opaque, which equals nothing. */
export type Value =
  | null
  | boolean
  | string
  | { readonly t: 'int'; readonly v: string }
  /** `v` as a hexadecimal float, 'nan', 'inf' or '-inf'. */
  | { readonly t: 'float'; readonly v: string }
  | { readonly t: 'bytes'; readonly v: string }
  | { readonly t: 'complex'; readonly v: readonly [string, string] }
  | { readonly t: 'list' | 'tuple' | 'set' | 'iterator'; readonly v: readonly Value[] }
  | { readonly t: 'dict'; readonly v: readonly (readonly [Value, Value])[] }
  | { readonly t: 'opaque'; readonly v: string };

/** One candidate and what it is asked. */
export type Job = {
  readonly language: Language;
  readonly program: string;
  readonly limits: Limits;
} & (
  | { readonly mode: 'stdio'; readonly inputs: readonly string[] }
  /** Each test in a fresh process: `fn(...arguments)`. */
  | { readonly mode: 'call'; readonly fn: string; readonly calls: readonly (readonly Value[])[] }
  /** The tests run in another sandbox, where the program's functions are proxies; `setup` runs there first. */
  | { readonly mode: 'assert'; readonly setup: string; readonly asserts: readonly string[]; readonly names?: readonly string[] }
);

/** How a test ended, as seen from outside. `exit` says nothing about right or wrong. */
export const ENDS = [
  'exit',
  'assertion_failed',
  'runtime_error',
  'load_error',
  'timeout_cpu',
  'timeout_wall',
  'memory',
  'output_limit',
  'protocol_error',
] as const;
export type End = (typeof ENDS)[number];
export const isEnd = (end: unknown): end is End => (ENDS as readonly unknown[]).includes(end);

/** One observed test. */
export interface Observation {
  readonly index: number;
  readonly end: End;
  /** Exception, exit status or signal, in one line. */
  readonly detail: string;
  /** All of standard output, as bytes were sent (stdio mode compares it). */
  readonly stdout: Uint8Array;
  /** The last 2 KB. */
  readonly stderr: string;
  /** Call mode: what the function returned, and its arguments afterwards (in-place problems). */
  readonly value?: Value;
  readonly argumentsAfter?: readonly Value[];
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Why a job could not be judged: our fault, never a reward. */
export interface Unjudged {
  readonly kind: 'sandbox_error' | 'unsupported' | 'no_sandbox';
  readonly reason: string;
}

/** Is handed each observation in order; says whether to go on with the next test. */
export type OnTest = (observation: Observation) => boolean;

export interface Backend {
  readonly name: 'bwrap' | 'deno-pyodide' | 'quickjs';
  readonly languages: readonly Language[];
  /** What the probe has seen enforced here, one phrase each. */
  readonly enforced: readonly string[];
  /**
   * Runs the tests in order and hands each observation to `onTest`, which says whether to go on. Resolves to null when all that were asked ran,
   * or to the reason why they could not. Safe to call concurrently: jobs wait for a free worker. Rejects only when `signal` is aborted.
   */
  run(job: Job, onTest: OnTest, signal?: AbortSignal): Promise<Unjudged | null>;
  close(): Promise<void>;
}

/** What a probe found: a backend that may be used, or why not and how to get one. */
export type Probe =
  | { readonly ok: true; readonly backend: Backend }
  | { readonly ok: false; readonly name: Backend['name']; readonly reason: string; readonly remedy: string };

export const DEFAULT_LIMITS: Limits = { cpuSeconds: 4, wallSeconds: 13, memoryBytes: 2 ** 30 };
