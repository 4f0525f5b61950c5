// APPS wraps what a function returns into a list of one element in some problems and not in others, and its checker accepts either, always. Here it is
// decided once for a problem, by its reference solution, before any sample is judged: wrapped where every expected result is a list of one element and the
// reference gives that element.

import type { CodeJudge } from './judge.ts';
import type { CallTest, CodeRequest } from './request.ts';

type CallRequest = Extract<CodeRequest, { readonly mode: 'call' }>;

/** `reference` holds the reference solution as its program. Resolves to the tests as they are to be judged. */
export async function unwrapResults(judge: CodeJudge, reference: CallRequest, signal?: AbortSignal): Promise<readonly CallTest[]> {
  const inner = reference.tests.flatMap(({ args, result }) => {
    const isWrapped = typeof result === 'object' && result !== null && result.t === 'list' && result.v.length === 1;
    return isWrapped ? [{ args, result: result.v[0]! }] : [];
  });
  if (inner.length === 0 || inner.length < reference.tests.length) return reference.tests;
  const { verdict } = await judge.judge({ ...reference, tests: inner, partial: false }, signal);
  return verdict === 'correct' ? inner : reference.tests;
}
