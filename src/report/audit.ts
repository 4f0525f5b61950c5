// The audit of a run as people read it in the terminal (page-audit.ts has the page's): how many of the accepted samples fail tests that no reward
// came from.
import type { AuditFile, AuditRow } from '../runs/audit-file.ts';
import { visible } from './escape.ts';
import { iterationOf, labelOf } from './policies.ts';
import { count, plural, withInterval } from './words.ts';

/** Iterations first, in their order. */
export const inOrder = ({ rows }: AuditFile): readonly AuditRow[] =>
  rows.toSorted((a, b) => (iterationOf(a.policy) ?? 99) - (iterationOf(b.policy) ?? 99));

const shareOf = ({ share }: AuditRow): string => (share === null ? '-' : `${withInterval(share)} %`);

/** Ends in a newline. */
export function auditTable(audit: AuditFile): string {
  const lines = inOrder(audit).map(row => {
    const { policy, accepted, judged, false_positives: wrong, failed } = row;
    const extra = failed > 0 ? `; ${plural(failed, 'sample')} could not be judged` : '';
    return `  ${visible(labelOf(policy)).padEnd(14)} ${count(wrong)} of ${count(judged)} judged (${count(accepted)} accepted), false positives ${shareOf(row)}${extra}`;
  });
  return [`Accepted samples of ${visible(audit.task)}, judged again by held-out tests (Wilson 95 % intervals)`, ...lines, ''].join('\n');
}
