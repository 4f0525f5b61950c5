// The judge of programs: runs a candidate in a sandbox, compares what was observed (observe.ts), and says what it is worth. Whatever the program does
// is its own fault and worth 0; what our side cannot do is `failed` and worth nothing at all. "Correct" needs every test of the problem to have
// been run and passed: none, or fewer, is never enough.
import { availableParallelism, loadavg } from 'node:os';
import { SandboxError } from '../../errors.ts';
import { type Backend, DEFAULT_LIMITS, type Language, type Limits, type Observation, type Unjudged } from '../../sandbox/backend.ts';
import { problemSeconds } from '../../sandbox/bwrap/limits.ts';
import { Lanes } from '../../sandbox/lanes.ts';
import { type OpenOptions, openSandbox } from '../../sandbox/open.ts';
import { BACKENDS } from '../../sandbox/table.ts';
import { STDIO_RULES } from './compare-stdio.ts';
import { type Judged, jobOf, outcomeOf, testCount } from './observe.ts';
import type { CodeRequest, CodeVerdict, Failure } from './request.ts';

export type { CallTest, CodeRequest, CodeTests, CodeVerdict, Comparison, Failure, Outcome, StdioTest } from './request.ts';

export interface CodeJudge {
  /** Never rejects for anything a program does; rejects when `signal` is aborted, or the judge is closed. */
  judge(request: CodeRequest, signal?: AbortSignal): Promise<CodeVerdict>;
  /** Opens the sandbox for a language now, instead of with its first program. Throws SandboxError with what was tried. */
  open(language: Language): Promise<Backend>;
  /** Ends every process. */
  close(): Promise<void>;
}

export interface CodeJudgeOptions {
  /** Only these; every backend when left out. */
  readonly backends?: readonly Backend['name'][];
  /** Programs judged at the same time. */
  readonly jobs: number;
  /** A folder in or above which the npm packages deno and pyodide are installed (default: where this package is). */
  readonly packages?: string;
  /** How a backend is opened, for tests. */
  readonly openBackend?: (language: Language, options: OpenOptions) => Promise<Backend>;
  /** Whether the machine has more to do than it has cores: a wall-clock limit that was hit then is tried once more. */
  readonly isOverloaded?: () => boolean;
}

/** The judge; a sandbox is opened when a language is first asked for. */
export async function openCodeJudge(options: CodeJudgeOptions): Promise<CodeJudge> {
  return new SandboxedJudge(options);
}

/** Seconds that the backend's own limit for a problem gets before the judge ends the job. */
const GRACE_SECONDS = 5;
const TAIL = 2048;

class SandboxedJudge implements CodeJudge {
  private readonly options: CodeJudgeOptions;
  private readonly lanes: Lanes<null>;
  private readonly opened = new Map<Language, Promise<Backend>>();

  constructor(options: CodeJudgeOptions) {
    this.options = options;
    this.lanes = new Lanes<null>(Array.from({ length: options.jobs }, () => null));
  }

  open(language: Language): Promise<Backend> {
    const { openBackend = openSandbox, backends, packages, jobs } = this.options;
    const known = this.opened.get(language);
    if (known) return known;
    const opening = openBackend(language, { lanes: jobs, ...(backends && { backends }), ...(packages !== undefined && { packages }) });
    this.opened.set(language, opening);
    return opening;
  }

  judge(request: CodeRequest, signal?: AbortSignal): Promise<CodeVerdict> {
    const total = testCount(request);
    if (total === 0) return Promise.resolve(failure('no_tests', 'the problem has no tests', 0));
    if (request.program.trim() === '') return Promise.resolve(noProgram(total));
    return this.lanes.use(() => this.judgeNow(request, signal), signal);
  }

  async close(): Promise<void> {
    await this.lanes.close(() => undefined);
    const backends = await Promise.allSettled(this.opened.values());
    await Promise.all(backends.map(opened => (opened.status === 'fulfilled' ? opened.value.close() : undefined)));
  }

  private async judgeNow(request: CodeRequest, signal?: AbortSignal): Promise<CodeVerdict> {
    const backend = await this.backendFor(request.language);
    if ('kind' in backend) return failure(backend.kind, backend.reason, testCount(request));
    const first = await runOnce(backend, request, signal);
    const { isOverloaded = () => loadavg()[0]! > availableParallelism() } = this.options;
    // A program that had no turn is not slow.
    const wasStarved = first.kind === 'timeout_wall' && first.cpuMs < 500 * limitsOf(request).cpuSeconds;
    return wasStarved && isOverloaded() ? runOnce(backend, request, signal) : first;
  }

  private async backendFor(language: Language): Promise<Backend | Unjudged> {
    const { backends } = this.options;
    const knows = (name: Backend['name']) => BACKENDS.some(row => row.name === name && row.languages.includes(language));
    if (backends && !backends.some(knows)) return { kind: 'unsupported', reason: `${backends.join(', ')} runs no ${language}` };
    try {
      return await this.open(language);
    } catch (error) {
      if (!(error instanceof SandboxError)) throw error;
      return { kind: 'no_sandbox', reason: error.message };
    }
  }
}

const limitsOf = ({ limits }: CodeRequest): Limits => {
  const cpuSeconds = limits?.cpuSeconds ?? DEFAULT_LIMITS.cpuSeconds;
  return { ...DEFAULT_LIMITS, wallSeconds: 3 * cpuSeconds + 1, ...limits };
};

interface Tally {
  readonly outcomes: Judged[];
  /** Of the test that decided: the first that failed, else the last. */
  decisive: Observation | null;
  /** Position of the first failed test. */
  failedAt: number | null;
  wallMs: number;
  cpuMs: number;
}

async function runOnce(backend: Backend, request: CodeRequest, signal?: AbortSignal): Promise<CodeVerdict> {
  const limits = limitsOf(request);
  const tally: Tally = { outcomes: [], decisive: null, failedAt: null, wallMs: 0, cpuMs: 0 };
  const onTest = (seen: Observation): boolean => {
    count(tally, outcomeOf(request, tally.outcomes.length, seen), seen);
    return tally.failedAt === null || request.partial === true;
  };
  const late = new AbortController();
  const seconds = problemSeconds(limits, testCount(request)) + GRACE_SECONDS;
  const timer = setTimeout(() => late.abort(), seconds * 1000);
  try {
    const either = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
    const unjudged = await backend.run(jobOf(request, limits), onTest, either);
    return unjudged
      ? { ...failure(unjudged.kind, unjudged.reason, testCount(request)), backend: backend.name }
      : verdictOf(backend, request, tally);
  } catch (error) {
    if (!late.signal.aborted || signal?.aborted) throw error;
    tally.outcomes.push({ kind: 'timeout_wall', reason: `more than ${seconds} s for all tests` });
    tally.failedAt ??= tally.outcomes.length - 1;
    return verdictOf(backend, request, tally);
  } finally {
    clearTimeout(timer);
  }
}

function count(tally: Tally, outcome: Judged, seen: Observation): void {
  tally.outcomes.push(outcome);
  if (tally.failedAt === null) tally.decisive = seen;
  if (outcome.kind !== 'pass') tally.failedAt ??= tally.outcomes.length - 1;
  tally.wallMs += seen.wallMs;
  tally.cpuMs += seen.cpuMs;
}

function verdictOf(backend: Backend, request: CodeRequest, tally: Tally): CodeVerdict {
  const { outcomes, failedAt, decisive } = tally;
  const total = testCount(request);
  const passed = outcomes.filter(({ kind }) => kind === 'pass').length;
  if (failedAt === null && passed !== total)
    return failure('sandbox_error', `${passed} of ${total} tests were run, and none failed`, total);
  const isCorrect = failedAt === null;
  const { kind, reason } = isCorrect ? outcomes.at(-1)! : outcomes[failedAt]!;
  const share = request.partial ? passed / total : Number(isCorrect);
  return {
    verdict: isCorrect ? 'correct' : 'incorrect',
    kind,
    reason: isCorrect ? `${total} of ${total} tests passed` : `test ${failedAt + 1} of ${total}: ${reason}`,
    reward: STDIO_RULES[request.compare?.rule ?? 'strict'].isForRewards ? share : null,
    testsRun: outcomes.length,
    testsTotal: total,
    stdout: decisive ? tail(Buffer.from(decisive.stdout).subarray(-TAIL).toString('utf8')) : '',
    stderr: decisive ? tail(decisive.stderr) : '',
    backend: backend.name,
    wallMs: tally.wallMs,
    cpuMs: tally.cpuMs,
  };
}

const tail = (text: string) => text.slice(-TAIL).toWellFormed();

const NOTHING_RAN = { testsRun: 0, stdout: '', stderr: '', backend: null, wallMs: 0, cpuMs: 0 } as const;

const failure = (kind: Failure, reason: string, testsTotal: number): CodeVerdict => ({
  ...NOTHING_RAN,
  verdict: 'failed',
  kind,
  reason,
  reward: null,
  testsTotal,
});

const noProgram = (testsTotal: number): CodeVerdict => ({
  ...NOTHING_RAN,
  verdict: 'unparsable',
  kind: null,
  reason: 'there is no program',
  reward: 0,
  testsTotal,
});
