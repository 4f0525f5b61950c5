// The judge of programs: runs a candidate in a sandbox, compares what was observed, and says what it is worth.
import type { Backend } from '../../sandbox/backend.ts';
import type { CodeRequest, CodeVerdict } from './request.ts';

export type { CallTest, CodeRequest, CodeTests, CodeVerdict, Comparison, Failure, Outcome, StdioTest } from './request.ts';

export interface CodeJudge {
  /** Never rejects for anything a program does; rejects when `signal` is aborted. */
  judge(request: CodeRequest, signal?: AbortSignal): Promise<CodeVerdict>;
  /** Ends every process. */
  close(): Promise<void>;
}

export interface CodeJudgeOptions {
  /** Tried in this order; every backend when left out. */
  readonly backends?: readonly Backend['name'][];
  /** Programs judged at the same time. */
  readonly jobs: number;
}

/** Throws SandboxError with what was tried when no backend works here. */
export declare function openCodeJudge(options: CodeJudgeOptions): Promise<CodeJudge>;
