// What a program printed against what it should have printed. `strict` is the rule for rewards; the others are other graders' rules, for
// reports that stand beside published numbers (compare-reports.ts), and refuse to be a reward.
import { isAppsCompatible, isLcbEqual } from './compare-reports.ts';
import type { Comparison } from './request.ts';
import { isSameToken, linesOf, tokensOf } from './tokens.ts';

export const TOLERANCE = 1e-6;

type Rule = NonNullable<Comparison['rule']>;

export interface StdioRule {
  /** Whether a reward may come from it. */
  readonly isForRewards: boolean;
  /** Why the output is wrong, null when it is right. */
  differs(expected: string, actual: string, settings: Comparison): string | null;
}

const report = (isEqual: (expected: string, actual: string) => boolean): StdioRule => ({
  isForRewards: false,
  differs: (expected, actual) => (isEqual(expected, actual) ? null : 'the output differs'),
});

export const STDIO_RULES: Readonly<Record<Rule, StdioRule>> = {
  strict: { isForRewards: true, differs: strictDifference },
  lcb: report(isLcbEqual),
  'apps-compat': report(isAppsCompatible),
};

/** Bytes as UTF-8; null when they are not. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function strictDifference(expected: string, actual: string, { tolerance = TOLERANCE, unordered = false }: Comparison): string | null {
  const [wanted, got] = [linesOf(expected), linesOf(actual)];
  if (wanted.length !== got.length) return `${lineCount(got.length)} of output, ${wanted.length} expected`;
  if (unordered) return isSameMultiset(wanted, got, tolerance) ? null : 'the lines differ, in any order';
  const wrong = wanted.findIndex((line, i) => !isSameLine(line, got[i]!, tolerance));
  return wrong < 0 ? null : `line ${wrong + 1} differs: ${shown(got[wrong]!)} for ${shown(wanted[wrong]!)}`;
}

function isSameLine(expected: string, actual: string, tolerance: number): boolean {
  if (expected === actual) return true;
  const [wanted, got] = [tokensOf(expected), tokensOf(actual)];
  return wanted.length === got.length && wanted.every((token, i) => isSameToken(token, got[i]!, tolerance));
}

/** Each expected line takes one line that is the same. Exact ones first, so that a near line is not taken from the line it is. */
function isSameMultiset(wanted: readonly string[], got: readonly string[], tolerance: number): boolean {
  const counts = new Map<string, number>();
  for (const line of got.map(normal)) counts.set(line, (counts.get(line) ?? 0) + 1);
  const open: string[] = [];
  for (const line of wanted.map(normal)) {
    const n = counts.get(line) ?? 0;
    if (n > 0) counts.set(line, n - 1);
    else open.push(line);
  }
  const left = [...counts].flatMap(([line, n]) => Array.from({ length: n }, () => line));
  return open.every(line => {
    const at = left.findIndex(other => isSameLine(line, other, tolerance));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

const normal = (line: string) => tokensOf(line).join(' ');
const lineCount = (n: number) => (n === 1 ? '1 line' : `${n} lines`);
const shown = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
