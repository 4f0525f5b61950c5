// The judge of a task's programs: opened when the first one comes (or before, by `open`), closed by `close`, its verdicts kept by program, because
// a policy writes the same program many times. What the judge calls failed is never kept: it is asked again.
import { availableParallelism } from 'node:os';
import type { Backend, Language } from '../../sandbox/backend.ts';
import type { CodeJudge, CodeJudgeOptions } from '../../verifiers/code/judge.ts';
import type { CodeRequest, CodeVerdict } from '../../verifiers/code/request.ts';
import { correct, failed, incorrect, type SandboxInUse, unparsable, type Verdict } from '../../verifiers/verdict.ts';

export interface JudgingSettings {
  /** What the programs are written in. */
  readonly language: Language;
  /** Tried in this order; every backend when left out. */
  readonly backends?: readonly Backend['name'][] | undefined;
  /** Programs judged at the same time; by default as many as there are processors. */
  readonly jobs?: number | undefined;
  /** How a judge is opened, for tests. */
  readonly openJudge?: (options: CodeJudgeOptions) => Promise<CodeJudge>;
}

export interface Judging {
  /** Opens the judge and its sandbox. Throws SandboxError. */
  open(): Promise<void>;
  /** Closes the judge when it was called as often as `open`. */
  close(): Promise<void>;
  /** What the judge runs programs in, while it is open. */
  sandbox(): SandboxInUse | null;
  /** Opens the judge where nobody has. A fresh verdict is judged anew whatever is known. */
  judge(request: CodeRequest, options?: { readonly isFresh?: boolean }): Promise<Verdict>;
}

/** Verdicts kept at most; then all are forgotten. */
const MOST_KEPT = 20_000;

const openReal = async (options: CodeJudgeOptions): Promise<CodeJudge> =>
  (await import('../../verifiers/code/judge.ts')).openCodeJudge(options);

export function judging({ language, backends, jobs = availableParallelism(), openJudge = openReal }: JudgingSettings): Judging {
  let users = 0;
  let opened: Promise<CodeJudge> | null = null;
  let inUse: SandboxInUse | null = null;
  const kept = new Map<string, Verdict>();

  const judgeNow = (): Promise<CodeJudge> => {
    opened ??= openJudge({ jobs, ...(backends && { backends }) }).catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };

  const close = async (): Promise<void> => {
    users = Math.max(0, users - 1);
    const last = users === 0 ? opened : null;
    if (last === null) return;
    opened = null;
    inUse = null;
    await (await last).close();
  };

  const open = async (): Promise<void> => {
    users++;
    try {
      const { name, enforced } = await (await judgeNow()).open(language);
      inUse = { backend: name, enforced };
    } catch (error) {
      await close();
      throw error;
    }
  };

  const judge: Judging['judge'] = async (request, { isFresh = false } = {}) => {
    const key = JSON.stringify(request);
    const known = isFresh ? undefined : kept.get(key);
    if (known) return known;
    const verdict = verdictOf(await (await judgeNow()).judge(request));
    if (kept.size >= MOST_KEPT) kept.clear();
    if (verdict.kind !== 'failed') kept.set(key, verdict);
    return verdict;
  };

  return { open, close, judge, sandbox: () => inUse };
}

/** A judge's verdict as the loop knows them. Programs do not vote, so there is no answer. */
export function verdictOf({ verdict, kind, reason, reward }: CodeVerdict): Verdict {
  const why = kind === null || kind === 'pass' ? reason : `${kind}: ${reason}`;
  if (verdict === 'unparsable') return unparsable(why);
  if (verdict === 'failed' || reward === null) return failed(why);
  return verdict === 'correct' ? correct(null, why, reward) : incorrect(null, why, reward);
}
